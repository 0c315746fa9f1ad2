import type { Finding } from './finding.ts';

/**
 * What opens something. Every pattern begins at a word's start and goes on in characters that no such start is among, so
 * that each character is looked at a bounded number of times. Where a pattern has a group, that is what is found.
 */
const KNOWN = [
  // JSON Web Token; AWS; GitHub; GitLab; Slack; Stripe and its like; Google; npm; a key of this service
  /(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]+)?/g,
  /(?<![\w-])A(?:KI|SI)A[A-Z0-9]{16}(?!\w)/g,
  /(?<![\w-])gh[pousr]_[A-Za-z0-9]{20,}/g,
  /(?<![\w-])github_pat_\w{20,}/g,
  /(?<![\w-])glpat-[\w-]{20,}/g,
  /(?<![\w-])xox[a-z]-[\w-]{10,}/g,
  /(?<![\w-])(?:sk|pk|rk)[-_](?:live_|test_|proj-|ant-)?[\w-]{16,}/g,
  /(?<![\w-])AIza[\w-]{35}/g,
  /(?<![\w-])npm_[A-Za-z0-9]{30,}/g,
  /(?<![\w-])ft_[\w-]{20,}/g,
  /(?<!\w)Bearer\s{1,4}(?=[\w.~+/-]{0,40}\d)([\w.~+/-]{7,}[\w~+/-]=*)/gi,
  /:\/\/[^\s:/@]{1,64}:([^\s/@[\]]{5,128})@/gu,
];

const NAMES =
  /(?<![\p{L}\p{N}])(?:pass(?:word|wd|wort|phrase)?|pwd|kennwort|contrase[nñ]a|mot de passe|senha|wachtwoord|hasło|пароль|(?:api|access|secret|private)[_ -]?key|apikey|(?:client[_-]?)?secret|(?:access[_-]?|auth[_-]?)?token)["']?(\s{0,2}[=:]|\s{1,2}(?:is|ist|est|es|é|è|war|was)\s)\s{0,2}["']?/giu;
const MAY_NAME = /pass|pwd|kennwort|contrase|senha|wachtwoord|hasło|пароль|key|secret|token/i;
const ENDS_VALUE = /[\s"'&,;<>[\]]/g;

/** `name=value` in whatever value; after a colon or 'is' only what no sentence holds: a digit beside letters. */
function findNamed(text: string): Finding[] {
  const finds: Finding[] = [];
  if (!MAY_NAME.test(text)) return finds;
  NAMES.lastIndex = 0;
  for (let named = NAMES.exec(text); named; named = NAMES.exec(text)) {
    const start = NAMES.lastIndex;
    const end = valueEnd(text, start);
    const value = text.slice(start, end);
    const isSecret = named[1]!.endsWith('=')
      ? isAtLeast(value, 5)
      : isAtLeast(value, 6) && /\d/.test(value) && /\p{L}/u.test(value);
    if (!isSecret) continue;
    finds.push({ kind: 'token', start, end });
    NAMES.lastIndex = end;
  }
  return finds;
}

/** In characters, not in UTF-16 units. */
const isAtLeast = (value: string, length: number) => [...value.slice(0, 2 * length)].length >= length;

/** A value ends at a space or a quote, and where the next parameter of an address begins. */
function valueEnd(text: string, start: number): number {
  for (let from = start; ; from = ENDS_VALUE.lastIndex) {
    ENDS_VALUE.lastIndex = from;
    const found = ENDS_VALUE.exec(text);
    const end = found?.index ?? text.length;
    if (found?.[0] === '&' && !/^\w{1,40}=/.test(text.slice(end + 1, end + 42))) continue;
    return endOfValue(text, start, end);
  }
}

/** Without the full stop and the like that end the sentence. */
function endOfValue(text: string, start: number, end: number): number {
  let last = end;
  while (last > start && '.?:)'.includes(text[last - 1]!)) last--;
  return last;
}

/** Of what begins with these there are at least so many characters in a row. */
const MAY_BE_KNOWN = /[\w.~+/-]{8}|:\/\//;

/** Passwords, keys and tokens: of a known form, after a name that says so, or of so much chance that they are nothing else. */
export function findSecrets(text: string): Finding[] {
  const finds = findPrivateKeys(text);
  if (MAY_BE_KNOWN.test(text))
    for (const pattern of KNOWN)
      for (const found of text.matchAll(pattern)) {
        const value = found[1] ?? found[0];
        const start = found.index + found[0].lastIndexOf(value);
        finds.push({ kind: 'token', start, end: start + value.length });
      }
  return united([...finds, ...findNamed(text), ...findByChance(text)]);
}

/** What overlaps is one: beside a key that is a part of a password, the rest of the password would be left. */
function united(finds: Finding[]): Finding[] {
  const all: Finding[] = [];
  for (const find of finds.sort((a, b) => a.start - b.start)) {
    const last = all.at(-1);
    if (last && find.start < last.end) last.end = Math.max(last.end, find.end);
    else all.push(find);
  }
  return all;
}

const PEM = {
  begin: /-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g,
  end: /-----END [A-Z ]{0,40}-----/g,
};

/** One without its end goes to the end of the text. */
function findPrivateKeys(text: string): Finding[] {
  const finds: Finding[] = [];
  let done = 0;
  for (const { index: start } of text.matchAll(PEM.begin)) {
    if (start < done) continue;
    PEM.end.lastIndex = start;
    done = PEM.end.exec(text) ? PEM.end.lastIndex || text.length : text.length;
    finds.push({ kind: 'token', start, end: done });
  }
  return finds;
}

const RUN = /[A-Za-z0-9+/_-]{32,}={0,2}/g;
const MIN_TURNS = 0.35;

function findByChance(text: string): Finding[] {
  const finds: Finding[] = [];
  for (const { 0: run, index } of text.matchAll(RUN)) {
    let start = index;
    if (!/[./:]/.test(text[index - 1] ?? '') && isChance(run)) {
      finds.push({ kind: 'token', start, end: start + run.length });
      continue;
    }
    // Paths have slashes, too; each of their parts is looked at by itself.
    for (const part of run.split(/(?<=\/)|(?=\/)/)) {
      if (part.length >= 32 && isChance(part)) finds.push({ kind: 'token', start, end: start + part.length });
      start += part.length;
    }
  }
  return finds;
}

/** Hexadecimal digits of both sorts; or capitals, small letters and digits that take turns as no words do. */
function isChance(run: string): boolean {
  if (/^[0-9a-f]+$/i.test(run)) return /\d/.test(run) && /[a-f]/i.test(run);
  const others = run.match(/[-_+/=]/g)?.length ?? 0;
  if (others > run.length / 8 || !/\d/.test(run) || !/[A-Z]/.test(run) || !/[a-z]/.test(run)) return false;
  let turns = 0;
  for (let at = 1; at < run.length; at++) if (sortOf(run[at]!) !== sortOf(run[at - 1]!)) turns++;
  return turns >= run.length * MIN_TURNS;
}

const sortOf = (character: string) =>
  character >= 'a' && character <= 'z'
    ? 0
    : character >= 'A' && character <= 'Z'
      ? 1
      : character >= '0' && character <= '9'
        ? 2
        : 3;
