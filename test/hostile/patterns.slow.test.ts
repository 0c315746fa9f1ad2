import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from '@swc/core';
import type { AttackPattern, check as Check } from 'recheck';
import { createTextAnalyzer } from '../../src/analysis/analyzer.ts';
import { phrasesIn } from '../../src/analysis/discovery/phrases.ts';
import { wordsOf } from '../../src/analysis/search/words.ts';
import { checkFeedback } from '../../src/ingest/feedbackSchema.ts';
import { parseJson } from '../../src/ingest/parseJson.ts';
import { wordPattern } from '../../src/models/feedback/findFeedback.ts';
import { filterTermsOf } from '../../src/models/search/filterTerms.ts';
import { growthOver, medianMs } from '../support/timing.ts';

interface Pattern {
  file: string;
  source: string;
  flags: string;
}

/** Patterns given to MongoDB, built from a client's words. */
const IN_MONGODB = ['a', 'a b', '((((', 'a+a+a+', '\\w*\\w*'].map((words) => ({
  file: 'models/findFeedback.ts',
  source: wordPattern(words),
  flags: 'iu',
}));

/** Files that build patterns at run time. */
const BUILDERS = [
  // For the API's document, each from one class of the literals that are checked here.
  'api/docs/portablePattern.ts',
  // Constants, and words of a client: both are timed below.
  'analysis/search/words.ts',
  'models/search/filterTerms.ts',
];

const literals: Pattern[] = [];
const builtAtRunTime = new Set<string>();
let check: typeof Check;

beforeAll(async () => {
  ({ check } = await import('recheck'));
  for (const file of await readdir('src', { recursive: true })) {
    if (!file.endsWith('.ts') || file.endsWith('packedWeights.ts')) continue;
    visit(await parse(await readFile(join('src', file), 'utf8'), { syntax: 'typescript' }), file);
  }
});

function visit(node: unknown, file: string): void {
  if (typeof node !== 'object' || node === null) return;
  const { type, pattern, flags, callee } = node as Record<string, string> & { callee?: { value?: string } };
  if (type === 'RegExpLiteral') literals.push({ file, source: pattern!, flags: flags! });
  if ((type === 'NewExpression' || type === 'CallExpression') && callee?.value === 'RegExp') builtAtRunTime.add(file);
  for (const part of Object.values(node)) visit(part, file);
}

/** Tries the attack that the checker found, since the checker often misjudges lookaround. */
function isBusyAt(source: string, flags: string, { pumps, suffix }: AttackPattern): boolean {
  const attack = (size: number) =>
    pumps.map(({ prefix, pump }) => prefix + pump.repeat(Math.ceil(size / pump.length))).join('') + suffix;
  const pattern = new RegExp(source, flags);
  const timeOf = (size: number) => medianMs(() => attack(size).replace(pattern, ''), 5);
  return Math.min(...[1, 2, 3].map(() => timeOf(20_000) / timeOf(10_000))) > 3;
}

describe('the regular expressions of src/', () => {
  it('are all found, and so are the files that build some at run time', () => {
    expect(literals.length).toBeGreaterThan(50);
    expect([...builtAtRunTime].sort()).toEqual([...BUILDERS].sort());
  });

  it('take linear time, whatever the text', async () => {
    const all = [...literals, ...IN_MONGODB];
    const busy: string[] = [];
    const distinct = new Map(all.map((pattern) => [`/${pattern.source}/${pattern.flags}`, pattern]));
    for (const { file, source, flags } of distinct.values()) {
      // The checker doesn't know the flag `v`, and no pattern uses what it adds to `u`.
      const found = await check(source, flags.replace('v', 'u').replace('y', ''), {
        timeout: 20_000,
      });
      if (found.status === 'safe' || (found.status === 'vulnerable' && !isBusyAt(source, flags, found.attack)))
        continue;
      busy.push(`${found.status} ${file} /${source}/${flags}`);
    }
    expect(busy).toEqual([]);
  }, 300_000);

  it('would be reported if one were vulnerable', async () => {
    expect((await check('^(a+)+$', '')).status).toBe('vulnerable');
  });
});

const UNITS = [
  ...[
    'a',
    ' ',
    '\n',
    '"',
    '\\',
    "'",
    '’',
    '-',
    '.',
    '!',
    'a ',
    "a'",
    'a-',
    ' \n',
    '<',
    '@',
    '@a',
    'http://',
    'www.',
    '1',
  ],
  ...['a.', 'é', 'e\u0301', '👍', '\u200d', '{', '[', '":"', 'not ', 'but ', 'constructor ', '%20', '\u00a0', '\ufeff'],
];

/** Whether an answer has words, as the search index finds out. */
function isAnswer(word: string, answer: string): boolean {
  const [condition] = filterTermsOf({ willingToPay: { word } }).conditions;
  return (condition as { test(rest: string): boolean }).test(answer);
}

describe('twice the text takes at most 2.2 times as long', () => {
  const read = createTextAnalyzer();
  const readers: [string, number, (text: string) => unknown][] = [
    ['checking a feedback', 5_000, (text) => checkFeedback({ improvements: text, orgId: text, easeOfUse: text }, 0)],
    [
      'parsing JSON',
      8_000,
      (text) => {
        try {
          return parseJson(Buffer.from(`{"improvements":${JSON.stringify(text)}}`));
        } catch (error) {
          return error;
        }
      },
    ],
    ['folding words', 5_000, wordsOf],
    ['finding words in an answer', 4_000, (text) => isAnswer('a b', text) || isAnswer(text, text)],
    ['finding phrases', 4_000, (text) => phrasesIn(text, read(text, () => []).clauses, () => false)],
  ];
  it.each(readers)(
    'by %s',
    (_, length, run) => {
      // Measured again if it looks slow, since another process may run in between.
      const isSlow = (unit: string) => [1, 2, 3, 4].every(() => growthOver(unit, length, run) > 2.2);
      const slow = UNITS.filter(isSlow);
      expect(slow).toEqual([]);
    },
    120_000,
  );
});
