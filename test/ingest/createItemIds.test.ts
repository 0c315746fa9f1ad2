import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createItemIds, MAX_KEY_CHARACTERS, TooManyItems } from '../../src/ingest/createItemIds.ts';
import { checkFeedback, type FeedbackInput } from '../../src/ingest/feedbackSchema.ts';
import { idSchema } from '../../src/ingest/names/ids.ts';

const idsOf = (items: readonly FeedbackInput[], key = 'k') => items.map(createItemIds(key));

/** Few values, so that many rows are equal. */
const row: fc.Arbitrary<FeedbackInput> = fc
  .record({
    orgId: fc.constantFrom('a', 'b', undefined),
    overallRating: fc.constantFrom(1, 5),
    improvements: fc.constantFrom('slow', 'fast', undefined),
    tags: fc.constantFrom(['x', 'y'], ['y', 'x'], undefined),
  })
  .map((fields) => JSON.parse(JSON.stringify(fields)) as FeedbackInput);

describe('ids of items under an Idempotency-Key', () => {
  it('stay the same when other items are removed, added or moved', () => {
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 30 }),
        fc.array(row, { maxLength: 30 }),
        fc.infiniteStream(fc.nat()),
        (kept, others, dice) => {
          const mixed = kept.map((item) => ({ item, at: dice.next().value! }));
          for (const item of others) mixed.push({ item, at: dice.next().value! });
          const file = mixed.sort((a, b) => a.at - b.at).map(({ item }) => item);
          const [before, after] = [idsOf(kept), idsOf(file)];
          expect(new Set(before).size).toBe(kept.length);
          expect(new Set(after).size).toBe(file.length);
          expect(before.filter((id) => !after.includes(id))).toEqual([]);
        },
      ),
    );
  });

  it('differ by key, and by every field', () => {
    const items: FeedbackInput[] = [
      { overallRating: 3 },
      { uxRating: 3 },
      { growMethodRating: 3 },
      { overallRating: 4 },
      { overallRating: 3, orgId: 'o' },
      { overallRating: 3, userId: 'o' },
      { overallRating: 3, sessionId: 'o' },
      { overallRating: 3, improvements: 'o' },
      { overallRating: 3, improvements: 'o ' },
      { overallRating: 3, easeOfUse: 'o' },
      { overallRating: 3, experiment: 'o', variant: 'p' },
      { overallRating: 3, tags: ['o', 'p'] },
      { overallRating: 3, tags: ['o,p'] },
      { overallRating: 3, createdAt: Date.UTC(2026, 2, 1) },
      { overallRating: 3, createdAt: Date.UTC(2026, 2, 2) },
    ];
    const ids = [...idsOf(items, 'k'), ...idsOf(items, 'l')];
    expect(new Set(ids).size).toBe(2 * items.length);
  });

  it('depend on the content alone: not on the order of fields, nor on how a time or a label is written', () => {
    const ways = [
      { overallRating: 2, easeOfUse: 'Tr\u00e8s facile', createdAt: '2026-03-01T10:00:00Z' },
      { createdAt: '2026-03-01T12:00:00+02:00', easeOfUse: 'Tre\u0300s facile ', overallRating: 2 },
      { easeOfUse: ' Tr\u00e8s facile', createdAt: Date.UTC(2026, 2, 1, 10), overallRating: 2, orgId: null },
    ].map((way) => checkFeedback(way, Date.UTC(2026, 5, 1)).feedback!);
    expect(new Set(ways.map((way) => idsOf([way])[0])).size).toBe(1);
  });

  it('are the same in every release, so that a file can be sent again after an upgrade', () => {
    const item: FeedbackInput = { orgId: 'acme', overallRating: 4, createdAt: Date.UTC(2026, 2, 1, 10), tags: ['a'] };
    expect(idsOf([item, item], 'upload-7')).toEqual(['upload-7._2_-Tc8JI7JmgMZ', 'upload-7._jPWZlBEQwqFdc7']);
  });

  it('are valid ids with the longest key', () => {
    const ids = idsOf([{ overallRating: 1 }, { overallRating: 1 }], 'x'.repeat(MAX_KEY_CHARACTERS));
    for (const id of ids) expect([id.length, idSchema.safeParse(id).success]).toEqual([128, true]);
  });

  it('number equal items after the table has grown many times, and end at the limit', () => {
    const makeId = createItemIds('k', 5_000);
    const first = Array.from({ length: 5_000 }, (_, n) => makeId({ improvements: `text ${n}` }));
    const second = Array.from({ length: 5_000 }, (_, n) => makeId({ improvements: `text ${n}` }));
    expect(new Set([...first, ...second]).size).toBe(10_000);
    expect(idsOf([{ improvements: 'text 4321' }, { improvements: 'text 4321' }])).toEqual([
      first[4_321],
      second[4_321],
    ]);
    expect(() => makeId({ improvements: 'one more' })).toThrow(TooManyItems);
  });
});
