import type { Gain } from '../../src/aggregates/contribution.ts';
import { nested } from '../../src/aggregates/delta.ts';

/** Users and sessions are many and each is written seldom; the others are few and each is in nearly every batch. */
export function isOwn({ key }: Gain): boolean {
  return key.kind === 'user' || key.kind === 'session';
}

/** The document of an aggregate that is new. */
export function toInsert({ key: { path, ...fields }, delta, firstAt, lastAt }: Gain, part: string): never {
  return { _id: `${path} ${part}`, ...fields, firstAt, lastAt, ...nested(delta) } as never;
}

/** The update that adds to an aggregate, and makes it where it is new. */
export function toUpsert({ key: { path, ...fields }, delta, firstAt, lastAt }: Gain): never {
  return {
    updateOne: {
      filter: { _id: `${path} 0` },
      update: { $inc: Object.fromEntries(delta), $min: { firstAt }, $max: { lastAt }, $setOnInsert: fields },
      upsert: true,
    },
  } as never;
}
