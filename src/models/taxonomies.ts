import { checkTaxonomy } from '../analysis/checkTaxonomy.ts';
import type { Taxonomy } from '../analysis/taxonomy.ts';
import type { Models } from './database.ts';
import type { TaxonomyDocument } from './taxonomy.ts';

/** Somebody else has made a version since the one that was edited. */
export class OutdatedTaxonomy extends Error {
  override name = 'OutdatedTaxonomy';
  readonly latest: number;

  constructor(edited: number, latest: number) {
    super(`The taxonomy is at version ${latest}, and version ${edited} was edited. Read it, and edit again.`);
    this.latest = latest;
  }
}

/** The latest version of a scope; none where only what was shipped is there. */
export function latestTaxonomy(
  models: Pick<Models, 'taxonomies'>,
  orgId: string | null,
): Promise<TaxonomyDocument | null> {
  return models.taxonomies.findOne({ orgId }).sort({ version: -1 }).lean<TaxonomyDocument | null>();
}

/** Newest first, without their themes. */
export function listTaxonomies(
  models: Pick<Models, 'taxonomies'>,
  orgId: string | null,
  limit: number,
): Promise<(Omit<TaxonomyDocument, 'themes'> & { themes: number | null })[]> {
  return models.taxonomies.aggregate([
    { $match: { orgId } },
    { $sort: { version: -1 } },
    { $limit: limit },
    { $set: { themes: { $cond: [{ $isArray: '$themes' }, { $size: '$themes' }, null] } } },
  ]);
}

/**
 * Puts the next version of a scope in force. `edited` is the version that the change was made to; where it is not the
 * latest, nothing is stored.
 *
 * @returns the new version
 * @throws OutdatedTaxonomy, and an Error that names the theme and its fault
 */
export async function saveTaxonomy(
  models: Pick<Models, 'taxonomies'>,
  change: { orgId: string | null; edited: number; themes: Taxonomy | null; by: string; now: Date },
): Promise<number> {
  const { orgId, edited, themes, by, now } = change;
  if (themes !== null) checkTaxonomy(themes);
  const latest = async () => (await latestTaxonomy(models, orgId))?.version ?? 0;
  const found = await latest();
  if (found !== edited) throw new OutdatedTaxonomy(edited, found);
  const version = edited + 1;
  try {
    await models.taxonomies.create([
      { _id: `${orgId ?? ''} ${version}`, orgId, version, themes, createdAt: now, by },
    ]);
  } catch (error) {
    if ((error as { code?: number }).code !== 11000) throw error;
    throw new OutdatedTaxonomy(edited, await latest());
  }
  return version;
}
