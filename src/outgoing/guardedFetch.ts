import { lookup as lookupName } from 'node:dns';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { type AllowedNetworks, mayReach } from './publicAddress.ts';

/** A request that was not made, or not read on, since it is not safe to. Nothing else about it is told. */
export class RefusedRequest extends Error {
  override name = 'RefusedRequest';
}

export interface GuardOptions {
  /** networks that may be reached though they are not public */
  allowed?: AllowedNetworks;
  /** plain HTTP too */
  allowHttp?: boolean;
  /** time for all of it, redirects and the whole answer included */
  timeoutMs?: number;
  /** bytes of an answer */
  maxBytes?: number;
  /** finds the addresses of a name; that of the system */
  lookup?: LookupFunction;
}

export type GuardedFetch = (
  url: string | URL,
  init?: {
    method?: string;
    headers?: Record<string, string> | Headers;
    body?: ConstructorParameters<typeof Response>[0];
    redirect?: 'follow' | 'manual';
    signal?: AbortSignal | null | undefined;
  },
) => Promise<Response>;

const MAX_REDIRECTS = 5;
const LIMITS = { timeoutMs: 10_000, maxBytes: 1024 * 1024 };
/** An answer with one of these has no body, and `Response` takes none for it. */
const WITHOUT_BODY = new Set([101, 204, 205, 304]);
/** What a redirect to another host must not be told. */
const OWN_HEADERS = ['authorization', 'cookie', 'proxy-authorization'];

/**
 * A `fetch` for addresses that others chose: it reaches public addresses only, over HTTPS. A name is resolved once, by the
 * socket that connects to what was found, so that there is no second answer to be different; each redirect is checked as
 * the first request was. No connection is kept, since a kept one would be used without a look at its address.
 */
export function createGuardedFetch(options: GuardOptions = {}): GuardedFetch {
  const { allowHttp = false, allowed = [], timeoutMs, maxBytes } = { ...LIMITS, ...options };
  const lookup = guardedLookup(options.lookup ?? (lookupName as LookupFunction), allowed);

  function check(url: URL): void {
    if (url.protocol !== 'https:' && !(allowHttp && url.protocol === 'http:'))
      throw new RefusedRequest(`${allowHttp ? 'http: or https:' : 'https:'} is needed, not ${url.protocol}`);
    if (url.username !== '' || url.password !== '')
      throw new RefusedRequest('a URL must not hold a password');
    // A literal address is connected to without a lookup. `URL` has made 0x7f.1 and 2130706433 into 127.0.0.1 by now.
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    if (isIP(host) && !mayReach(host, allowed)) throw new RefusedRequest('its address is not a public one');
  }

  return async (target, init = {}) => {
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = init.signal ? AbortSignal.any([timeout, init.signal]) : timeout;
    let url = new URL(target);
    let method = init.method ?? 'GET';
    const headers = new Headers(init.headers);
    // Whatever a body may be to `fetch`, as bytes, which can be sent again after a redirect.
    const given = new Response(init.body ?? null);
    const type = given.headers.get('content-type');
    if (type !== null && !headers.has('content-type')) headers.set('content-type', type);
    let body = given.body && new Uint8Array(await given.arrayBuffer());
    for (let redirects = 0; ; redirects++) {
      check(url);
      const answer = await send(url, { method, headers, body, signal, lookup });
      const next = redirectOf(answer, url);
      if (next === undefined || init.redirect === 'manual') return read(answer, maxBytes, signal);
      answer.destroy();
      if (redirects === MAX_REDIRECTS) throw new RefusedRequest(`over ${MAX_REDIRECTS} redirects`);
      if (next.origin !== url.origin) for (const name of OWN_HEADERS) headers.delete(name);
      if (answer.statusCode === 303 || (method === 'POST' && [301, 302].includes(answer.statusCode!))) {
        [method, body] = [method === 'HEAD' ? 'HEAD' : 'GET', null];
        headers.delete('content-type');
      }
      url = next;
    }
  };
}

/** Finds what the socket connects to, and gives it nothing that it must not reach. */
function guardedLookup(lookup: LookupFunction, allowed: AllowedNetworks): LookupFunction {
  return (name, options, done) =>
    lookup(name, { ...options, all: true }, (error, found) => {
      if (error) return done(error, '', 0);
      const addresses = (Array.isArray(found) ? found : []).filter(({ address }) =>
        mayReach(address, allowed),
      );
      const [first] = addresses;
      if (!first) return done(new RefusedRequest('its name has no public address'), '', 0);
      return options.all ? done(null, addresses) : done(null, first.address, first.family);
    });
}

function send(
  url: URL,
  of: {
    method: string;
    headers: Headers;
    body: Uint8Array | null;
    signal: AbortSignal;
    lookup: LookupFunction;
  },
): Promise<IncomingMessage> {
  const { method, body, signal, lookup } = of;
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const headers = {
      ...Object.fromEntries(of.headers),
      ...(body && { 'content-length': String(body.byteLength) }),
    };
    request(url, { method, headers, signal, lookup, agent: false }, resolve)
      .on('error', (error) => reject(signal.aborted ? signal.reason : error))
      .end(body ?? undefined);
  });
}

function redirectOf({ statusCode, headers }: IncomingMessage, from: URL): URL | undefined {
  if (![301, 302, 303, 307, 308].includes(statusCode ?? 0) || headers.location === undefined)
    return undefined;
  if (!URL.canParse(headers.location, from.href)) throw new RefusedRequest('it redirects to what is no URL');
  return new URL(headers.location, from);
}

/** Nothing is asked for compressed, so what is counted is what comes. */
async function read(answer: IncomingMessage, maxBytes: number, signal: AbortSignal): Promise<Response> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of answer) {
      size += chunk.length;
      if (size > maxBytes) throw new RefusedRequest(`its answer is over ${maxBytes} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    answer.destroy();
    throw signal.aborted ? signal.reason : error;
  }
  const headers = new Headers();
  for (const [name, values] of Object.entries(answer.headersDistinct))
    for (const value of values ?? []) headers.append(name, value);
  const status = answer.statusCode!;
  return new Response(WITHOUT_BODY.has(status) ? null : new Uint8Array(Buffer.concat(chunks)), {
    status,
    statusText: answer.statusMessage ?? '',
    headers,
  });
}
