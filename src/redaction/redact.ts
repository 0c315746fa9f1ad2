import { findCards } from './cards.ts';
import { withAsciiDigits } from './digits.ts';
import { findEmails } from './emails.ts';
import { FINDING_KINDS, type Finding, type FindingKind } from './finding.ts';
import { findIbans } from './ibans.ts';
import { findPhones } from './phones.ts';
import { findSecrets } from './secrets.ts';

/**
 * Markers that replace findings. Each is no longer than the shortest finding of its kind, so a masked text is never longer
 * than the text. None contains a term of a theme.
 */
export const MARKERS: Record<FindingKind, string> = {
  'e-mail': '[mail]',
  phone: '[tel]',
  card: '[card]',
  iban: '[iban]',
  token: '[key]',
};

/** Finders in order of precedence. Of findings that overlap, the first one counts: digits of a token are no phone number. */
const FINDERS = [findSecrets, findIbans, findCards, findEmails, findPhones];

/** Characters that every finding needs one of. Most texts have none. */
const MAY_CONTAIN = /[\d@=٠-٩۰-۹०-९০-৯０-９＠﹫]|-----BEGIN |&commat;|[([{<«]\s?\p{L}{1,10}\s?[)\]}>»]/u;

/**
 * Finds e-mail addresses, phone numbers, card numbers, bank accounts and secrets, in the order of the text. Linear time for
 * any text.
 */
export function findSensitive(text: string): Finding[] {
  if (!MAY_CONTAIN.test(text)) return [];
  const ascii = withAsciiDigits(text);
  const isCovered = new Uint8Array(text.length);
  const findings: Finding[] = [];
  for (const finder of FINDERS) {
    for (const finding of finder(ascii)) {
      if (isCovered.subarray(finding.start, finding.end).includes(1)) continue;
      isCovered.fill(1, finding.start, finding.end);
      findings.push(finding);
    }
  }
  return findings.sort((a, b) => a.start - b.start);
}

/** The kinds of findings in some texts, each once. */
export function kindsIn(texts: Iterable<string>): FindingKind[] {
  const found = new Set<FindingKind>();
  for (const text of texts) for (const { kind } of findSensitive(text)) found.add(kind);
  return FINDING_KINDS.filter((kind) => found.has(kind));
}

/** Max passes over a text. Masking a finding can reveal another one beside it. */
const MAX_PASSES = 6;

/** Replaces each finding by its marker. Markers in the text stay, so masking is idempotent. */
export function mask(text: string): string {
  let masked = text;
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const findings = findSensitive(masked);
    if (findings.length === 0) break;
    let next = '';
    let from = 0;
    for (const { kind, start, end } of findings) {
      next += masked.slice(from, start) + MARKERS[kind];
      from = end;
    }
    masked = next + masked.slice(from);
  }
  return masked;
}
