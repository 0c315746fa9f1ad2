import type { Finding } from './finding.ts';

/**
 * Patterns of known secrets. Each starts at the start of a word and continues with characters that contain no such start, so
 * each character is read a bounded number of times. The secret is the group of a pattern, or else the whole match.
 */
const KNOWN = [
  // private key in PEM format; without an end, the key reaches to the end of the text
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?(?=-----)[\s\S]*?(?:-----END [A-Z ]{0,40}-----|$)/g,
  // JSON Web Token; AWS; GitHub; GitLab; Slack; Stripe and others; Google; npm; API key of this service; bearer token; URL
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

/** Names of secrets and the sign after them. */
const NAMES =
  /(?<![\p{L}\p{N}])(?:pass(?:word|wd|wort|phrase)?|pwd|kennwort|contrase[nñ]a|mot de passe|senha|wachtwoord|hasło|пароль|(?:api|access|secret|private)[_ -]?key|apikey|(?:client[_-]?)?secret|(?:access[_-]?|auth[_-]?)?token)["']?(\s{0,2}[=:]|\s{1,2}(?:is|ist|est|es|é|è|war|was)\s)\s{0,2}["']?/giu;
const MAY_NAME = /pass|pwd|kennwort|contrase|senha|wachtwoord|hasło|пароль|key|secret|token/i;
const ENDS_VALUE = /[\s"'&,;<>[\]]/g;

/** Finds values after a name: any value after `=`, but after a colon or 'is' only one with both digits and letters. */
function findNamed(text: string): Finding[] {
  const findings: Finding[] = [];
  if (!MAY_NAME.test(text)) return findings;
  NAMES.lastIndex = 0;
  for (let named = NAMES.exec(text); named; named = NAMES.exec(text)) {
    const start = NAMES.lastIndex;
    const end = valueEnd(text, start);
    const value = text.slice(start, end);
    const isSecret = named[1]!.endsWith('=')
      ? isAtLeast(value, 5)
      : isAtLeast(value, 6) && /\d/.test(value) && /\p{L}/u.test(value);
    if (!isSecret) continue;
    findings.push({ kind: 'token', start, end });
    NAMES.lastIndex = end;
  }
  return findings;
}

/** Counts characters, not UTF-16 units. */
const isAtLeast = (value: string, length: number) => [...value.slice(0, 2 * length)].length >= length;

/** The end of a value, without the punctuation of the sentence: at a space, a quote or the next parameter of a URL. */
function valueEnd(text: string, start: number): number {
  for (let from = start; ; from = ENDS_VALUE.lastIndex) {
    ENDS_VALUE.lastIndex = from;
    const found = ENDS_VALUE.exec(text);
    let end = found?.index ?? text.length;
    if (found?.[0] === '&' && !/^\w{1,40}=/.test(text.slice(end + 1, end + 42))) continue;
    while (end > start && '.?:)'.includes(text[end - 1]!)) end--;
    return end;
  }
}

/** A run of characters, or a sign, that every known secret has. */
const MAY_BE_KNOWN = /[\w.~+/-]{8}|:\/\//;

/** Finds passwords, keys and tokens: of a known format, after a name such as `password=`, or random strings. */
export function findSecrets(text: string): Finding[] {
  const findings: Finding[] = [];
  if (MAY_BE_KNOWN.test(text))
    for (const pattern of KNOWN)
      for (const found of text.matchAll(pattern)) {
        const value = found[1] ?? found[0];
        const start = found.index + found[0].lastIndexOf(value);
        findings.push({ kind: 'token', start, end: start + value.length });
      }
  return merged([...findings, ...findNamed(text), ...findRandom(text)]);
}

/** Merges findings that overlap. Otherwise the rest of a password that contains a key would stay in the text. */
function merged(findings: Finding[]): Finding[] {
  const result: Finding[] = [];
  for (const finding of findings.sort((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last && finding.start < last.end) last.end = Math.max(last.end, finding.end);
    else result.push(finding);
  }
  return result;
}

const LONG_RUN = /[A-Za-z0-9+/_-]{32,}={0,2}/g;
/** A character of another class (small letter, capital, digit, other) than the one before. */
const CLASS_CHANGE = /(?<=[a-z])[^a-z]|(?<=[A-Z])[^A-Z]|(?<=\d)\D|(?<=[^a-zA-Z\d])[a-zA-Z\d]/g;
/** Min share of such characters in a random string, 0 to 1. */
const MIN_CLASS_CHANGES = 0.35;

/** Finds runs of 32 or more characters that are random, such as keys of unknown services. */
function findRandom(text: string): Finding[] {
  const findings: Finding[] = [];
  const add = (run: string, start: number) => {
    if (isRandom(run) && !isHash(text, run, start)) findings.push({ kind: 'token', start, end: start + run.length });
  };
  for (const { 0: run, index } of text.matchAll(LONG_RUN)) {
    if (!/[./:]/.test(text[index - 1] ?? '') && isRandom(run)) {
      add(run, index);
      continue;
    }
    // A path has slashes, too, so each part is tested alone.
    let start = index;
    for (const part of run.split(/(?<=\/)|(?=\/)/)) {
      if (part.length >= 32) add(part, start);
      start += part.length;
    }
  }
  return findings;
}

/** Hexadecimal digits of a hash: MD5 or a short key, SHA-1 (commits), SHA-2. */
const HASH_LENGTHS = [32, 40, 56, 64, 96, 128];
/** Characters before a hash that are searched for words about it. */
const LOOK_BACK = 40;
/** Words that announce a hash, and those that announce a secret. */
const HASH_WORDS =
  /(?<!\p{L})(?:commits?|sha|hash(?:es)?|checksums?|prüfsumme|md5|digest|rev(?:ision)?|git|merge[ds]?|cherry-pick|etag|change-id|хеш|коммит)(?!\p{L})/giu;
const SECRET_WORDS =
  /(?<!\p{L})(?:pass(?:word|wd|wort|phrase|code)?|pwd|kennwort|contrase[nñ]a|senha|wachtwoord|hasło|пароль|(?:api|access|private|secret|auth)?keys?|schlüssel|clave|chave|clé|ключ|secrets?|tokens?|credentials?|bearer|authorization|cookie|session)(?!\p{L})/giu;

/**
 * True for the hash of a commit or a file as tools print it, which is public. The last word about it decides; without one,
 * 32 digits are a key.
 */
function isHash(text: string, run: string, start: number): boolean {
  const digits = run.replace(/^I(?=[\da-f]{40}$)/, ''); // a change of Gerrit
  if (!HASH_LENGTHS.includes(digits.length) || !/^(?:[\da-f]+|[\dA-F]+)$/.test(digits)) return false;
  const before = text.slice(Math.max(0, start - LOOK_BACK), start);
  const lastOf = (words: RegExp) => [...before.matchAll(words)].at(-1)?.index ?? -1;
  const [hash, secret] = [lastOf(HASH_WORDS), lastOf(SECRET_WORDS)];
  return hash === secret ? digits.length > 32 : hash > secret;
}

/** True for hexadecimal digits, or for capitals, small letters and digits that alternate more than in words. */
function isRandom(run: string): boolean {
  if (/^[0-9a-f]+$/i.test(run)) return /\d/.test(run) && /[a-f]/i.test(run);
  const others = run.match(/[-_+/=]/g)?.length ?? 0;
  if (others > run.length / 8 || !/\d/.test(run) || !/[A-Z]/.test(run) || !/[a-z]/.test(run)) return false;
  return (run.match(CLASS_CHANGE)?.length ?? 0) >= run.length * MIN_CLASS_CHANGES;
}
