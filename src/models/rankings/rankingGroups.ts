import { pathWord } from '../../aggregates/aggregateKey.ts';
import type { BlockBounds } from '../../aggregates/rankings/blockBounds.ts';
import { BOUNDS_LENGTH } from '../../aggregates/rankings/blockBounds.ts';
import type { RankedKey, RankedLevel } from '../../aggregates/rankings/subjectChange.ts';
import type { RankingDirectory } from './rankingSchemas.ts';

/** The name of a group: the subjects of a level in one org, or those of everyone (undefined). Two words. */
export function groupOf(level: RankedLevel, orgId: string | undefined): string {
  return `${level} ${orgId === undefined ? '' : pathWord(orgId)}`;
}

/** The groups in which a subject is ranked. Orgs are ranked among each other only. */
export function groupsOf({ level, orgId }: RankedKey): string[] {
  return level === 'org' || orgId === null
    ? [groupOf(level, undefined)]
    : [groupOf(level, undefined), groupOf(level, orgId)];
}

/** The blocks of a group, in order: the ids with which they begin, and their bounds. */
export interface RankingGroup {
  blocks: { first: string; bounds: BlockBounds }[];
  /** number of changes of the list */
  version: number;
}

export function directoryOf({ firsts, bounds, version }: RankingDirectory): RankingGroup {
  const all = boundsIn(bounds);
  const blocks = firsts.split('\n').map((first, index) => ({
    first,
    bounds: all.subarray(index * BOUNDS_LENGTH, (index + 1) * BOUNDS_LENGTH),
  }));
  return { blocks, version };
}

export function packDirectory({
  blocks,
  version,
}: RankingGroup): Pick<RankingDirectory, 'firsts' | 'bounds' | 'version'> {
  return {
    firsts: blocks.map(({ first }) => first).join('\n'),
    bounds: Buffer.concat(blocks.map(({ bounds }) => bufferOf(bounds))),
    version,
  };
}

/** The numbers in stored bounds. A copy, since numbers must begin at a multiple of their width. */
export const boundsIn = (bounds: unknown): BlockBounds => new Float64Array(new Uint8Array(bytesOf(bounds)).buffer);

export const bufferOf = (values: Float64Array) => Buffer.from(values.buffer, values.byteOffset, values.byteLength);

/** The bytes of a stored buffer, which the driver gives as a `Binary`. */
export const bytesOf = (value: unknown): Buffer =>
  Buffer.isBuffer(value) ? value : Buffer.from((value as { buffer: Uint8Array }).buffer);
