import { type DigitGroup, digitChains } from './digits.ts';
import { type Finding, isWordAt } from './finding.ts';

const LOOK_BACK = 40;
/** Words before a number that say what it is, in the languages that feedback comes in. */
const PHONE_WORDS =
  /(?<!\p{L})(?:phone|call|tel(?![a-df-z])|mobile|cell|text(?: me)?|sms|whats ?app|fax|ring|dial|telefo|handy|anruf|ruf|mobil|telé[fp]|téléph|tél|móvil|llám|llama|portable|appel|lig(?:a|ue)|bel(?!\p{L})|komórk|zadzwo|звон|тел|мобильн)|电话|電話|手机|手機|携帯|전화|هاتف|جوال|फ़ोन|फोन|मोबाइल/giu;
const OTHER_WORDS =
  /(?<!\p{L})(?:orders?|invoice|ticket|case|ref(?:erence)?|sku|isbn|imei|id|port|build|version|tracking|serial|article|part|pages?|score|bestell|rechnung|auftrag|commande|facture|pedido|factura|fattura|ordine|encomenda|fatura|factuur|zamówieni|faktur|заказ|счет)|订单|訂單|注文|주문|#/giu;

/** Phone numbers: international ones, and national ones as they are written where they are dialled. */
export function findPhones(text: string): Finding[] {
  const finds: Finding[] = [];
  for (const chain of digitChains(text)) {
    if (chain.length === 1 && chain[0]!.digits.length < 7) continue;
    for (const groups of withoutDates(chain)) {
      for (let first = 0; first < groups.length; ) {
        const last = lastOfPhone(text, groups, first);
        if (last !== undefined) finds.push(placeOf(text, groups[first]!.start, groups[last]!.end));
        first = (last ?? first) + 1;
      }
    }
  }
  return finds;
}

/** With the plus sign and the bracket that belong to it. */
function placeOf(text: string, first: number, end: number): Finding {
  let start = first;
  if (text[start - 1] === '(' && text.slice(first, end).includes(')')) start--;
  if (text[start - 1] === '+') start--;
  return { kind: 'phone', start, end };
}

/** Cuts a chain at dates (2024-01-15, 15.01.2024, 1/2/24), periods of years and addresses of four numbers. */
function* withoutDates(chain: DigitGroup[]): Generator<DigitGroup[]> {
  let from = 0;
  for (let at = 0; at < chain.length; at++) {
    const length = dateAt(chain, at);
    if (length === 0) continue;
    if (at > from) yield chain.slice(from, at);
    at += length - 1;
    from = at + 1;
  }
  if (from < chain.length) yield chain.slice(from);
}

function dateAt(chain: DigitGroup[], at: number): number {
  const [a, b, c, d] = chain.slice(at, at + 4);
  if (!a || !b) return 0;
  if (isYear(a) && isYear(b)) return 2;
  if (!c || b.before !== c.before) return 0;
  if (b.before === '.' && d?.before === '.' && [a, b, c, d].every(({ digits }) => Number(digits) < 256))
    return 4;
  if (isYear(a) && isUpTo(b, 12) && isUpTo(c, 31)) return 3;
  const isDayAndMonth = isUpTo(a, 31) && isUpTo(b, 31) && (isUpTo(a, 12) || isUpTo(b, 12));
  return isDayAndMonth && (isYear(c) || (b.before !== ' ' && c.digits.length === 2 && !d)) ? 3 : 0;
}

const isYear = ({ digits }: DigitGroup) => /^(?:19|20)\d\d$/.test(digits);
const isUpTo = ({ digits }: DigitGroup, most: number) =>
  digits.length <= 2 && Number(digits) >= 1 && Number(digits) <= most;

const MAX = { groups: 8, digits: 16 };

