import { randomBytes } from 'node:crypto';
import type { Gain } from '../aggregates/contribution.ts';

/**
 * The parts of users' and sessions' aggregates that belong to one writer. Nobody else writes to them, so the writer
 * knows without asking which of them exist: the first time it meets a user or session it inserts a part (a fraction of
 * the cost of an upsert), and from then on it increments that part. Readers add the parts of all writers up.
 *
 * Parts carry the writer's name, which changes with what it remembers: a name is never used again once the writer has
 * forgotten (or cannot be sure) what it wrote under it.
 */
export interface OwnParts {
  /** What the `_id`s of the parts end with. */
  name(): string;
  /** Those whose part exists, and those whose part is to be inserted. */
  divide(gains: Gain[]): { known: Gain[]; missing: Gain[] };
  /** The transaction that the last division was for has committed. */
  keep(): void;
  /** It may have committed or not. */
  forget(): void;
}

/** Users and sessions that a writer remembers, about 10 MB. */
const REMEMBERED = 100_000;

export function createOwnParts(remembered = REMEMBERED): OwnParts {
  let name = '';
  let paths = new Set<string>();
  let inserted: string[] = [];

  function forget(): void {
    name = randomBytes(6).toString('base64url');
    paths = new Set();
    inserted = [];
  }
  forget();

  return {
    name: () => name,
    divide(gains) {
      const known = gains.filter(({ key }) => paths.has(key.path));
      const missing = gains.filter(({ key }) => !paths.has(key.path));
      inserted = missing.map(({ key }) => key.path);
      return { known, missing };
    },
    keep() {
      for (const path of inserted) paths.add(path);
      inserted = [];
      if (paths.size > remembered) forget();
    },
    forget,
  };
}
