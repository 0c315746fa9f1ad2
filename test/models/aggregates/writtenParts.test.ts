import { describe, expect, it } from '@jest/globals';
import type { AggregateDelta } from '../../../src/aggregates/contribution.ts';
import { pairUp } from '../../../src/models/aggregates/partDocuments.ts';
import {
  createWrittenPartsCache,
  type WrittenPartsCache,
} from '../../../src/models/aggregates/writtenParts.ts';

let batch = 0;

/** A batch that gains `counters` counters of an org. */
function gainOf(org: string, counters: number): AggregateDelta {
  const delta = new Map(Array.from({ length: counters }, (_, n) => [`c.q.${n}`, 1]));
  const key = { kind: 'org', path: `org ${org}`, orgId: org, id: org } as const;
  return { key, delta, firstAt: null, lastAt: null };
}

function leave(left: WrittenPartsCache, gains: AggregateDelta[], isMerged = false): void {
  const merged = new Set(isMerged ? gains.map(({ key }) => left.get(key.path)!) : []);
  left.remember({ batch: ++batch, parts: pairUp(gains), merged, adopted: [], deleted: [], keptUnpaired: [] });
}

function merge(left: WrittenPartsCache, gain: AggregateDelta): void {
  leave(left, [gain]);
  leave(left, [gain], true);
}

describe('what a writer remembers of its parts', () => {
  it('is the sum of all that it has left since it merged them', () => {
    const left = createWrittenPartsCache(100);
    leave(left, [gainOf('acme', 2)]);
    expect(left.get('org acme')).toMatchObject({ batches: [batch] });
    expect(left.get('org acme')?.sum).toBeUndefined();
    merge(left, gainOf('acme', 2));
    leave(left, [gainOf('acme', 3)]);
    expect(left.get('org acme')?.batches).toHaveLength(2);
    expect(left.get('org acme')?.sum?.totals.delta).toEqual(
      new Map([
        ['c.q.0', 2],
        ['c.q.1', 2],
        ['c.q.2', 1],
      ]),
    );
  });

  it('is no sum where sums hold as many counters as they may, until others are forgotten', () => {
    const left = createWrittenPartsCache(100, 15);
    merge(left, gainOf('first', 10));
    merge(left, gainOf('second', 10));
    expect(left.get('org first')?.sum).toBeDefined();
    expect(left.get('org second')).toBeDefined();
    expect(left.get('org second')?.sum).toBeUndefined();
    left.forgetSums();
    merge(left, gainOf('second', 10));
    expect(left.get('org second')?.sum).toBeDefined();
  });

  it('is no sum any more where it grows beyond that', () => {
    const left = createWrittenPartsCache(100, 15);
    merge(left, gainOf('acme', 10));
    leave(left, [gainOf('acme', 20)]);
    expect(left.get('org acme')?.sum).toBeUndefined();
    merge(left, gainOf('other', 10));
    expect(left.get('org other')?.sum).toBeDefined();
  });

  it('is forgotten, with its sum, after two generations in which it has not gained', () => {
    const left = createWrittenPartsCache(4, 15);
    merge(left, gainOf('old', 10));
    for (const org of ['a', 'b', 'c', 'd', 'e']) leave(left, [gainOf(org, 1)]);
    expect(left.get('org old')).toBeUndefined();
    merge(left, gainOf('new', 10));
    expect(left.get('org new')?.sum).toBeDefined();
  });
});
