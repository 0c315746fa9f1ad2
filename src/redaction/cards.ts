import { type DigitGroup, digitChains } from './digits.ts';
import { type Finding, isWordAt } from './finding.ts';

/** Prefixes and lengths of issuers' numbers (ISO/IEC 7812). Without them every tenth order number would be a card. */
const ISSUERS: [prefix: RegExp, lengths: number[]][] = [
  [/^4/, [13, 16, 19]],
  [/^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]],
  [/^3[47]/, [15]],
  [/^(?:6011|64[4-9]|65)/, [16, 19]],
  [/^3(?:0[0-5]|[689])/, [14, 16, 19]],
  [/^35(?:2[89]|[3-8])/, [16, 17, 18, 19]],
  [/^(?:62|81)/, [16, 17, 18, 19]],
  [/^(?:50|5[6-8]|6[037])/, [13, 14, 15, 16, 17, 18, 19]],
  [/^220[0-4]/, [16, 17, 18, 19]],
  [/^(?:60|65|82|508)/, [16]],
];
/** Digits of a card number. */
const MIN_LENGTH = 13;
const MAX_LENGTH = 19;

/** Finds numbers of payment cards: prefix and length of an issuer and a valid check digit, in groups or in one piece. */
export function findCards(text: string): Finding[] {
  const findings: Finding[] = [];
  for (const groups of digitChains(text)) {
    if (isWordAt(text, groups[0]!.start - 1)) groups.shift();
    for (let first = 0; first < groups.length; ) {
      const last = lastOfCard(text, groups, first);
      if (last !== undefined) findings.push({ kind: 'card', start: groups[first]!.start, end: groups[last]!.end });
      first = (last ?? first) + 1;
    }
  }
  return findings;
}

function lastOfCard(text: string, groups: DigitGroup[], first: number): number | undefined {
  let number = '';
  for (let index = first; index < groups.length; index++) {
    const { digits, before, end } = groups[index]!;
    if (index > first && (before.length > 1 || /[/()]/.test(before))) return undefined;
    // The first group of a card has at least four digits, each later one at least two.
    if (number === '' ? digits.length < 4 : digits.length < 2) return undefined;
    number += digits;
    if (number.length > MAX_LENGTH) return undefined;
    if (number.length >= MIN_LENGTH && !isWordAt(text, end) && hasIssuer(number) && passesLuhn(number)) return index;
  }
  return undefined;
}

const hasIssuer = (number: string) =>
  ISSUERS.some(([prefix, lengths]) => lengths.includes(number.length) && prefix.test(number));

/** The Luhn check (ISO/IEC 7812-1, annex B). */
function passesLuhn(number: string): boolean {
  let sum = 0;
  for (let index = 0; index < number.length; index++) {
    const digit = number.charCodeAt(number.length - 1 - index) - 48;
    const weighted = index % 2 === 0 ? digit : digit * 2;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return sum % 10 === 0;
}
