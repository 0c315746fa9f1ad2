import type { IncomingMessage, ServerResponse } from 'node:http';
import { bearerKey, type SessionAuthentication } from '../authentication.ts';
import type { Caller } from '../caller.ts';
import { Problem } from '../http/problem.ts';
import type { KeyCache } from '../keys/keyCache.ts';
import type { FigureFeed, StreamedFigures } from './figureFeed.ts';

/** Max streams of one key or person in one process. */
const MAX_OF_CALLER = 20;
/** Milliseconds between comments that keep a connection open, of a whole stream, and until a client connects again. */
export const STREAM_MS = { heartbeat: 15_000, whole: 300_000, retry: 2_000 };

export interface StreamRequest {
  caller: Caller;
  /** the org whose figures are streamed; undefined: all orgs together */
  orgId: string | undefined;
  /** max events; undefined: until the stream has lasted long enough */
  limit: number | undefined;
  request: IncomingMessage;
  response: ServerResponse;
}

/** Streams of server-sent events (WHATWG HTML, 9.2) over a feed of figures. */
export interface OpenStreams {
  /** @throws Problem 429 if the caller has too many streams, 503 if the process has */
  serve(stream: StreamRequest): void;
  /** Ends all streams. */
  close(): void;
}

export function createOpenStreams({
  feed,
  keys,
  sessions,
  times = STREAM_MS,
}: {
  feed: FigureFeed;
  keys: Pick<KeyCache, 'find'>;
  sessions: Pick<SessionAuthentication, 'reauthorize'>;
  times?: typeof STREAM_MS;
}): OpenStreams {
  /** ids of callers, by the function that ends their stream */
  const open = new Map<() => void, string>();

  function serve({ caller, orgId, limit = Number.POSITIVE_INFINITY, request, response }: StreamRequest): void {
    // Its event 'close' is over.
    if (response.destroyed) return;
    const ofCaller = [...open.values()].filter((id) => id === caller.id).length;
    if (ofCaller >= MAX_OF_CALLER) throw tooMany(429, `This key or person has ${ofCaller} open streams. Close one.`);
    let left = limit;
    const send = (figures: StreamedFigures) => {
      if (response.writableNeedDrain || left === 0) return false;
      begin(response, times.retry);
      response.write(`event: figures\ndata: ${JSON.stringify(figures)}\n\n`);
      if (--left === 0) setImmediate(end);
      return true;
    };
    const stopListening = feed.listen(orgId, send);
    if (!stopListening) throw tooMany(503, 'This process has as many streams as it can serve. Try again.');
    begin(response, times.retry);
    // A connection that nothing is written to is closed as idle. Callers who lost their right lose their stream here.
    const heartbeat = setInterval(async () => {
      if (!response.writableNeedDrain) response.write(':\n\n');
      if (!(await isStillValid(caller, request))) end();
    }, times.heartbeat);
    const timeout = setTimeout(end, times.whole);
    open.set(end, caller.id);
    response.on('close', end);
    if (request.method === 'HEAD') setImmediate(end);

    function end(): void {
      if (!open.delete(end)) return;
      stopListening!();
      clearInterval(heartbeat);
      clearTimeout(timeout);
      response.end();
    }
  }

  /** Whether the key or the session still opens the same. A session that cannot be looked up does not. */
  async function isStillValid(caller: Caller, request: IncomingMessage): Promise<boolean> {
    const found =
      caller.kind === 'person'
        ? await sessions.reauthorize(request, 'read').catch(() => undefined)
        : keys.find(bearerKey(request) ?? '', Date.now());
    return found?.id === caller.id && found.orgId === caller.orgId;
  }

  return {
    serve,
    close() {
      feed.close();
      for (const end of [...open.keys()]) end();
    },
  };
}

/** Sends the headers, once. No proxy may collect events. */
function begin(response: ServerResponse, retryMs: number): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
    'x-content-type-options': 'nosniff',
  });
  response.write(`retry: ${retryMs}\n\n`);
}

const tooMany = (status: 429 | 503, detail: string) =>
  new Problem(status, detail, {
    headers: { 'retry-after': '30' },
    reason: status === 429 ? 'rate_limit' : 'unavailable',
  });
