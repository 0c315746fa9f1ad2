import { findCards } from './cards.ts';
import { withAsciiDigits } from './digits.ts';
import { findEmails } from './emails.ts';
import { FINDING_KINDS, type Finding, type FindingKind } from './finding.ts';
import { findIbans } from './ibans.ts';
import { findPhones } from './phones.ts';
import { findSecrets } from './secrets.ts';

/**
 * What stands in a text instead of a find: no longer than the shortest find of its kind, so that a masked text is never
 * longer than the text was, and without the words that themes are made of.
 */
export const MARKERS: Record<FindingKind, string> = {
  'e-mail': '[mail]',
  phone: '[tel]',
  card: '[card]',
  iban: '[iban]',
  token: '[key]',
};

/** Of places that overlap the one of the earlier kind is found: a token that holds digits is no phone number. */
const FINDERS = [findSecrets, findIbans, findCards, findEmails, findPhones];

/** Every find needs a digit or one of these, and most texts have none. */
const MAY_HOLD = /[\d@=٠-٩۰-۹०-९০-৯０-９]|-----BEGIN /;

/**
 * Finds e-mail addresses, phone numbers, card numbers, bank accounts, and passwords and keys, in the order of the text.
 * In time that is in proportion to the text, whatever it is.
 */
export function findSensitive(text: string): Finding[] {
  if (!MAY_HOLD.test(text)) return [];
  const ascii = withAsciiDigits(text);
  const isTaken = new Uint8Array(text.length);
  const finds: Finding[] = [];
  for (const finder of FINDERS) {
    for (const find of finder(ascii)) {
      if (isTaken.subarray(find.start, find.end).includes(1)) continue;
      isTaken.fill(1, find.start, find.end);
      finds.push(find);
    }
  }
  return finds.sort((a, b) => a.start - b.start);
}

/** The kinds of finds in some texts, each once. */
export function kindsIn(texts: Iterable<string>): FindingKind[] {
  const found = new Set<FindingKind>();
  for (const text of texts) for (const { kind } of findSensitive(text)) found.add(kind);
  return FINDING_KINDS.filter((kind) => found.has(kind));
}

/** What a find hid of its neighbours is seen once it is gone: they are looked at again, so often at most. */
const MAX_PASSES = 6;

/** Puts a marker in the place of each find. What was masked before is left as it is. */
export function mask(text: string): string {
  let masked = text;
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const finds = findSensitive(masked);
    if (finds.length === 0) break;
    let next = '';
    let from = 0;
    for (const { kind, start, end } of finds) {
      next += masked.slice(from, start) + MARKERS[kind];
      from = end;
    }
    masked = next + masked.slice(from);
  }
  return masked;
}
