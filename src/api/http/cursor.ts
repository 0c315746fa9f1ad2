import { z } from 'zod';
import { invalid } from './problem.ts';

/** Epoch ms in a cursor, which a client may have made up. */
export const CURSOR_TIME = z.int().min(-8.64e15).max(8.64e15);
/** An id in a cursor. */
export const CURSOR_ID = z.string().max(600);

/** The cursor of a page: the position after which the next page begins. */
export function writeCursor(position: unknown): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** @throws Problem 400 for a cursor that no page gave */
export function readCursor<T>(cursor: string | undefined, schema: z.ZodType<T>): T | undefined {
  if (cursor === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    throw invalid([{ pointer: '/cursor', message: 'is not the nextCursor of a page' }]);
  }
}
