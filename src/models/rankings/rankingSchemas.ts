import mongoose, { Schema } from 'mongoose';
import type { PackedBlock, PackedSparse } from '../../aggregates/rankings/subjectBlock.ts';

/**
 * The rankings: the ranked figures of all subjects, derived from the aggregates, in blocks that are read by column.
 *
 * - A transaction that changes aggregates of orgs, users or sessions notes the change (`RankingChange`).
 * - A pass (`applyChanges.ts`) adds the noted changes to the blocks, and deletes the notes.
 * - A ranking (`rankSubjects.ts`) reads the directory of its group, and the blocks that can hold one of the best.
 *
 * A group is the users (or the sessions) of one org, or those of everyone, by id; or all orgs.
 */
export interface RankingChange {
  _id: mongoose.Types.ObjectId;
  /** when the transaction noted it */
  at: Date;
  /** number of changes */
  rows: number;
  /** orgs of the changes */
  orgIds: string[];
  /** see `noteChanges.ts` */
  changes: string;
  /** subjects that may have lost their latest feedback */
  lost?: string;
}

/** One block of a group. Its `_id` is `<generation> <level> <org> <first id>`, the org empty for everyone. */
export interface RankingBlock extends PackedBlock {
  _id: string;
  /** number of the last pass that wrote it */
  pass: number;
  /** `version` of the directory that first named it with the subjects it now covers */
  range: number;
  /** see `blockBounds.ts` */
  bounds: Buffer;
}

/** The blocks of a group. Its `_id` is `<generation> <level> <org>`. */
export interface RankingDirectory {
  _id: string;
  pass: number;
  /** number of changes of the list of blocks */
  version: number;
  /** ids with which the blocks begin, joined by line feeds; the first is empty */
  firsts: string;
  /** the bounds of the blocks, one after the other */
  bounds: Buffer;
}

const options = { versionKey: false, minimize: false, strict: 'throw' } as const;
const required = true;
const sparse = [
  { _id: false, name: String, rows: Number, data: Buffer } satisfies Record<keyof PackedSparse | '_id', unknown>,
];

export const rankingChangeSchema = new Schema<RankingChange>(
  {
    _id: { type: mongoose.Schema.Types.ObjectId, required },
    at: { type: Date, required },
    rows: { type: Number, required },
    orgIds: { type: [String], required },
    changes: { type: String, required },
    lost: { type: String },
  },
  { collection: 'ranking_changes', ...options },
);

export const rankingBlockSchema = new Schema<RankingBlock>(
  {
    _id: { type: String, required },
    pass: { type: Number, required },
    range: { type: Number, required },
    rows: { type: Number, required },
    ids: { type: String, default: '' },
    columns: { type: Buffer, required },
    themes: sparse,
    answers: sparse,
    bounds: { type: Buffer, required },
  },
  { collection: 'ranking_blocks', ...options },
);

export const rankingDirectorySchema = new Schema<RankingDirectory>(
  {
    _id: { type: String, required },
    pass: { type: Number, required },
    version: { type: Number, required },
    firsts: { type: String, default: '' },
    bounds: { type: Buffer, required },
  },
  { collection: 'ranking_directories', ...options },
);
