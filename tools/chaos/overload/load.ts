import { setTimeout as sleep } from 'node:timers/promises';
import { bodies, inBatches } from '../../support/feedbackBodies.ts';
import { KEY } from '../system.ts';
import { type Answer, createPlainPosts } from './plainPosts.ts';

const PER_REQUEST = 100;
const CONNECTIONS = 64;
const TEMPLATES = 5_000;
const TICK_MS = 10;
/** Max requests under way per load, in case the service doesn't answer. */
const MAX_UNDER_WAY = 500;
/** A Retry-After above this promises nothing: seconds. */
const MAX_PROMISED_MS = 60_000;

/** Outcome of the feedback offered. */
export interface LoadResult {
  /** feedback offered and accepted */
  offered: number;
  accepted: number;
  /** requests by the status they were answered with; 0: no answer */
  answers: Map<number, number>;
  /**
   * Refused requests that were retried, and how many of those were accepted: at the time promised by Retry-After
   * (`cameAgain`), or later without a promise (`askedAgain`).
   */
  cameAgain: number;
  acceptedThen: number;
  askedAgain: number;
  acceptedByChance: number;
  /** id prefixes of accepted batches, of `perBatch` feedback each */
  batches: Set<string>;
  perBatch: number;
}

export interface LoadOptions {
  apiUrl: string;
  name: string;
  /** number of orgs that send */
  orgs: number;
  /** feedback a second; left out: as fast as it is accepted */
  rate?: number;
}

export interface Load {
  start(): void;
  /** Changes the rate: feedback a second. */
  setRate(rate: number): void;
  /** Resolves when every request is answered. */
  stop(): Promise<LoadResult>;
}

/**
 * Clients that offer feedback in batches. Every second refused batch is retried once, after its Retry-After. Creating the bodies
 * blocks the event loop for tenths of a second, so create loads before anything is measured.
 */
export function createLoad({ apiUrl, name, orgs, rate }: LoadOptions): Load {
  let feedbackASecond = rate;
  const result: LoadResult = {
    offered: 0,
    accepted: 0,
    answers: new Map(),
    cameAgain: 0,
    acceptedThen: 0,
    askedAgain: 0,
    acceptedByChance: 0,
    batches: new Set(),
    perBatch: PER_REQUEST,
  };
  const templates = [
    ...inBatches(
      [...bodies({ orgs: 1, count: TEMPLATES }, name)].map(({ id: _, ...body }) => body),
      PER_REQUEST,
    ),
  ].map((feedback, n) =>
    Buffer.from(JSON.stringify({ feedback: feedback.map((one) => ({ ...one, orgId: `${name}-${n % orgs}` })) })),
  );
  const posts = createPlainPosts({
    url: `${apiUrl}/v1/feedback/batch`,
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    connections: CONNECTIONS,
  });
  let isStopping = false;
  /** Ends the pauses of retries, with whether to retry (true) or to give up (false). */
  const pauses = new Set<(isOver: boolean) => void>();
  const under = new Set<Promise<unknown>>();
  let sent = 0;
  let underWay = 0;

  async function post(n: number): Promise<Answer> {
    underWay++;
    const answer = await posts.send(`${name}-${n}`, templates[n % templates.length]!);
    underWay--;
    result.answers.set(answer.status, (result.answers.get(answer.status) ?? 0) + 1);
    if (answer.status === 202) {
      result.accepted += PER_REQUEST;
      result.batches.add(`${name}-${n}`);
    }
    return answer;
  }

  async function offer(comesAgain: boolean): Promise<void> {
    const n = sent++;
    result.offered += PER_REQUEST;
    const { status, retryAfterMs } = await post(n);
    if (status === 202 || !comesAgain) return;
    if (isStopping || !(await pause(retryAfterMs))) return;
    const isPromised = retryAfterMs <= MAX_PROMISED_MS;
    result[isPromised ? 'cameAgain' : 'askedAgain']++;
    if ((await post(n)).status === 202) result[isPromised ? 'acceptedThen' : 'acceptedByChance']++;
  }

  /** Resolves to true after the pause. One AbortSignal for each would be slow: thousands wait at once. */
  function pause(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (isOver: boolean) => {
        clearTimeout(timer);
        pauses.delete(end);
        resolve(isOver);
      };
      const timer = setTimeout(end, ms, true);
      pauses.add(end);
    });
  }

  function track(offered: Promise<unknown>): void {
    under.add(offered);
    void offered.finally(() => under.delete(offered));
  }

  async function atRate(): Promise<void> {
    let due = 0;
    for (let last = performance.now(); !isStopping; ) {
      await sleep(TICK_MS);
      const now = performance.now();
      due += ((now - last) / 1_000) * (feedbackASecond ?? 0);
      last = now;
      for (; due >= PER_REQUEST; due -= PER_REQUEST) {
        // Retries that wait for their time don't occupy a slot.
        if (underWay < MAX_UNDER_WAY) track(offer(sent % 2 === 0));
      }
    }
  }

  async function asTaken(): Promise<void> {
    while (!isStopping) await offer(true);
  }

  let ended: Promise<unknown>;
  return {
    start() {
      ended = rate === undefined ? Promise.all(Array.from({ length: 8 }, asTaken)) : atRate();
    },
    setRate(of) {
      feedbackASecond = of;
    },
    async stop() {
      isStopping = true;
      for (const end of pauses) end(false);
      await ended;
      await Promise.all(under);
      posts.close();
      return result;
    },
  };
}
