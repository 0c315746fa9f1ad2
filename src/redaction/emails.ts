import { decode } from './encodings.ts';
import { type Finding, isWordAt } from './finding.ts';

/** Max characters of the local part and of the domain (RFC 5321). They bound the time for each `@`. */
const MAX_LENGTH = { local: 64, domain: 255 };

/**
 * Finds e-mail addresses: `name@host.tld`, in Latin, Cyrillic and Greek letters, also with characters that are encoded or
 * written out, such as `name&#64;host.tld`, `name%40host.tld` and `name (at) host (dot) tld`.
 */
export function findEmails(text: string): Finding[] {
  const { plain, offsetOf } = decode(text);
  return findPlain(plain).map(({ kind, start, end }) => ({ kind, start: offsetOf(start), end: offsetOf(end) }));
}

function findPlain(text: string): Finding[] {
  const findings: Finding[] = [];
  for (let sign = text.indexOf('@'); sign >= 0; sign = text.indexOf('@', sign + 1)) {
    const start = localStart(text, sign);
    const end = domainEnd(text, sign + 1);
    if (start === sign || end === undefined) continue;
    // `@user@host` is an account of a social network, `git@host:path` a repository.
    if (text[start - 1] === '@' || (text[end] === ':' && isWordAt(text, end + 1))) continue;
    findings.push({ kind: 'e-mail', start, end });
  }
  return findings;
}

/** Signs of a local part besides letters and digits. */
const LOCAL_SIGNS = "._%+-'’";

function localStart(text: string, sign: number): number {
  let start = sign;
  while (start > sign - MAX_LENGTH.local && (isWordAt(text, start - 1) || isOneOf(LOCAL_SIGNS, text[start - 1])))
    start--;
  while (start < sign && !isWordAt(text, start)) start++;
  return start;
}

/** The end of the longest domain from `from` with at least two labels and a valid top-level label, or undefined. */
function domainEnd(text: string, from: number): number | undefined {
  const limit = Math.min(text.length, from + MAX_LENGTH.domain);
  let end = from;
  while (end < limit && ((isWordAt(text, end) && text[end] !== '_') || isOneOf('.-', text[end]))) end++;
  const labels = text.slice(from, end).split('.');
  for (let offset = from, last: number | undefined, index = 0; ; index++) {
    const label = labels[index];
    if (!label || label.startsWith('-')) return last;
    const bare = label.replace(/-$/, '');
    offset += label.length;
    if (index > 0 && TOP_LEVEL.test(bare)) last = offset - (label.length - bare.length);
    // No label follows one that ends with a hyphen.
    if (bare !== label) return last;
    offset++;
  }
}

const TOP_LEVEL = /^(?:\p{L}{2,63}|xn--[a-z0-9]{2,59})$/iu;

const isOneOf = (characters: string, character: string | undefined) =>
  character !== undefined && characters.includes(character);
