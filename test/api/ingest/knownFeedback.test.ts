import { describe, expect, it } from '@jest/globals';
import { createKnownFeedback, type TakenFeedback } from '../../../src/api/ingest/knownFeedback.ts';
import type { FindAcceptedBefore } from '../../../src/models/feedback/findAcceptedBefore.ts';

const admitted = (id: string, orgId: string | undefined = 'acme', canRepeat = true): TakenFeedback => ({
  feedback: { id, ...(orgId !== '' && { orgId }), createdAt: 1, acceptedAt: 1 },
  priority: 0,
  bytes: 1,
  canRepeat,
});
const none: FindAcceptedBefore = async () => new Set<string>();

describe('known feedback', () => {
  it('is what came before in the request, what was accepted lately, and what is stored, each within its org', async () => {
    const asked: string[][] = [];
    const known = createKnownFeedback(async (feedback) => {
      asked.push(feedback.map(({ id }) => id));
      return new Set(['stored acme', 'lone']);
    });
    known.remember([admitted('late'), admitted('made', 'acme', false)]);
    const request = [
      ...[admitted('new'), admitted('new'), admitted('new', 'globex'), admitted('late'), admitted('late', 'globex')],
      ...[admitted('stored'), admitted('stored', 'globex'), admitted('lone', ''), admitted('made', 'acme', false)],
    ];
    expect(await known.find(request, 250)).toEqual({
      isKnown: [false, true, false, true, false, true, false, true, false],
      isComplete: true,
    });
    // Neither generated ids nor known ones are looked for.
    expect(asked).toEqual([['new', 'new', 'late', 'stored', 'stored', 'lone']]);
  });

  it('of a request without ids is none, and MongoDB is not asked', async () => {
    const known = createKnownFeedback(() => Promise.reject(new Error('asked')));
    expect(await known.find([admitted('a', 'acme', false)], 250)).toEqual({ isKnown: [false], isComplete: true });
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
      (...args) => {
        calls++;
        return isAway ? fail() : none(...args);
      },
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

  it('that was accepted lately is forgotten after some ten thousand others, so that memory is bounded', async () => {
    const known = createKnownFeedback(none);
    known.remember([admitted('first')]);
    const others = Array.from({ length: 45_000 }, (_, n) => admitted(`o-${n}`));
    for (let offset = 0; offset < others.length; offset += 500) known.remember(others.slice(offset, offset + 500));
    const { isKnown } = await known.find([admitted('first'), admitted('o-44999'), admitted('o-30000')], 250);
    expect(isKnown).toEqual([false, true, true]);
  });
});
