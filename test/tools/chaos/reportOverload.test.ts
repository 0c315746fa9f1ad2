import { describe, expect, it } from '@jest/globals';
import type { LoadResult } from '../../../tools/chaos/overload/load.ts';
import { reportOverload } from '../../../tools/chaos/overload/reportOverload.ts';
import type { OverloadRun } from '../../../tools/chaos/overload/runOverload.ts';

const load = (more: Partial<LoadResult> = {}): LoadResult => ({
  offered: 1_000,
  accepted: 1_000,
  answers: new Map([[202, 10]]),
  cameAgain: 10,
  acceptedThen: 10,
  askedAgain: 4,
  acceptedByChance: 1,
  batches: new Set(),
  perBatch: 100,
  ...more,
});

/** A probe with a hundred latencies: the last two are `p99`, so that the last but one is the 99th percentile. */
const probe = (p50: number, p99: number, refused = 0) => {
  const latenciesMs = [...Array.from({ length: 98 }, () => p50), p99, p99];
  return { latenciesMs, answersMs: latenciesMs, refused, ids: [] };
};

const flat = { first: 150, last: 160, most: 170 };

/** A run that keeps every bound exactly. */
const run = (more: Partial<OverloadRun> = {}): OverloadRun => ({
  peaks: { before: 6_000, after: 5_000 },
  steps: [
    { times: 1, stored: 3_900 },
    { times: 2, stored: 4_400 },
    { times: 2, stored: 3_600 },
  ],
  goodput: 3_600,
  offered: 30_000,
  flood: load({ accepted: 100, cameAgain: 10, acceptedThen: 5 }),
  ordinary: load(),
  probes: { calm: probe(100, 400), flooded: probe(200, 800) },
  memory: { api: flat, worker: flat },
  recoveryMs: { accepted: 900, empty: 10_000 },
  accepted: 123_456,
  lost: 0,
  aggregateDifferences: [],
  ...more,
});

const missed = (of: OverloadRun) =>
  reportOverload(of)
    .text.split('\n')
    .filter((line) => line.startsWith('MISS'))
    .map((line) => line.slice(5).split(/ {2}/)[0]);

describe('the report of a run under overload', () => {
  it('is good if every bound is kept', () => {
    const { text, isGood } = reportOverload(run());
    expect(isGood).toBe(true);
    expect(text).toContain('3,600 (0.90× of the most of these, 0.65× of batches)');
    expect(text).toContain('p50 200 ms (2.00×), p99 800 ms (2.00×)');
    expect(text).not.toContain('MISS');
  });

  const crowded = { ...flat, most: 251 };
  it.each<[what: string, more: Partial<OverloadRun>, title: string]>([
    ['less was stored', { goodput: 3_599 }, 'stored a second'],
    ['others were refused', { ordinary: load({ accepted: 999 }) }, 'answers to other orgs'],
    [
      'a probe was refused',
      { probes: { calm: probe(100, 400), flooded: probe(100, 400, 1) } },
      'answers to other orgs',
    ],
    ['reservations were not kept', { flood: load({ acceptedThen: 4 }) }, 'came again when told to'],
    ['others waited longer', { probes: { calm: probe(100, 400), flooded: probe(201, 400) } }, 'another org, flooded'],
    [
      'some of others waited longer',
      { probes: { calm: probe(100, 400), flooded: probe(100, 801) } },
      'another org, flooded',
    ],
    ['memory grew', { memory: { api: { ...flat, last: 166 }, worker: flat } }, 'memory of the api'],
    ['memory was too large', { memory: { api: flat, worker: crowded } }, 'memory of the worker'],
    ['recovery took too long', { recoveryMs: { accepted: 1, empty: 10_001 } }, 'after the load'],
    ['something is lost', { lost: 1 }, 'lost'],
    ['totals differ', { aggregateDifferences: ['org a: count 2, is 1'] }, 'aggregate differences'],
  ])('names the bound that was missed: %s', (_, more, title) => {
    expect(reportOverload(run(more)).isGood).toBe(false);
    expect(missed(run(more))).toEqual([title]);
  });
});
