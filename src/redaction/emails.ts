import { type Finding, isWordAt } from './finding.ts';

/** RFC 5321: the longest local part and the longest domain. So each `@` costs a bounded time. */
const MAX_LENGTH = { local: 64, domain: 255 };

/** E-mail addresses: `name@host.tld`, in Latin, Cyrillic and Greek letters. */
export function findEmails(text: string): Finding[] {
  const finds: Finding[] = [];
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const start = localStart(text, at);
    const end = domainEnd(text, at + 1);
    if (start === at || end === undefined) continue;
    // `@user@host` names an account of a network; `git@host:path` names a repository.
    if (text[start - 1] === '@' || (text[end] === ':' && isWordAt(text, end + 1))) continue;
    finds.push({ kind: 'e-mail', start, end });
  }
  return finds;
}

const LOCAL = "._%+-'’";

function localStart(text: string, at: number): number {
  let start = at;
  while (start > at - MAX_LENGTH.local && (isWordAt(text, start - 1) || isOneOf(LOCAL, text[start - 1])))
    start--;
  while (start < at && !isWordAt(text, start)) start++;
  return start;
}

/** The end of the longest domain from here that ends in a label of letters and has one before it. */
function domainEnd(text: string, from: number): number | undefined {
  const limit = Math.min(text.length, from + MAX_LENGTH.domain);
  let end = from;
  while (end < limit && ((isWordAt(text, end) && text[end] !== '_') || isOneOf('.-', text[end]))) end++;
  const labels = text.slice(from, end).split('.');
  for (let at = from, last: number | undefined, index = 0; ; index++) {
    const label = labels[index];
    if (!label || label.startsWith('-')) return last;
    const bare = label.replace(/-$/, '');
    at += label.length;
    if (index > 0 && TOP_LEVEL.test(bare)) last = at - (label.length - bare.length);
    // What a hyphen ends is no label that another follows.
    if (bare !== label) return last;
    at++;
  }
}

const TOP_LEVEL = /^(?:\p{L}{2,63}|xn--[a-z0-9]{2,59})$/iu;

const isOneOf = (characters: string, one: string | undefined) =>
  one !== undefined && characters.includes(one);
