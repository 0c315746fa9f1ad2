import { type DigitGroup, digitChains } from './digits.ts';
import { type Finding, isWordAt } from './finding.ts';

/** Characters before a number that are searched for words about it. */
const LOOK_BACK = 40;
/** Words that announce a phone number, in the languages of feedback. */
const PHONE_WORDS =
  /(?<!\p{L})(?:phone|call|tel(?![a-df-z])|mobile|cell|text(?: me)?|sms|whats ?app|fax|ring|dial|telefo|handy|anruf|ruf|mobil|telé[fp]|téléph|tél|móvil|llám|llama|portable|appel|lig(?:a|ue)|bel(?!\p{L})|komórk|zadzwo|звон|тел|мобильн)|电话|電話|手机|手機|携帯|전화|هاتف|جوال|फ़ोन|फोन|मोबाइल/giu;
/** Words that announce another number. */
const OTHER_WORDS =
  /(?<!\p{L})(?:orders?|invoice|ticket|case|ref(?:erence)?|sku|isbn|imei|id|port|build|version|tracking|serial|article|part|pages?|score|bestell|rechnung|auftrag|commande|facture|pedido|factura|fattura|ordine|encomenda|fatura|factuur|zamówieni|faktur|заказ|счет)|订单|訂單|注文|주문|#/giu;

/** Finds phone numbers: international ones, and national ones in the formats of their countries. */
export function findPhones(text: string): Finding[] {
  const findings: Finding[] = [];
  for (const chain of digitChains(text)) {
    if (chain.length === 1 && chain[0]!.digits.length < 7) continue;
    for (const groups of withoutDates(chain)) {
      for (let first = 0; first < groups.length; ) {
        const last = lastOfPhone(text, groups, first);
        if (last !== undefined) findings.push(findingOf(text, groups[first]!.start, groups[last]!.end));
        first = (last ?? first) + 1;
      }
    }
  }
  return findings;
}

/** The finding from the first digit to `end`, with the plus sign and the bracket before it. */
function findingOf(text: string, first: number, end: number): Finding {
  let start = first;
  if (text[start - 1] === '(' && text.slice(first, end).includes(')')) start--;
  if (text[start - 1] === '+') start--;
  return { kind: 'phone', start, end };
}

/** Splits a chain at dates (2024-01-15, 15.01.2024, 1/2/24), ranges of years and IPv4 addresses. */
function* withoutDates(chain: DigitGroup[]): Generator<DigitGroup[]> {
  let from = 0;
  for (let index = 0; index < chain.length; index++) {
    const length = dateLength(chain, index);
    if (length === 0) continue;
    if (index > from) yield chain.slice(from, index);
    index += length - 1;
    from = index + 1;
  }
  if (from < chain.length) yield chain.slice(from);
}

/** The number of groups of a date (or the like) that starts at a group, or 0. */
function dateLength(chain: DigitGroup[], index: number): number {
  const [a, b, c, d] = chain.slice(index, index + 4);
  if (!a || !b) return 0;
  if (isYear(a) && isYear(b)) return 2;
  if (!c || b.before !== c.before) return 0;
  if (b.before === '.' && d?.before === '.' && [a, b, c, d].every(({ digits }) => Number(digits) < 256)) return 4;
  if (isYear(a) && isUpTo(b, 12) && isUpTo(c, 31)) return 3;
  const isDayAndMonth = isUpTo(a, 31) && isUpTo(b, 31) && (isUpTo(a, 12) || isUpTo(b, 12));
  return isDayAndMonth && (isYear(c) || (b.before !== ' ' && c.digits.length === 2 && !d)) ? 3 : 0;
}

const isYear = ({ digits }: DigitGroup) => /^(?:19|20)\d\d$/.test(digits);
const isUpTo = ({ digits }: DigitGroup, max: number) =>
  digits.length <= 2 && Number(digits) >= 1 && Number(digits) <= max;

/** Max groups and digits of a phone number. */
const MAX_GROUPS = 8;
const MAX_DIGITS = 16;

