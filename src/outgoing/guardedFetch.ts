import { lookup as lookupName } from 'node:dns';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { type AllowedNetworks, mayReach } from './publicAddress.ts';

/** The request, or the rest of its response, was refused as unsafe. The message gives only the reason. */
export class RefusedRequest extends Error {
  override name = 'RefusedRequest';
}

export interface GuardOptions {
  /** private networks that may be reached */
  allowed?: AllowedNetworks;
  /** allow http: beside https: */
  allowHttp?: boolean;
  /** max time in ms, including redirects and the whole response */
  timeoutMs?: number;
  /** max bytes of a response */
  maxBytes?: number;
  /** DNS lookup; the system's by default */
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
const DEFAULTS = { timeoutMs: 10_000, maxBytes: 1024 * 1024 };
/** Statuses without a body; `Response` throws if one is given. */
const NULL_BODY_STATUSES = new Set([101, 204, 205, 304]);
/** Headers that a redirect to another origin must not receive. */
const CREDENTIAL_HEADERS = ['authorization', 'cookie', 'proxy-authorization'];

/**
 * A `fetch` for URLs that others choose (SSRF protection). It reaches public addresses only, over HTTPS. The connecting
 * socket resolves the name itself, so a second lookup cannot give another address (DNS rebinding). Every redirect is
 * checked. Connections are not reused, since a reused one would skip the check of its address.
 */
export function createGuardedFetch(options: GuardOptions = {}): GuardedFetch {
  const { allowHttp = false, allowed = [], timeoutMs, maxBytes } = { ...DEFAULTS, ...options };
  const lookup = guardedLookup(options.lookup ?? (lookupName as LookupFunction), allowed);

  function check(url: URL): void {
    if (url.protocol !== 'https:' && !(allowHttp && url.protocol === 'http:'))
      throw new RefusedRequest(`${allowHttp ? 'http: or https:' : 'https:'} is needed, not ${url.protocol}`);
    if (url.username !== '' || url.password !== '') throw new RefusedRequest('a URL must not hold a password');
    // Literal addresses skip the lookup. `URL` has normalised forms like 0x7f.1 and 2130706433 to 127.0.0.1.
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    if (isIP(host) && !mayReach(host, allowed)) throw new RefusedRequest('its address is not a public one');
  }

  return async (target, init = {}) => {
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = init.signal ? AbortSignal.any([timeout, init.signal]) : timeout;
    let url = new URL(target);
    let method = init.method ?? 'GET';
    const headers = new Headers(init.headers);
    // Any kind of body as bytes, so that it can be sent again after a redirect.
    const bodyReader = new Response(init.body ?? null);
    const type = bodyReader.headers.get('content-type');
    if (type !== null && !headers.has('content-type')) headers.set('content-type', type);
    let body = bodyReader.body && new Uint8Array(await bodyReader.arrayBuffer());
    for (let redirects = 0; ; redirects++) {
      check(url);
      const incoming = await send(url, { method, headers, body, signal, lookup });
      const next = redirectOf(incoming, url);
      if (next === undefined || init.redirect === 'manual') return read(incoming, maxBytes, signal);
      incoming.destroy();
      if (redirects === MAX_REDIRECTS) throw new RefusedRequest(`over ${MAX_REDIRECTS} redirects`);
      if (next.origin !== url.origin) for (const name of CREDENTIAL_HEADERS) headers.delete(name);
      if (incoming.statusCode === 303 || (method === 'POST' && [301, 302].includes(incoming.statusCode!))) {
        [method, body] = [method === 'HEAD' ? 'HEAD' : 'GET', null];
        headers.delete('content-type');
      }
      url = next;
    }
  };
}

/** A lookup that returns only the addresses that may be reached. */
function guardedLookup(lookup: LookupFunction, allowed: AllowedNetworks): LookupFunction {
  return (name, options, done) =>
    lookup(name, { ...options, all: true }, (error, found) => {
      if (error) return done(error, '', 0);
      const addresses = (Array.isArray(found) ? found : []).filter(({ address }) => mayReach(address, allowed));
      const [first] = addresses;
      if (!first) return done(new RefusedRequest('its name has no public address'), '', 0);
      return options.all ? done(null, addresses) : done(null, first.address, first.family);
    });
}

function send(
  url: URL,
  options: {
    method: string;
    headers: Headers;
    body: Uint8Array | null;
    signal: AbortSignal;
    lookup: LookupFunction;
  },
): Promise<IncomingMessage> {
  const { method, body, signal, lookup } = options;
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const headers = {
      ...Object.fromEntries(options.headers),
      ...(body && { 'content-length': String(body.byteLength) }),
    };
    request(url, { method, headers, signal, lookup, agent: false }, resolve)
      .on('error', (error) => reject(signal.aborted ? signal.reason : error))
      .end(body ?? undefined);
  });
}

function redirectOf({ statusCode, headers }: IncomingMessage, from: URL): URL | undefined {
  if (![301, 302, 303, 307, 308].includes(statusCode ?? 0) || headers.location === undefined) return undefined;
  if (!URL.canParse(headers.location, from.href)) throw new RefusedRequest('it redirects to an invalid URL');
  return new URL(headers.location, from);
}

/** Reads a response. Compression is not requested, so the bytes counted are the bytes received. */
async function read(incoming: IncomingMessage, maxBytes: number, signal: AbortSignal): Promise<Response> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of incoming) {
      size += chunk.length;
      if (size > maxBytes) throw new RefusedRequest(`its answer is over ${maxBytes} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    incoming.destroy();
    throw signal.aborted ? signal.reason : error;
  }
  const headers = new Headers();
  for (const [name, values] of Object.entries(incoming.headersDistinct))
    for (const value of values ?? []) headers.append(name, value);
  const status = incoming.statusCode!;
  return new Response(NULL_BODY_STATUSES.has(status) ? null : new Uint8Array(Buffer.concat(chunks)), {
    status,
    statusText: incoming.statusMessage ?? '',
    headers,
  });
}
