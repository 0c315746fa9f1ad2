import { setTimeout as delay } from 'node:timers/promises';
import type { DemoFeedback } from './generateDemo.ts';

const BATCH_SIZE = 500;
const UNDER_WAY = 2;

/** When a request is repeated, and for how long. */
const retryPolicy = {
  firstPauseMs: 500,
  longestPauseMs: 30_000,
  /** Time without any success after which loading is given up. */
  patienceMs: 120_000,
  requestTimeoutMs: 30_000,
};

export interface LoadOptions {
  /** URL of the API, such as `http://localhost:3000`. */
  baseUrl: string;
  key: string;
  feedback: Iterable<DemoFeedback>;
  /** How many there are, for `onProgress`. */
  total: number;
  onProgress?: (progress: LoadProgress) => void;
  fetch?: typeof globalThis.fetch;
  policy?: Partial<typeof retryPolicy>;
}

export interface LoadProgress {
  accepted: number;
  refused: number;
  total: number;
}

export interface LoadResult {
  accepted: number;
  refused: number;
  /** The first few refusals, as the API gave them. */
  refusals: unknown[];
}

/** Loading the demo failed in a way that repeating does not help. */
export class LoadError extends Error {
  override name = 'LoadError';
}

/**
 * Posts all feedback to `/v1/feedback/batch`, 500 to a request and two requests at a time. A request that meets 429, 503 or no
 * answer is sent again, after the pause the API asks for. Ids are part of the feedback, so a repeat counts once.
 * Throws a LoadError at any other refusal of a whole request, or after two minutes without a success.
 */
export async function loadDemo(options: LoadOptions): Promise<LoadResult> {
  const { total, onProgress } = options;
  const policy = { ...retryPolicy, ...options.policy };
  const batches = inBatches(options.feedback);
  const result: LoadResult = { accepted: 0, refused: 0, refusals: [] };
  const stop = new AbortController();
  const state = { lastSuccess: Date.now() };

  const sendBatches = async (): Promise<void> => {
    for (;;) {
      const next = batches.next();
      if (next.done === true || stop.signal.aborted) return;
      const refused = await send(next.value, options, policy, state, stop.signal);
      result.accepted += next.value.length - refused.length;
      result.refused += refused.length;
      result.refusals.push(...refused.slice(0, 5 - result.refusals.length));
      onProgress?.({ accepted: result.accepted, refused: result.refused, total });
    }
  };
  try {
    await Promise.all(Array.from({ length: UNDER_WAY }, sendBatches));
  } catch (error) {
    stop.abort();
    throw error;
  }
  return result;
}

function* inBatches(feedback: Iterable<DemoFeedback>): Generator<DemoFeedback[]> {
  let batch: DemoFeedback[] = [];
  for (const each of feedback) {
    batch.push(each);
    if (batch.length === BATCH_SIZE) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

/** Sends one batch until it is taken, and gives back the results of those in it that were refused. */
async function send(
  batch: readonly DemoFeedback[],
  { baseUrl, key, fetch = globalThis.fetch }: LoadOptions,
  policy: typeof retryPolicy,
  state: { lastSuccess: number },
  stopped: AbortSignal,
): Promise<unknown[]> {
  const url = `${baseUrl.replace(/\/+$/, '')}/v1/feedback/batch`;
  const body = JSON.stringify({ feedback: batch });
  for (let tries = 1; ; tries++) {
    let problem: string;
    let pauseMs = Math.min(policy.firstPauseMs * 2 ** (tries - 1), policy.longestPauseMs);
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body,
        signal: AbortSignal.any([stopped, AbortSignal.timeout(policy.requestTimeoutMs)]),
      });
      const text = await response.text();
      if (response.status === 202 || response.status === 207) {
        state.lastSuccess = Date.now();
        return response.status === 207 ? refusedIn(text, url) : [];
      }
      if (response.status !== 429 && response.status !== 503) throw refusal(response.status, text, url);
      problem = `${url} answered ${response.status}${detailOf(text)}`;
      pauseMs = retryAfterMs(response.headers.get('retry-after')) ?? pauseMs;
    } catch (error) {
      if (error instanceof LoadError || stopped.aborted) throw error;
      problem = `${url} gave no answer (${reasonOf(error)})`;
    }
    const waitedMs = Date.now() - state.lastSuccess;
    if (waitedMs >= policy.patienceMs) {
      throw new LoadError(
        `${problem}. Nothing was taken for ${Math.round(waitedMs / 1000)} seconds, after ${tries} tries. ` +
          'Is the server running and its worker keeping up? What was sent so far counts; loading again counts nothing twice.',
      );
    }
    await delay(Math.min(pauseMs, policy.longestPauseMs), undefined, { signal: stopped });
  }
}

/** The pause a `Retry-After` of seconds asks for. */
function retryAfterMs(header: string | null): number | undefined {
  if (header === null || header.trim() === '') return undefined;
  const seconds = Number(header);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

function refusedIn(text: string, url: string): unknown[] {
  const body = parsed(text) as { results?: { status?: string }[] } | undefined;
  if (!Array.isArray(body?.results)) throw new LoadError(`${url} answered 207 without results: ${text.slice(0, 200)}`);
  return body.results.filter(({ status }) => status === 'refused');
}

function refusal(status: number, text: string, url: string): LoadError {
  const hints: Record<number, string> = {
    401: ' The key is missing or not known to this server.',
    403: ' The key is not allowed to send feedback.',
    404: ' Is this the address of a feedback-tracker?',
    413: ' The batch is larger than this server takes.',
  };
  return new LoadError(`${url} answered ${status}${detailOf(text)}.${hints[status] ?? ''}`);
}

/** Detail of a problem+json body, as a suffix; empty for other bodies. */
function detailOf(text: string): string {
  const { title, detail } = (parsed(text) ?? {}) as { title?: unknown; detail?: unknown };
  const said = [title, detail].filter((part) => typeof part === 'string').join(': ');
  return said === '' ? '' : ` (${said})`;
}

function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** fetch hides the reason of a failed connection in the cause. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as { message?: string; cause?: { message?: string; code?: string } };
  return cause?.message || cause?.code || message || String(error);
}
