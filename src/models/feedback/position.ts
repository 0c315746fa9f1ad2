/** A position in the order of feedback: by time, ties by stored id. */
export interface Position {
  createdAt: Date;
  /** stored id */
  id: string;
}

/** Feedback in the order of time, from a position (inclusive) to another one (exclusive). */
export interface PositionRange {
  from: Position;
  to: Position;
}

/** The earliest and the latest time that a `Date` can represent. */
const MAX_TIME_MS = 8.64e15;
/** No feedback comes before or after these. */
export const START: Position = { createdAt: new Date(-MAX_TIME_MS), id: '' };
export const END: Position = { createdAt: new Date(MAX_TIME_MS), id: '\uffff' };

/** Compares positions as MongoDB does. */
export function comparePositions(a: Position, b: Position): number {
  const difference = a.createdAt.getTime() - b.createdAt.getTime();
  return difference || (a.id === b.id ? 0 : Buffer.compare(Buffer.from(a.id), Buffer.from(b.id)));
}

/** The position right after a feedback. */
export const positionAfter = ({ createdAt, _id }: { createdAt: Date; _id: string }): Position => ({
  createdAt,
  id: `${_id}\0`,
});
