import { describe, expect, it } from '@jest/globals';
import { createFigureFeed, type StreamedFigures } from '../../../src/api/stream/figureFeed.ts';
import { until } from '../../support/until.ts';

const MAX_LISTENERS = 20;

/** A feed of figures that the test sets, by org. */
function createFeed(figures: Record<string, StreamedFigures | Error>) {
  const reads: (string | undefined)[] = [];
  const feed = createFigureFeed({
    async read(orgId) {
      reads.push(orgId);
      const found = figures[orgId ?? 'all']!;
      if (found instanceof Error) throw found;
      return found;
    },
    intervalMs: 2,
    maxListeners: MAX_LISTENERS,
  });
  const listen = (orgId?: string, isReady = () => true) => {
    const events: StreamedFigures[] = [];
    const stop = feed.listen(orgId, (changed) => isReady() && events.push(changed) > 0);
    return { events, stop };
  };
  const rounds = async (count: number) => {
    const before = reads.length;
    await until(() => reads.length >= before + count, `${count} rounds are over`);
  };
  return { feed, reads, listen, rounds };
}

describe('a feed of figures', () => {
  it('reads once a round for all listeners of a scope, and sends what changed', async () => {
    const figures: Record<string, StreamedFigures> = { acme: { count: 1, mean: 4 }, all: { count: 9, mean: 3 } };
    const { feed, reads, listen, rounds } = createFeed(figures);
    const listeners = Array.from({ length: 15 }, () => listen('acme'));
    const everyone = listen();
    expect(reads).toEqual(['acme', undefined]);
    await rounds(4);
    figures.acme = { count: 2, mean: 4 };
    await until(() => listeners.every(({ events }) => events.length === 2), 'all have the change');
    for (const { events } of listeners) expect(events).toEqual([{ count: 1, mean: 4 }, { count: 2 }]);
    expect(everyone.events).toEqual([{ count: 9, mean: 3 }]);
    feed.close();
  });

  it('gives a new listener the last figures at once', async () => {
    const { feed, listen } = createFeed({ acme: { count: 1 } });
    const first = listen('acme');
    await until(() => first.events.length === 1, 'the first has them');
    expect(listen('acme').events).toEqual([{ count: 1 }]);
    feed.close();
  });

  it('gives a slow listener later everything that changed meanwhile', async () => {
    const figures: Record<string, StreamedFigures> = { acme: { count: 1, mean: 4, lastAt: 1 } };
    const { feed, listen, rounds } = createFeed(figures);
    let isReady = true;
    const { events } = listen('acme', () => isReady);
    await until(() => events.length === 1, 'it has the first figures');
    isReady = false;
    figures.acme = { count: 2, mean: 4, lastAt: 1 };
    await rounds(2);
    figures.acme = { count: 2, mean: 5, lastAt: 1 };
    await rounds(2);
    isReady = true;
    await until(() => events.length === 2, 'it has the rest');
    expect(events[1]).toEqual({ count: 2, mean: 5 });
    feed.close();
  });

  it('reads again after an error, and no longer when nobody listens or it is closed', async () => {
    const figures: Record<string, StreamedFigures | Error> = { acme: new Error('away') };
    const { feed, reads, listen, rounds } = createFeed(figures);
    const { events, stop } = listen('acme');
    await rounds(2);
    expect(events).toEqual([]);
    figures.acme = { count: 1 };
    await until(() => events.length === 1, 'it has figures');
    stop!();
    const other = listen('rival');
    await rounds(3);
    expect(reads.slice(-2)).toEqual(['rival', 'rival']);
    other.stop!();
    feed.close();
    expect(feed.listen('acme', () => true)).toBeUndefined();
  });

  it('takes a bounded number of listeners', () => {
    const { feed, listen } = createFeed({ all: { count: 1 } });
    const listeners = Array.from({ length: MAX_LISTENERS }, () => listen());
    expect(listen().stop).toBeUndefined();
    listeners[0]!.stop!();
    listeners[0]!.stop!();
    expect([listen().stop, listen().stop]).toEqual([expect.any(Function), undefined]);
    feed.close();
  });
});
