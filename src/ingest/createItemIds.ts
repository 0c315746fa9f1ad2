import { hash } from 'node:crypto';
import { FEEDBACK_FIELDS, type FeedbackInput } from './feedbackSchema.ts';

/** Max characters of an Idempotency-Key; the ids of a request's items append a dot and `HASH_CHARACTERS`. */
export const MAX_KEY_CHARACTERS = 112;
/** Base64url characters of the hash in an id: 90 bits. */
const HASH_CHARACTERS = 15;
/** Max items of one request that differ, in 48 MB. */
const MAX_DISTINCT_ITEMS = 3_000_000;

/** A request with an Idempotency-Key holds more different items without ids than can be told apart. */
export class TooManyItems extends Error {
  override name = 'TooManyItems';
}

/** The id of a validated item that has none. Call it once for each such item of a request, in their order. */
export type ItemId = (input: FeedbackInput) => string;

/**
 * Makes the ids of items under an Idempotency-Key: the key, and a hash of the item's content and of its ordinal among
 * equal items of the request. So an item has the same id when the request is repeated, even if others were removed,
 * added or moved. Call the function before the privacy filter, since that changes with the org's settings.
 *
 * @throws TooManyItems from the function
 */
export function createItemIds(key: string, maxDistinct = MAX_DISTINCT_ITEMS): ItemId {
  const countRepeats = createRepeatCounter(maxDistinct);
  return (input) => {
    const content = contentOf(input);
    const digest = sha256(content);
    const ordinal = countRepeats(Number.parseInt(digest.slice(0, 8), 16), Number.parseInt(digest.slice(8, 16), 16));
    // The content begins with a brace, so it equals no content with an ordinal before it.
    return `${key}.${textOf(ordinal === 0 ? digest : sha256(`${ordinal} ${content}`))}`;
  };
}

/** In hex: a third of the time of `createHash`. */
const sha256 = (text: string) => hash('sha256', text, 'hex');

/** A part of the digest that `countRepeats` does not use. */
const textOf = (digest: string) =>
  Buffer.from(digest.slice(16, 40), 'hex').toString('base64url').slice(0, HASH_CHARACTERS);

const CONTENT_FIELDS = FEEDBACK_FIELDS.filter((field) => field !== 'id');

/** The fields that were sent, in a fixed order. A field that a later version adds changes nothing without it. */
function contentOf(input: FeedbackInput): string {
  const content: Record<string, unknown> = {};
  for (const field of CONTENT_FIELDS) {
    if (input[field] !== undefined) content[field] = input[field];
  }
  return JSON.stringify(content);
}

/** Slots of a new table; a power of two. */
const FIRST_SLOTS = 256;
/** Max share of slots in use, so that a search visits few. */
const MAX_LOAD = 0.75;

/**
 * Counts how often each hash of 64 bits came before. The table (open addressing) takes 12 bytes for each slot, far less than
 * a `Map` of strings.
 */
function createRepeatCounter(maxDistinct: number): (low: number, high: number) => number {
  let slots = FIRST_SLOTS;
  let lows = new Uint32Array(slots);
  let highs = new Uint32Array(slots);
  /** 0: a free slot */
  let counts = new Uint32Array(slots);
  let used = 0;

  /** The slot of a hash, or the free slot in which it belongs. */
  function slotOf(low: number, high: number): number {
    let slot = low & (slots - 1);
    while (counts[slot] !== 0 && (lows[slot] !== low || highs[slot] !== high)) slot = (slot + 1) & (slots - 1);
    return slot;
  }

  function grow(): void {
    const [oldLows, oldHighs, oldCounts] = [lows, highs, counts];
    slots *= 2;
    lows = new Uint32Array(slots);
    highs = new Uint32Array(slots);
    counts = new Uint32Array(slots);
    oldCounts.forEach((count, index) => {
      if (count === 0) return;
      const slot = slotOf(oldLows[index]!, oldHighs[index]!);
      lows[slot] = oldLows[index]!;
      highs[slot] = oldHighs[index]!;
      counts[slot] = count;
    });
  }

  return (low, high) => {
    let slot = slotOf(low, high);
    if (counts[slot] === 0) {
      if (used >= maxDistinct) throw new TooManyItems(`more than ${maxDistinct} different items have no id`);
      if (++used > slots * MAX_LOAD) {
        grow();
        slot = slotOf(low, high);
      }
      lows[slot] = low;
      highs[slot] = high;
    }
    return counts[slot]!++;
  };
}
