import type { FeedbackInput } from '../../src/ingest/feedbackSchema.ts';

export type Sent = FeedbackInput & { id: string };

/** A row of an imported file. Once its import is undone, it may not be stored. */
export interface ImportedRow {
  sent: Sent;
  isUndone: boolean;
}

/** The clients' own record of everything they sent and everything that was accepted. */
export interface Ledger {
  sent: Map<string, Sent>;
  accepted: Set<string>;
  /** ids of unstorable records */
  poison: Set<string>;
  /** erased users; nothing of theirs may be stored at the end, whenever it was sent */
  erasedUsers: ReadonlySet<string>;
  /** requests by status; 0: no answer */
  answers: Map<number, number>;
  /** requests repeated on purpose: after an answer, or after giving up before one */
  repeats: number;
  aborts: number;
}

export function openLedger(erasedUsers: ReadonlySet<string>): Ledger {
  return {
    sent: new Map(),
    accepted: new Set(),
    poison: new Set(),
    erasedUsers,
    answers: new Map(),
    repeats: 0,
    aborts: 0,
  };
}
