import type { z } from 'zod';
import { invalid } from './problem.ts';

/** Where a page of a list ended, as clients get it and give it back. */
export function writeCursor(position: unknown): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** Throws a Problem (400) where it is not what a page gave. */
export function readCursor<T>(cursor: string | undefined, schema: z.ZodType<T>): T | undefined {
  if (cursor === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    throw invalid([{ pointer: '/cursor', message: 'is not a cursor that a page before gave' }]);
  }
}
