import mongoose from 'mongoose';

const { MongoServerError, MongoDriverError, MongoError } = mongoose.mongo;

/**
 * Codes of server errors that the written document causes: BadValue, FailedToParse, TypeMismatch, NotSingleValueField,
 * InvalidNamespace, DocumentValidationFailure, KeyTooLong, TransactionTooLargeForCache, BSONObjectTooLarge (two codes)
 * and InvalidBSON.
 */
const DOCUMENT_ERRORS = new Set([2, 9, 14, 22, 40, 52, 53, 73, 121, 313, 10334, 17280, 17419]);

/**
 * Whether a failure is transient: an unreachable server, the network, a conflict, a full disk. Any database error that
 * is not known to be caused by a document counts as an outage, because waiting loses nothing.
 */
export function isOutage(error: unknown): boolean {
  if (error instanceof mongoose.Error) return true;
  if (error instanceof MongoServerError) return !DOCUMENT_ERRORS.has(Number(error.code));
  // The driver refuses what no server would accept, such as a document over 16 MB.
  if (error instanceof mongoose.mongo.MongoInvalidArgumentError) return false;
  return error instanceof MongoDriverError || error instanceof MongoError;
}

/** Whether a document with the same unique key exists. Its transaction was aborted. */
export function isDuplicate(error: unknown): boolean {
  return (error as { code?: number }).code === 11000;
}

/** Code of MongoDB's error after the time for an operation. */
const OVERDUE = 50;

/** A read took longer than it may. */
export class OverdueRead extends MongoError {
  override get name() {
    return 'OverdueRead';
  }
  override readonly code = OVERDUE;
}

/** Whether a read was ended since it took longer than it may, by MongoDB or here. */
export const isOverdue = (error: unknown) => (error as { code?: unknown } | undefined)?.code === OVERDUE;
