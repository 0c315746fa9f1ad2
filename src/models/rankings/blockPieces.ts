import { type BlockBounds, boundsOf } from '../../aggregates/rankings/blockBounds.ts';
import { type SubjectBlock, sparseValues, splitBlock } from '../../aggregates/rankings/subjectBlock.ts';
import type { RankingGroup } from './rankingGroups.ts';

/**
 * Max subjects of a block, and of one after a split, which then has room. Max values in its sparse columns, so that many
 * answers of free text do not make a document of over 16 MB.
 */
export interface BlockLimits {
  block: number;
  afterSplit: number;
  sparse: number;
}
const LIMITS: BlockLimits = { block: 1_536, afterSplit: 1_024, sparse: 20_000 };
/** Blocks of a group above which they grow, so that its directory stays below 16 MB. */
const DIRECTORY_BLOCKS = 8_000;
/** One of the blocks in the place of one. */
export interface Piece {
  first: string;
  block: SubjectBlock;
  bounds: BlockBounds;
}

/** The limits of a group: its blocks grow with their number. */
export function limitsFor(group: RankingGroup | undefined, limits = LIMITS): BlockLimits {
  const times = 1 + Math.floor((group?.blocks.length ?? 0) / DIRECTORY_BLOCKS);
  return { ...limits, block: times * limits.block, afterSplit: times * limits.afterSplit };
}

/** The blocks in the place of one, in order. The first block of a group begins with '' and always stays. */
export function piecesOf(first: string, block: SubjectBlock, limits: BlockLimits): Piece[] {
  if (block.ids.length === 0 && first !== '') return [];
  return splitWithin(block, limits).map((piece, index) => ({
    first: index === 0 && first === '' ? '' : piece.ids[0]!,
    block: piece,
    bounds: boundsOf(piece),
  }));
}

/** A block in pieces within the limits. One subject is never split: its names are bounded. */
function splitWithin(block: SubjectBlock, limits: BlockLimits): SubjectBlock[] {
  const { length } = block.ids;
  const pieces = splitBlock(block, length > limits.block ? Math.ceil(length / limits.afterSplit) : 1);
  const halve = (piece: SubjectBlock): SubjectBlock[] =>
    sparseValues(piece) > limits.sparse && piece.ids.length > 1 ? splitBlock(piece, 2).flatMap(halve) : [piece];
  return pieces.flatMap(halve);
}
