import { type Finding, isWordAt } from './finding.ts';

/** Length of an IBAN by country (IBAN registry, ISO 13616). */
const LENGTHS: Record<string, number> = Object.fromEntries(
  `AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18
  FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20
  LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24
  SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30`
    .split(/\s+/)
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

const COUNTRY_AND_CHECK = /[A-Z]{2}\d{2}/gi;

/** Finds IBANs: the length of the country and valid check digits, with or without spaces. */
export function findIbans(text: string): Finding[] {
  const findings: Finding[] = [];
  let searchedTo = 0;
  for (const { 0: head, index: start } of text.matchAll(COUNTRY_AND_CHECK)) {
    const length = LENGTHS[head.slice(0, 2).toUpperCase()];
    if (length === undefined || start < searchedTo || isWordAt(text, start - 1)) continue;
    const { number, end } = readNumber(text, start, length);
    if (number.length < length || isWordAt(text, end) || !hasValidCheck(number)) continue;
    findings.push({ kind: 'iban', start, end });
    searchedTo = end;
  }
  return findings;
}

/** Reads up to `length` letters and digits, with single spaces or hyphens between them. */
function readNumber(text: string, start: number, length: number): { number: string; end: number } {
  let number = '';
  let end = start;
  while (number.length < length) {
    if (/[ \u00a0\u202f-]/.test(text[end] ?? '')) end++;
    if (!/[a-z0-9]/i.test(text[end] ?? '')) break;
    number += text[end++];
  }
  return { number: number.toUpperCase(), end };
}

/** The check of ISO 7064, MOD 97-10, digit by digit. */
function hasValidCheck(number: string): boolean {
  let remainder = 0;
  for (const character of number.slice(4) + number.slice(0, 4))
    for (const digit of String(Number.parseInt(character, 36))) remainder = (remainder * 10 + Number(digit)) % 97;
  return remainder === 1;
}
