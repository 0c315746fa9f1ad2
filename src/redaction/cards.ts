import { type DigitGroup, digitChains } from './digits.ts';
import { type Finding, isWordAt } from './finding.ts';

/** How numbers of the issuers begin, and their lengths (ISO/IEC 7812). Without this, one in ten order numbers is a card. */
const ISSUERS: [begins: RegExp, lengths: number[]][] = [
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
const LENGTHS = { least: 13, most: 19 };

/** Numbers of payment cards: of an issuer, of its length, with a right check digit, in groups or in one piece. */
export function findCards(text: string): Finding[] {
  const finds: Finding[] = [];
  for (const groups of digitChains(text)) {
    const { start: from } = groups[0]!;
    if (isWordAt(text, from - 1)) groups.shift();
    for (let first = 0; first < groups.length; ) {
      const last = lastOfCard(text, groups, first);
      if (last !== undefined)
        finds.push({ kind: 'card', start: groups[first]!.start, end: groups[last]!.end });
      first = (last ?? first) + 1;
    }
  }
  return finds;
}

function lastOfCard(text: string, groups: DigitGroup[], first: number): number | undefined {
  let number = '';
  for (let at = first; at < groups.length; at++) {
    const { digits, before, end } = groups[at]!;
    if (at > first && (before.length > 1 || /[/()]/.test(before))) return undefined;
    // A card has its digits in fours and more, but for the last of them.
    if (number === '' ? digits.length < 4 : digits.length < 2) return undefined;
    number += digits;
    if (number.length > LENGTHS.most) return undefined;
    if (number.length >= LENGTHS.least && !isWordAt(text, end) && isCard(number)) return at;
  }
  return undefined;
}

function isCard(number: string): boolean {
  return (
    ISSUERS.some(([begins, lengths]) => lengths.includes(number.length) && begins.test(number)) &&
    passesLuhn(number)
  );
}

/** ISO/IEC 7812-1, annex B. */
function passesLuhn(number: string): boolean {
  let sum = 0;
  for (let at = 0; at < number.length; at++) {
    const digit = number.charCodeAt(number.length - 1 - at) - 48;
    const weighted = at % 2 === 0 ? digit : digit * 2;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return sum % 10 === 0;
}