/** The last group of the longest phone number that starts with the group `first`, or undefined. */
function lastOfPhone(text: string, groups: DigitGroup[], first: number): number | undefined {
  const { start, digits: firstDigits, before } = groups[first]!;
  if (first > 0 && !/[\s(]/.test(before)) return undefined;
  let digits = firstDigits.length;
  let last = first;
  for (let next = groups[last + 1]; next && last - first < MAX_GROUPS - 1; next = groups[last + 1]) {
    // After the codes of country and area a group has at least two digits.
    if (last > first && next.digits.length === 1) break;
    digits += next.digits.length;
    if (digits > MAX_DIGITS) break;
    last++;
  }
  if (digits < 7) return undefined;
  const lead = leadOf(text, start);
  if (lead === undefined || (lead === '' && first > 0 && !mayStart(groups, first))) return undefined;
  for (; last >= first; last--) {
    const next = groups[last + 1];
    if (next && !/^\s/.test(next.before)) continue;
    const number = groups.slice(first, last + 1);
    const isPhone =
      lead === '+' ? isInternational(number) : isNational(number, { lead, isFirst: first === 0, isWhole: !next }, text);
    if (isPhone && mayEndAt(text, groups[last]!.end)) return last;
  }
  return undefined;
}

/** True if a number may start at a group inside a chain. There only the unambiguous formats count. */
function mayStart(groups: DigitGroup[], first: number): boolean {
  const { digits } = groups[first]!;
  return digits[0] === '0' || [1, 3, 5].includes(digits.length) || !!groups[first + 1]?.before.includes('(');
}

/** The sign before a number: plus, bracket or none. Undefined if the number is part of something else. */
function leadOf(text: string, start: number): '+' | '(' | '' | undefined {
  const bracket = text[start - 1] === '(' ? 1 : 0;
  const plus = text[start - 1 - bracket] === '+' ? 1 : 0;
  const offset = start - 1 - bracket - plus;
  if (isWordAt(text, offset)) return undefined;
  if (plus) return '+';
  const sign = text[offset] ?? '';
  const isLabel = /\p{L}:/u.test(text.slice(offset - 1, offset + 1));
  if (/[#$€£¥@&%*/]/.test(sign) || (/[.,:'\-–]/.test(sign) && isWordAt(text, offset - 1) && !isLabel)) return undefined;
  return bracket ? '(' : '';
}

function mayEndAt(text: string, end: number): boolean {
  if (isWordAt(text, end) || /[%€$£°]/.test(text[end] ?? '')) return false;
  return !(/[.,:'\-/]/.test(text[end] ?? '') && isWordAt(text, end + 1));
}

/** The meaning of a number by the last announcing word before it. */
function meaningBefore(text: string, start: number): 'phone' | 'other' | undefined {
  const before = text.slice(Math.max(0, start - LOOK_BACK), start);
  const lastMatch = (words: RegExp) => [...before.matchAll(words)].at(-1)?.index ?? -1;
  const [phone, other] = [lastMatch(PHONE_WORDS), lastMatch(OTHER_WORDS)];
  if (phone === other) return undefined;
  return phone > other ? 'phone' : 'other';
}

const digitsOf = (groups: DigitGroup[]) => groups.map(({ digits }) => digits).join('');
/** True for round figures such as 1 000 000. */
const isRound = (groups: DigitGroup[]) => groups.filter(({ digits }) => digits === '000').length > 1;

/** True for an international number (ITU-T E.164). North American ones have ten digits after the country code. */
function isInternational(groups: DigitGroup[]): boolean {
  const digits = digitsOf(groups);
  if (!/^[1-9]/.test(digits) || isRound(groups)) return false;
  if (digits.startsWith('1')) return /^1[2-9]\d{9}$/.test(digits);
  return digits.length >= 8 && digits.length <= 16;
}

/** The position of a number: the sign before it, and if it starts and ends its chain. */
interface Position {
  lead: '(' | '';
  isFirst: boolean;
  isWhole: boolean;
}

/** True for a national number: by its format, or by an announcing word if the format is ambiguous. */
function isNational(groups: DigitGroup[], position: Position, text: string): boolean {
  const digits = digitsOf(groups);
  if (digits.length < 7 || digits.length > 16 || isRound(groups)) return false;
  const isUnambiguous = isDialled(groups, digits, position);
  if (!isUnambiguous && !(position.isFirst && mayBeDialled(groups, digits))) return false;
  const meaning = meaningBefore(text, groups[0]!.start);
  return isUnambiguous ? meaning !== 'other' : meaning === 'phone';
}

/** True for formats that only phone numbers have, in some country. */
function isDialled(groups: DigitGroup[], digits: string, { lead, isWhole }: Position): boolean {
  const sizes = groups.map(({ digits: { length } }) => length);
  const shape = sizes.join('-');
  const { length } = digits;
  if (/^00[1-9]/.test(digits)) return length >= 11 && sizes[0]! >= 4 && (groups.length > 1 || length <= 15);
  const hasBrackets = lead === '(' ? groups[1]?.before.startsWith(')') : groups[1]?.before.includes('(');
  if (hasBrackets && length >= 8 && length <= 12) return true;
  if (/^0[1-9]/.test(digits) && sizes[0]! > 1 && hasPhoneGroups(groups, isWhole))
    return groups.length > 1 ? length >= 9 && length <= 12 : length >= 10 && length <= 11;
  switch (shape) {
    case '3-3-4':
      return /^[2-9]/.test(digits);
    case '1-3-3-4':
      return digits[0] === '1';
    case '3-4-4':
      return /^1[3-9]/.test(digits);
    case '5-5':
    case '3-2-2-2':
      return /^[6-9]/.test(digits);
    default:
      return false;
  }
}

/** True for formats that phone numbers share with other numbers. */
function mayBeDialled(groups: DigitGroup[], { length }: string): boolean {
  if (groups[0]!.digits.length === 1) return false;
  return groups.length > 1 ? length >= 7 && length <= 12 : length >= 9 && length <= 12;
}

/** True if separators and groups fit a phone number: no list, no version, no decimal. */
function hasPhoneGroups(groups: DigitGroup[], isWhole: boolean): boolean {
  if (groups.length > 2 && groups.every(({ digits }) => digits.length === 2)) return groups.length === 5 && isWhole;
  const separators = groups.slice(1).map(({ before }) => before);
  return (
    groups.every(({ digits }) => digits.length > 1) &&
    !separators.includes('.') &&
    separators.slice(1).every((separator) => !separator.includes('/'))
  );
}
