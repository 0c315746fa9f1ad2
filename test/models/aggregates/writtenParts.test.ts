import { describe, expect, it } from '@jest/globals';
import type { AggregateDelta } from '../../../src/aggregates/contribution.ts';
import { pairUp } from '../../../src/models/aggregates/partDocuments.ts';
import { createWrittenPartsCache, type WrittenPartsCache } from '../../../src/models/aggregates/writtenParts.ts';

let batch = 0;

/** A delta of an org with this number of counters. */
function deltaOf(org: string, counters: number): AggregateDelta {
  const delta = new Map(Array.from({ length: counters }, (_, n) => [`c.q.${n}`, 1]));
  const key = { kind: 'org', path: `org ${org}`, orgId: org, id: org } as const;
  return { key, delta, firstAt: null, lastAt: null };
}

function write(cache: WrittenPartsCache, deltas: AggregateDelta[], isMerged = false): void {
  const merged = new Set(isMerged ? deltas.map(({ key }) => cache.get(key.path)!) : []);
  const parts = pairUp(deltas);
  cache.remember({ batch: ++batch, parts, merged, adopted: [], deleted: [], keptUnpaired: [] });
}

function merge(cache: WrittenPartsCache, delta: AggregateDelta): void {
  write(cache, [delta]);
  write(cache, [delta], true);
}

describe('the cache of written parts', () => {
  it('holds the sum of all parts written since a merge', () => {
    const cache = createWrittenPartsCache(100);
    write(cache, [deltaOf('acme', 2)]);
    expect(cache.get('org acme')).toMatchObject({ batches: [batch] });
    expect(cache.get('org acme')?.sum).toBeUndefined();
    merge(cache, deltaOf('acme', 2));
    write(cache, [deltaOf('acme', 3)]);
    expect(cache.get('org acme')?.batches).toHaveLength(2);
    expect(cache.get('org acme')?.sum?.totals.delta).toEqual(
      new Map([
        ['c.q.0', 2],
        ['c.q.1', 2],
        ['c.q.2', 1],
      ]),
    );
  });

  it('holds no new sum beyond the limit of counters, until others are forgotten', () => {
    const cache = createWrittenPartsCache(100, 15);
    merge(cache, deltaOf('first', 10));
    merge(cache, deltaOf('second', 10));
    expect(cache.get('org first')?.sum).toBeDefined();
    expect(cache.get('org second')).toBeDefined();
    expect(cache.get('org second')?.sum).toBeUndefined();
    cache.forgetSums();
    merge(cache, deltaOf('second', 10));
    expect(cache.get('org second')?.sum).toBeDefined();
  });

  it('forgets a sum that grows beyond the limit of counters', () => {
    const cache = createWrittenPartsCache(100, 15);
    merge(cache, deltaOf('acme', 10));
    write(cache, [deltaOf('acme', 20)]);
    expect(cache.get('org acme')?.sum).toBeUndefined();
    merge(cache, deltaOf('other', 10));
    expect(cache.get('org other')?.sum).toBeDefined();
  });

  it('forgets an aggregate, with its sum, after two generations without a part', () => {
    const cache = createWrittenPartsCache(4, 15);
    merge(cache, deltaOf('old', 10));
    for (const org of ['a', 'b', 'c', 'd', 'e']) write(cache, [deltaOf(org, 1)]);
    expect(cache.get('org old')).toBeUndefined();
    merge(cache, deltaOf('new', 10));
    expect(cache.get('org new')?.sum).toBeDefined();
  });
});
