import { Schema } from 'mongoose';
import type { Actor } from '../audit/auditSchema.ts';

/**
 * The states of an import: `queued` → `running` → `done` or `failed`; from each of them, an undo leads through `undoing`
 * to `undone`.
 */
export const IMPORT_STATES = ['queued', 'running', 'done', 'failed', 'undoing', 'undone'] as const;
export type ImportState = (typeof IMPORT_STATES)[number];

/** States in which a worker has something to do. */
export const PENDING_STATES = ['queued', 'running', 'undoing'] as const satisfies readonly ImportState[];

/** Counts of rows. `rows` is the position from which an import resumes, and the sum of the others. */
export const NOTHING_READ = {
  rows: 0,
  stored: 0,
  /** rows whose id was stored before, by an app or another import */
  duplicates: 0,
  refused: 0,
  /** rows that the mapping skips, as no answers */
  skipped: 0,
  /** rows of users, sessions or orgs that were erased */
  erased: 0,
};
export type ImportCounts = typeof NOTHING_READ;

/** Options that say how a file is to be read, if its content does not. */
export interface FileOptions {
  format?: 'csv' | 'ndjson' | 'xlsx';
  charset?: string;
}

/** An import of a file. Its `_id` is also the id of the file, which is deleted when the import ends. */
export interface ImportDocument {
  /** UUIDv7: sorts by time */
  _id: string;
  /** org of every row, whose keys may see the import; null: each row names its own */
  orgId: string | null;
  /** name of the file, as sent */
  fileName: string;
  /** size of the file, as sent */
  bytes: number;
  /** SHA-256 of the file, hex */
  sha256: string;
  fileOptions: FileOptions;
  /** the mapping (`ImportMapping`) as JSON text: names of columns may hold characters that MongoDB reads as operators */
  mapping: string;
  /** name of the saved or shipped mapping, if it was given by name */
  mappingName: string | null;
  /** Idempotency-Key of the request */
  key: string | null;
  /** hash of org, file and mapping: unique, so that a file is not imported twice unnoticed. Left out if asked for. */
  fingerprint?: string;
  actor: Actor;
  state: ImportState;
  /** Time of the upload, by the clock of the process that took it: the time at which all rows count as accepted. */
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  counts: ImportCounts;
  /** bytes of the file that were read so far */
  bytesRead: number;
  /** time spent on rows, with pauses */
  elapsedMs: number;
  /** runs since the last progress: a file that ends its workers is given up */
  attempts: number;
  /** feedback taken back by an undo */
  removed: number;
  /** reason of a failure, without content of the file */
  failure: string | null;
}

export const importSchema = new Schema<ImportDocument>(
  {
    _id: { type: String },
    orgId: { type: String, default: null },
    fileName: { type: String, default: '' },
    bytes: { type: Number, required: true },
    sha256: { type: String, required: true },
    fileOptions: { type: Schema.Types.Mixed, required: true },
    mapping: { type: String, required: true },
    mappingName: { type: String, default: null },
    key: { type: String, default: null },
    fingerprint: { type: String },
    actor: { type: Schema.Types.Mixed, required: true },
    state: { type: String, required: true },
    createdAt: { type: Date, required: true },
    startedAt: { type: Date, default: null },
    finishedAt: { type: Date, default: null },
    counts: { type: Schema.Types.Mixed, required: true },
    bytesRead: { type: Number, default: 0 },
    elapsedMs: { type: Number, default: 0 },
    attempts: { type: Number, default: 0 },
    removed: { type: Number, default: 0 },
    failure: { type: String, default: null },
  },
  { collection: 'imports', versionKey: false, minimize: false, strict: 'throw' },
);
importSchema.index({ orgId: 1, _id: -1 });
importSchema.index({ state: 1, orgId: 1 });
importSchema.index({ fingerprint: 1 }, { unique: true, partialFilterExpression: { fingerprint: { $exists: true } } });

/** A fault of a row, without content of the row. */
export interface RowFault {
  /** column of the file, or field of the feedback; null: the row as a whole */
  column: string | null;
  message: string;
}

/** A refused row of an import. `_id` is the id of the import and the number of the row, so that it sorts by row. */
export interface RefusalDocument {
  _id: string;
  line: number;
  faults: RowFault[];
}

export const refusalSchema = new Schema<RefusalDocument>(
  { _id: { type: String }, line: { type: Number, required: true }, faults: { type: Schema.Types.Mixed } },
  { collection: 'import_refusals', versionKey: false, minimize: false, strict: 'throw' },
);

/** A mapping that an org, or the deployment, saved by name. `_id`: org and name. */
export interface SavedMappingDocument {
  _id: string;
  orgId: string | null;
  name: string;
  /** the mapping as JSON text */
  mapping: string;
  savedAt: Date;
  /** id of the key or person that saved it */
  by: string;
}

export const savedMappingSchema = new Schema<SavedMappingDocument>(
  {
    _id: { type: String },
    orgId: { type: String, default: null },
    name: { type: String, required: true },
    mapping: { type: String, required: true },
    savedAt: { type: Date, required: true },
    by: { type: String, required: true },
  },
  { collection: 'import_mappings', versionKey: false, strict: 'throw' },
);
savedMappingSchema.index({ orgId: 1, name: 1 });
