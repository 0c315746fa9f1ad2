import type { FeedbackInput } from '../../src/ingest/feedbackSchema.ts';

export type Sent = FeedbackInput & { id: string };

/** What the clients know by themselves: what they sent, and what they were told is accepted. */
export interface Ledger {
  sent: Map<string, Sent>;
  accepted: Set<string>;
  /** ids of records that no worker can store */
  poison: Set<string>;
  /** whoever was erased: nothing of theirs is to be there in the end, whenever it was sent */
  erasedUsers: ReadonlySet<string>;
  /** requests by the status they were answered with; 0: no answer */
  answers: Map<number, number>;
  /** requests that were sent on purpose although they had been answered, or were given up on purpose before that */
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
