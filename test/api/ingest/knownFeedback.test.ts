import { describe, expect, it } from '@jest/globals';
import { createKnownFeedback, type TakenFeedback } from '../../../src/api/ingest/knownFeedback.ts';
import type { StoredFeedback } from '../../../src/models/feedback/storedFeedback.ts';

const admitted = (
  id: string,
  orgId: string | undefined = 'acme',
  idSource: TakenFeedback['idSource'] = 'sent',
): TakenFeedback => ({
  feedback: { id, ...(orgId !== '' && { orgId }), createdAt: 1, acceptedAt: 1 },
  priority: 0,
  bytes: 1,
  idSource,
});
const none: StoredFeedback['findAcceptedBefore'] = async () => new Set<string>();
const never = () => Promise.reject(new Error('asked'));
/** Stored feedback of which only ids are asked. */
const stored = (findAcceptedBefore: StoredFeedback['findAcceptedBefore']): StoredFeedback => ({
  findAcceptedBefore,
  isKeyStored: never,
});

describe('known feedback', () => {
  it('is what came before in the request, what was accepted lately, and what is stored, each within its org', async () => {
    const asked: string[][] = [];
    const known = createKnownFeedback(
      stored(async (feedback) => {
        asked.push(feedback.map(({ id }) => id));
        return new Set(['stored acme', 'lone']);
      }),
    );
    known.remember([admitted('late'), admitted('made', 'acme', 'generated')]);
    const request = [
      ...[admitted('new'), admitted('new'), admitted('new', 'globex'), admitted('late'), admitted('late', 'globex')],
      ...[
        admitted('stored'),
        admitted('stored', 'globex'),
        admitted('lone', ''),
        admitted('made', 'acme', 'generated'),
      ],
    ];
    expect(await known.find(request, 250)).toEqual({
      isKnown: [false, true, false, true, false, true, false, true, false],
      isComplete: true,
    });
    // Neither generated ids nor known ones are looked for.
    expect(asked).toEqual([['new', 'new', 'late', 'stored', 'stored', 'lone']]);
  });

  it('of a request without ids is none, and MongoDB is not asked', async () => {
    const known = createKnownFeedback(stored(never));
    expect(await known.find([admitted('a', 'acme', 'generated')], 250)).toEqual({ isKnown: [false], isComplete: true });
    expect(await known.find([], 250)).toEqual({ isKnown: [], isComplete: true });
  });

  it.each([
    ['fails', () => Promise.reject(new Error('away'))],
    ['hangs', () => new Promise<never>(() => {})],
  ])('is incomplete while MongoDB %s, and waits for it once in five seconds', async (_, fail) => {
    let calls = 0;
    let isAway = true;
    let nowMs = 0;
    const known = createKnownFeedback(
      stored((...args) => {
        calls++;
        return isAway ? fail() : none(...args);
      }),
      () => nowMs,
    );
    known.remember([admitted('late')]);
    const startedMs = performance.now();
    for (let n = 0; n < 20; n++)
      expect(await known.find([admitted('late'), admitted('x')], 250)).toEqual({
        isKnown: [true, false],
        isComplete: false,
      });
    expect([calls, performance.now() - startedMs < 1_000]).toEqual([1, true]);
    isAway = false;
    nowMs = 5_001;
    expect(await known.find([admitted('x')], 250)).toEqual({ isKnown: [false], isComplete: true });
    expect(calls).toBe(2);
  });

  it('under a new Idempotency-Key is looked for only by ids that were sent', async () => {
    const asked: string[][] = [];
    const keys: string[] = [];
    const known = createKnownFeedback({
      findAcceptedBefore: async (feedback) => {
        asked.push(feedback.map(({ id }) => id));
        return new Set(['used.1 acme']);
      },
      isKeyStored: async (key) => {
        keys.push(key);
        return key === 'used';
      },
    });
    const request = [admitted('used.1', 'acme', 'key'), admitted('own')];
    expect(await known.isKeyNew('used', 250)).toBe(false);
    expect((await known.find(request, 250, false)).isKnown).toEqual([true, false]);
    expect(await known.isKeyNew('new', 250)).toBe(true);
    expect((await known.find(request, 250, true)).isKnown).toEqual([false, false]);
    expect(asked).toEqual([['used.1', 'own'], ['own']]);
    // Its feedback may wait in the queue, so the second request with it looks for each.
    expect(await known.isKeyNew('new', 250)).toBe(false);
    expect(keys).toEqual(['used', 'new']);
  });

  it('under a key that MongoDB does not tell in time is looked for as if the key were known', async () => {
    const known = createKnownFeedback({ findAcceptedBefore: none, isKeyStored: never });
    expect(await known.isKeyNew('any', 250)).toBe(false);
  });

  it('that was accepted lately is forgotten after some ten thousand others, so that memory is bounded', async () => {
    const known = createKnownFeedback(stored(none));
    known.remember([admitted('first')]);
    const others = Array.from({ length: 45_000 }, (_, n) => admitted(`o-${n}`));
    for (let offset = 0; offset < others.length; offset += 500) known.remember(others.slice(offset, offset + 500));
    const { isKnown } = await known.find([admitted('first'), admitted('o-44999'), admitted('o-30000')], 250);
    expect(isKnown).toEqual([false, true, true]);
  });
});
