import { setTimeout as sleep } from 'node:timers/promises';
import { bodies } from '../support/feedbackBodies.ts';
import type { Random } from '../support/random.ts';
import type { Ledger, Sent } from './ledger.ts';
import type { Role } from './system.ts';

export interface ClientsOptions {
  apis: Role[];
  /** the current key */
  keyOf(): string;
  ledger: Ledger;
  random: Random;
  /** feedback sent a second, whether accepted or not */
  rate: number;
}

export interface Clients {
  /** Sends one feedback until it is accepted. Returns its id. */
  deliverOne(): Promise<string>;
  /** Stops sending. Resolves when everything sent is accepted. */
  stop(): Promise<void>;
}

/** Probability of each misbehaviour, per request. */
const HABITS = { batch: 0.3, sendTwice: 0.1, giveUpEarly: 0.05, sendAgainLater: 0.05 };
const BATCH = { least: 2, most: 60 };
const PATIENCE_MS = 10_000;
const TICK_MS = 25;

/**
 * Clients that post at a fixed rate, each feedback under its own id, and retry until they get `202`. Some requests are sent
 * twice at once, some are abandoned before the answer and sent again, some are sent again after they were accepted.
 */
export function startClients({ apis, keyOf, ledger, random, rate }: ClientsOptions): Clients {
  const feedback = endless(random.fork('feedback').int(1, 1e9));
  const under = new Set<Promise<void>>();
  let running = true;
  const ended = run();

  async function run(): Promise<void> {
    let due = 0;
    let last = performance.now();
    while (running) {
      await sleep(TICK_MS);
      const now = performance.now();
      due += ((now - last) / 1000) * rate;
      last = now;
      while (due >= 1) {
        const size = random.chance(HABITS.batch) ? random.int(BATCH.least, BATCH.most) : 1;
        due -= size;
        track(deliver(take(size)));
      }
    }
  }

  function take(size: number): Sent[] {
    return Array.from({ length: size }, () => feedback.next().value as Sent);
  }

  function track(delivery: Promise<void>): void {
    under.add(delivery);
    void delivery.finally(() => under.delete(delivery));
  }

  async function deliver(items: Sent[]): Promise<void> {
    for (const one of items) ledger.sent.set(one.id, one);
    for (;;) {
      const copies = random.chance(HABITS.sendTwice) ? 2 : 1;
      ledger.repeats += copies - 1;
      const patience = random.chance(HABITS.giveUpEarly) ? random.int(1, 30) : PATIENCE_MS;
      if (patience < PATIENCE_MS) ledger.aborts++;
      const answers = await Promise.all(Array.from({ length: copies }, () => post(items, patience)));
      if (answers.some(({ status }) => status === 202)) break;
      // The service's Retry-After, bounded so that a short run doesn't end first.
      const asked = Math.max(...answers.map(({ retryAfterMs }) => retryAfterMs));
      await sleep(Math.min(asked, 2_000) + random.int(20, 200));
    }
    for (const { id } of items) ledger.accepted.add(id);
    if (!running || !random.chance(HABITS.sendAgainLater)) return;
    await sleep(random.int(100, 10_000));
    ledger.repeats++;
    await post(items, PATIENCE_MS);
  }

  async function post(items: Sent[], patience: number): Promise<{ status: number; retryAfterMs: number }> {
    const { apiUrl } = random.pick(apis);
    const [path, body] = items.length === 1 ? ['', items[0]] : ['/batch', { feedback: items }];
    const answer = await fetch(`${apiUrl}/v1/feedback${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${keyOf()}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(patience),
    })
      .then(async (response) => {
        await response.arrayBuffer();
        return {
          status: response.status,
          retryAfterMs: Number(response.headers.get('retry-after') ?? 0) * 1000,
        };
      })
      .catch(() => ({ status: 0, retryAfterMs: 0 }));
    ledger.answers.set(answer.status, (ledger.answers.get(answer.status) ?? 0) + 1);
    return answer;
  }

  return {
    async deliverOne() {
      let items = take(1);
      while (ledger.erasedUsers.has(items[0]!.userId ?? '')) items = take(1);
      await deliver(items);
      return items[0]!.id;
    },
    async stop() {
      running = false;
      await ended;
      await Promise.all(under);
    },
  };
}

/** An endless stream of the benchmark's feedback: a hundred users in twenty orgs. */
function* endless(seed: number): Generator<Sent, never> {
  for (let n = 0; ; n++) yield* bodies({ orgs: 20, count: 5_000 }, `${seed.toString(36)}-${n}`);
}
