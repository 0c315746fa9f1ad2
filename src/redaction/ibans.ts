import { type Finding, isWordAt } from './finding.ts';

/** Length of an IBAN by country: the registry of ISO 13616. */
const LENGTHS: Record<string, number> = Object.fromEntries(
  `AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18
  FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20
  LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24
  SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30`
    .split(/\s+/)
    .map((one) => [one.slice(0, 2), Number(one.slice(2))]),
);

const BEGINNING = /[A-Z]{2}\d{2}/gi;

/** International bank account numbers: of a country, of its length, with right check digits, with or without spaces. */
export function findIbans(text: string): Finding[] {
  const finds: Finding[] = [];
  let done = 0;
  for (const { 0: beginning, index: start } of text.matchAll(BEGINNING)) {
    const length = LENGTHS[beginning.slice(0, 2).toUpperCase()];
    if (length === undefined || start < done || isWordAt(text, start - 1)) continue;
    const { number, end } = read(text, start, length);
    if (number.length < length || isWordAt(text, end) || !hasRightCheck(number)) continue;
    finds.push({ kind: 'iban', start, end });
    done = end;
  }
  return finds;
}

/** So many letters and digits, with single spaces or hyphens between them. */
function read(text: string, start: number, length: number): { number: string; end: number } {
  let number = '';
  let end = start;
  while (number.length < length) {
    if (/[ \u00a0\u202f-]/.test(text[end] ?? '')) end++;
    if (!/[a-z0-9]/i.test(text[end] ?? '')) break;
    number += text[end++];
  }
  return { number: number.toUpperCase(), end };
}

/** ISO 7064, MOD 97-10, digit by digit. */
function hasRightCheck(number: string): boolean {
  let rest = 0;
  for (const character of number.slice(4) + number.slice(0, 4))
    for (const digit of String(Number.parseInt(character, 36))) rest = (rest * 10 + Number(digit)) % 97;
  return rest === 1;
}
