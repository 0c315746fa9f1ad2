import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { createClientAddress } from '../../../src/api/http/clientAddress.ts';
import { createFailedAuthLimit, type FailedAuthLimit } from '../../../src/api/keys/failedAuthLimit.ts';
import { parseNetworks } from '../../../src/networks.ts';

const requestOf = (remoteAddress: string, forwarded?: string) =>
  ({
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  }) as unknown as IncomingMessage;

it('counts wrong keys per address and minute, for a bounded number of addresses', () => {
  let now = 1_000;
  const guesses = createFailedAuthLimit({
    perMinute: 2,
    addressOf: createClientAddress([]),
    now: () => now,
  });
  const [one, other] = [requestOf('203.0.113.1'), requestOf('203.0.113.2')];
  guesses.count(one);
  guesses.check(one);
  guesses.count(one);
  expect(() => guesses.check(one)).toThrow(expect.objectContaining({ status: 429, headers: { 'retry-after': '60' } }));
  guesses.check(other);
  now += 60_000;
  guesses.check(one);
  guesses.count(one);
  guesses.check(one);

  guesses.count(one);
  expect(() => guesses.check(one)).toThrow();
  for (let n = 0; n < 10_000; n++) guesses.count(requestOf(`10.0.${n >> 8}.${n & 255}`));
  guesses.check(one);
});

describe('a chosen key', () => {
  const limit = () => createFailedAuthLimit({ perMinute: 1, addressOf: createClientAddress(parseNetworks('private')) });
  const admitted = (guesses: FailedAuthLimit, request: IncomingMessage, name = 'read') => {
    try {
      guesses.admitChosen(request, name);
      return true;
    } catch (error) {
      expect(error).toMatchObject({ status: 429 });
      return false;
    }
  };

  it('passes over the limit if it was used from that address before, and no other key does', () => {
    const guesses = limit();
    expect(admitted(guesses, requestOf('203.0.113.1'))).toBe(true);
    for (const address of ['203.0.113.1', '203.0.113.2']) guesses.count(requestOf(address));
    expect(admitted(guesses, requestOf('203.0.113.1'))).toBe(true);
    expect(admitted(guesses, requestOf('203.0.113.1'), 'admin')).toBe(false);
    expect(admitted(guesses, requestOf('203.0.113.2'))).toBe(false);
    expect(admitted(guesses, requestOf('203.0.113.3'))).toBe(true);
  });

  it('is not remembered for an address from which it was refused', () => {
    const guesses = limit();
    guesses.count(requestOf('2001:db8:1:2::9'));
    const refused = requestOf('2001:db8:1:2::1');
    expect([admitted(guesses, refused), admitted(guesses, refused)]).toEqual([false, false]);
    expect(admitted(guesses, requestOf('2001:db8:1:3::1'))).toBe(true);
  });

  it('is remembered for the client, not for the connection of the proxy', () => {
    const guesses = limit();
    const proxy = { remoteAddress: '10.0.0.1' };
    const through = (forwarded: string) =>
      ({ socket: proxy, headers: { 'x-forwarded-for': forwarded } }) as unknown as IncomingMessage;
    expect(admitted(guesses, through('203.0.113.1'))).toBe(true);
    for (const address of ['203.0.113.1', '203.0.113.2']) guesses.count(through(address));
    const order = ['203.0.113.2', '203.0.113.1', '203.0.113.1', '203.0.113.2', '203.0.113.2'];
    expect(order.map((address) => admitted(guesses, through(address)))).toEqual([false, true, true, false, false]);
  });
});

it.each([
  ['the peer, if no proxy is trusted', 'none', '10.0.0.1', '198.51.100.1', '10.0.0.1'],
  ['the peer, if it is no trusted proxy', 'private', '203.0.113.1', '198.51.100.1', '203.0.113.1'],
  ['the address that the proxy saw', 'private', '10.0.0.1', '198.51.100.1', '198.51.100.1'],
  [
    'the address that the proxy saw, not one that a client wrote before it',
    'private',
    '10.0.0.1',
    '127.0.0.1, 198.51.100.1',
    '198.51.100.1',
  ],
  ['the address before several proxies', 'private', '::1', '198.51.100.1, 192.168.1.1,10.1.1.1', '198.51.100.1'],
  [
    'the address before a proxy in a configured network',
    '203.0.113.0/24',
    '::ffff:203.0.113.9',
    '2001:db8::1',
    '2001:db8::1',
  ],
  ['the proxy, if it names no valid address', 'private', '10.0.0.1', 'unknown', '10.0.0.1'],
  ['the peer, without a proxy', 'private', '10.0.0.1', undefined, '10.0.0.1'],
])('takes as the client address %s', (_, proxies, caller, forwarded, address) => {
  expect(createClientAddress(parseNetworks(proxies))(requestOf(caller, forwarded))).toBe(address);
});

it('names an invalid network', () => {
  expect(() => parseNetworks('10.0.0.0/8, somewhere')).toThrow('"somewhere" is not a network');
});