/** The longest phone number that begins with this group. */
function lastOfPhone(text: string, groups: DigitGroup[], first: number): number | undefined {
  const { start, digits: begins, before } = groups[first]!;
  if (first > 0 && !/[\s(]/.test(before)) return undefined;
  let digits = begins.length;
  let last = first;
  for (let next = groups[last + 1]; next && last - first < MAX.groups - 1; next = groups[last + 1]) {
    // Behind the codes of country and area the digits of a number are in pairs and more.
    if (last > first && next.digits.length === 1) break;
    digits += next.digits.length;
    if (digits > MAX.digits) break;
    last++;
  }
  if (digits < 7) return undefined;
  const lead = leadOf(text, start);
  if (lead === undefined || (lead === '' && first > 0 && !mayBegin(groups, first))) return undefined;
  for (; last >= first; last--) {
    const next = groups[last + 1];
    if (next && !/^\s/.test(next.before)) continue;
    const number = groups.slice(first, last + 1);
    const isPhone =
      lead === '+'
        ? isInternational(number)
        : isNational(number, { lead, isFirst: first === 0, isWhole: !next }, text);
    if (isPhone && mayEndAt(text, groups[last]!.end)) return last;
  }
  return undefined;
}

/** In the middle of a chain only the plain forms are looked for, and most groups begin none of them. */
function mayBegin(groups: DigitGroup[], first: number): boolean {
  const { digits } = groups[first]!;
  return digits[0] === '0' || [1, 3, 5].includes(digits.length) || !!groups[first + 1]?.before.includes('(');
}

/** What leads a number in: a plus sign, a bracket or nothing; undefined where it is a part of something else. */
function leadOf(text: string, start: number): '+' | '(' | '' | undefined {
  const bracket = text[start - 1] === '(' ? 1 : 0;
  const plus = text[start - 1 - bracket] === '+' ? 1 : 0;
  const at = start - 1 - bracket - plus;
  if (isWordAt(text, at)) return undefined;
  if (plus) return '+';
  if (/[#$€£¥@&%*/]/.test(text[at] ?? '')) return undefined;
  if (
    /[.,:'\-–]/.test(text[at] ?? '') &&
    isWordAt(text, at - 1) &&
    !/[\p{L}][:]/u.test(text.slice(at - 1, at + 1))
  )
    return undefined;
  return bracket ? '(' : '';
}

function mayEndAt(text: string, end: number): boolean {
  if (isWordAt(text, end) || /[%€$£°]/.test(text[end] ?? '')) return false;
  return !(/[.,:'\-/]/.test(text[end] ?? '') && isWordAt(text, end + 1));
}

function meaningBefore(text: string, start: number): 'phone' | 'other' | undefined {
  const before = text.slice(Math.max(0, start - LOOK_BACK), start);
  const lastOf = (words: RegExp) => [...before.matchAll(words)].at(-1)?.index ?? -1;
  const [phone, other] = [lastOf(PHONE_WORDS), lastOf(OTHER_WORDS)];
  if (phone === other) return undefined;
  return phone > other ? 'phone' : 'other';
}

const digitsOf = (groups: DigitGroup[]) => groups.map(({ digits }) => digits).join('');
const isRound = (groups: DigitGroup[]) => groups.filter(({ digits }) => digits === '000').length > 1;

/** ITU-T E.164: up to 15 digits with the country's; the North American ones have ten behind it. */
function isInternational(groups: DigitGroup[]): boolean {
  const digits = digitsOf(groups);
  if (!/^[1-9]/.test(digits) || isRound(groups)) return false;
  if (digits.startsWith('1')) return /^1[2-9]\d{9}$/.test(digits);
  return digits.length >= 8 && digits.length <= 16;
}

/** What is before a number, and whether groups are before it or behind it in its chain. */
interface Place {
  lead: '(' | '';
  isFirst: boolean;
  isWhole: boolean;
}

/** By its form where that is plain, and by the words before it where it is not. */
function isNational(groups: DigitGroup[], place: Place, text: string): boolean {
  const digits = digitsOf(groups);
  if (digits.length < 7 || digits.length > 16 || isRound(groups)) return false;
  const isPlain = isDialled(groups, digits, place);
  if (!isPlain && !(place.isFirst && mayBeDialled(groups, digits))) return false;
  const meaning = meaningBefore(text, groups[0]!.start);
  return isPlain ? meaning !== 'other' : meaning === 'phone';
}

/** Forms that nothing but phone numbers is written in, in the countries that have them. */
function isDialled(groups: DigitGroup[], digits: string, { lead, isWhole }: Place): boolean {
  const sizes = groups.map(({ digits: { length } }) => length);
  const shape = sizes.join('-');
  const { length } = digits;
  if (/^00[1-9]/.test(digits)) return length >= 11 && sizes[0]! >= 4 && (groups.length > 1 || length <= 15);
  const hasBrackets = lead === '(' ? groups[1]?.before.startsWith(')') : groups[1]?.before.includes('(');
  if (hasBrackets && length >= 8 && length <= 12) return true;
  if (/^0[1-9]/.test(digits) && sizes[0]! > 1 && isWritten(groups, isWhole))
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

function mayBeDialled(groups: DigitGroup[], { length }: string): boolean {
  if (groups[0]!.digits.length === 1) return false;
  return groups.length > 1 ? length >= 7 && length <= 12 : length >= 9 && length <= 12;
}

/** Whether separators and groups are those of a number that is dialled: no list, no version, no decimal. */
function isWritten(groups: DigitGroup[], isWhole: boolean): boolean {
  const isPairs = groups.length > 2 && groups.every(({ digits }) => digits.length === 2);
  if (isPairs) return groups.length === 5 && isWhole;
  const between = groups.slice(1).map(({ before }) => before);
  return (
    groups.every(({ digits }) => digits.length > 1) &&
    !between.includes('.') &&
    between.slice(1).every((one) => !one.includes('/'))
  );
}
