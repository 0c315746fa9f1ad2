import mongoose from 'mongoose';

const { MongoServerError, MongoDriverError, MongoError } = mongoose.mongo;

/**
 * Server errors that are the fault of what was written, not of the moment: BadValue, FailedToParse, TypeMismatch,
 * NotSingleValueField, InvalidNamespace, DocumentValidationFailure, KeyTooLong, TransactionTooLargeForCache,
 * BSONObjectTooLarge (two codes) and InvalidBSON.
 */
const RECORDS_OWN_FAULT = new Set([2, 9, 14, 22, 40, 52, 53, 73, 121, 313, 10334, 17280, 17419]);

/**
 * Whether a failure passes by itself (a server that is away, a network, a conflict, a full disk) and not the fault of
 * the records. What is not known to be a record's fault counts as an outage when it comes from the database: waiting
 * loses nothing.
 */
export function isOutage(error: unknown): boolean {
  if (error instanceof mongoose.Error) return true;
  if (error instanceof MongoServerError) return !RECORDS_OWN_FAULT.has(Number(error.code));
  // The driver's refusals of what it was given (a document over 16 MB, say) are not network errors.
  if (error instanceof mongoose.mongo.MongoInvalidArgumentError) return false;
  if (error instanceof MongoDriverError || error instanceof MongoError) return true;
  return false;
}

/** What was inserted is there already, and the transaction has been given up for it. */
export function isDuplicate(error: unknown): boolean {
  return (error as { code?: number }).code === 11000;
}
