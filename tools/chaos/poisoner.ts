import { setTimeout as sleep } from 'node:timers/promises';
import { type AcceptedFeedback, acceptFeedback } from '../../src/ingest/feedbackSchema.ts';
import type { IngestJob } from '../../src/ingest/job.ts';
import type { IngestQueue } from '../../src/queues/ingestQueue.ts';
import type { Ledger } from './ledger.ts';

const EVERY_MS = 2_000;
const NEIGHBOURS = 3;

/**
 * Puts jobs into the queue that hold an unstorable record beside good ones, as an API of another version might. Its
 * records count as accepted.
 */
export function startPoisoner(ingest: IngestQueue, ledger: Ledger): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const ended = (async () => {
    for (let n = 0; !stopping.signal.aborted; n++) {
      await put(n);
      await sleep(EVERY_MS, undefined, { signal: stopping.signal }).catch(() => {});
    }
  })();

  async function put(n: number): Promise<void> {
    const now = Date.now();
    const sound = Array.from({ length: NEIGHBOURS }, (_, of) => ({
      id: `neighbour-${n}-${of}`,
      orgId: 'poisoned',
      overallRating: 3,
    }));
    const poison = { id: `poison-${n}`, overallRating: 'five', createdAt: now, acceptedAt: now };
    const feedback: unknown[] = sound.map((one): AcceptedFeedback => acceptFeedback(one, { id: one.id, now }));
    const job = { version: 1, feedback: [...feedback, poison] } as IngestJob;
    for (const one of sound) ledger.sent.set(one.id, one);
    for (;;) {
      try {
        // A job id, so that adding it again after a lost answer is harmless.
        await ingest.queue.add('batch', job, { jobId: `poisoned-${n}` });
        break;
      } catch {
        await sleep(200);
      }
    }
    ledger.poison.add(poison.id);
    for (const { id } of sound) ledger.accepted.add(id);
  }

  return {
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}
