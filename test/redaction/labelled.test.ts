import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { FINDING_KINDS, type Finding } from '../../src/redaction/finding.ts';
import { findSensitive, MARKERS, mask } from '../../src/redaction/redact.ts';

interface Labelled {
  /** Texts of `held-out` were written before the rules, and no rule was made for them. */
  part: 'seen' | 'held-out';
  language: string;
  text: string;
  finds: Finding[];
}

const lines = (await readFile(join(process.cwd(), 'test/redaction/labelled.jsonl'), 'utf8')).trim().split('\n');
const labelled = lines.map((line) => JSON.parse(line) as Labelled);

interface Score {
  right: number;
  found: number;
  labelled: number;
}

/** A find is right if its kind, start and end are. */
function scoreOf(texts: Labelled[], kinds: readonly string[]): Score {
  const score = { right: 0, found: 0, labelled: 0 };
  for (const { text, finds } of texts) {
    const wanted = new Set(finds.filter(({ kind }) => kinds.includes(kind)).map(nameOf));
    const found = findSensitive(text)
      .filter(({ kind }) => kinds.includes(kind))
      .map(nameOf);
    score.labelled += wanted.size;
    score.found += found.length;
    score.right += found.filter((one) => wanted.has(one)).length;
  }
  return score;
}

const nameOf = ({ kind, start, end }: Finding) => `${kind} ${start} ${end}`;
const precision = ({ right, found }: Score) => (found === 0 ? 1 : right / found);
const recall = ({ right, labelled }: Score) => (labelled === 0 ? 1 : right / labelled);

describe.each(['seen', 'held-out'] as const)('in the %s texts', (part) => {
  const texts = labelled.filter((one) => one.part === part);
  const rows = [...FINDING_KINDS.map((kind) => [kind, [kind]] as const), ['in all', FINDING_KINDS] as const];

  it.each(rows)('redaction finds %s with a precision and recall of at least .95', (name, kinds) => {
    const score = scoreOf(texts, kinds);
    process.stdout.write(
      `${part.padEnd(9)} ${name.padEnd(7)} precision ${precision(score).toFixed(3)} recall ${recall(score).toFixed(3)} of ${score.labelled}\n`,
    );
    expect(score.labelled).toBeGreaterThan(10);
    expect(precision(score)).toBeGreaterThanOrEqual(0.95);
    expect(recall(score)).toBeGreaterThanOrEqual(0.95);
  });
});

it('the labelled set has at least 300 texts, half of them held out and a third without a find', () => {
  expect(labelled.length).toBeGreaterThanOrEqual(300);
  expect(labelled.filter(({ part }) => part === 'held-out').length).toBeGreaterThanOrEqual(150);
  expect(labelled.filter(({ finds }) => finds.length === 0).length).toBeGreaterThanOrEqual(100);
});

it('masking removes everything that was found, and masking again changes nothing', () => {
  for (const { text } of labelled) {
    const masked = mask(text);
    for (const { kind, start, end } of findSensitive(text)) {
      expect(masked).toContain(MARKERS[kind]);
      expect(masked).not.toContain(text.slice(start, end));
    }
    expect(mask(masked)).toBe(masked);
  }
});
