import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CustomFetch } from 'openid-client';
import { createGuardedFetch, type GuardOptions } from '../../src/outgoing/guardedFetch.ts';
import { mayReach } from '../../src/outgoing/publicAddress.ts';

let server: Server;
let port: number;
let connections = 0;
let listener: RequestListener;
beforeAll(async () => {
  server = createServer((request, response) => listener(request, response));
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  connections = 0;
  listener = (_request, response) => response.end('inside');
});

/** A name server that says what it is told to, the next thing each time, and the last for ever. */
function namesOf(...addresses: string[]): LookupFunction & { asked: number } {
  const lookup = ((_name, options, done) => {
    const address = addresses[Math.min(lookup.asked++, addresses.length - 1)]!;
    const family = address.includes(':') ? 6 : 4;
    if (options.all) done(null, [{ address, family }]);
    else done(null, address, family);
  }) as LookupFunction & { asked: number };
  lookup.asked = 0;
  return lookup;
}

const guarded = (more: GuardOptions = {}) => createGuardedFetch({ allowHttp: true, timeoutMs: 2_000, ...more });
/** One that may reach this test's own server, to see what it does there. */
const inside = (more: GuardOptions = {}) => guarded({ allowed: ['127.0.0.1/32'], ...more });

describe('an address', () => {
  it.each([
    '0.0.0.0',
    '10.0.0.1',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.1',
    '192.0.2.1',
    '192.168.1.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::127.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:0:127.0.0.1',
    '64:ff9b::127.0.0.1',
    '64:ff9b::a00:1',
    '64:ff9b:1::1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '2002:a00:1::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '100::1',
    'localhost',
    '',
  ])('is refused if it is not public: %s', (address) => {
    expect(mayReach(address)).toBe(false);
  });

  it.each(['1.1.1.1', '172.32.0.1', '2606:4700:4700::1111', '::ffff:1.1.1.1', '64:ff9b::101:101', '2002:101:101::1'])(
    'is allowed if it is public: %s',
    (address) => {
      expect(mayReach(address)).toBe(true);
    },
  );

  it('is allowed if its private network is, and in no other private network', () => {
    const allowed = ['10.1.0.0/16', 'fd00::/8'];
    expect(['10.1.2.3', '::ffff:10.1.2.3', 'fd00::1'].map((it) => mayReach(it, allowed))).toEqual([true, true, true]);
    expect(['10.2.0.1', '127.0.0.1', 'fe80::1'].map((it) => mayReach(it, allowed))).toEqual([false, false, false]);
  });
});

describe('a guarded fetch', () => {
  it.each([
    '127.0.0.1',
    '0x7f.1',
    '0x7f000001',
    '2130706433',
    '0177.0.0.1',
    '127.1',
    '0',
    '0.0.0.0',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '127。0。0。1',
    '①②⑦.⓪.⓪.①',
    'localhost',
    'localhost.',
    'LOCALHOST',
    'ip6-localhost',
  ])('refuses literals and names of this machine: %s', async (host) => {
    await expect(guarded()(`http://${host}:${port}/`)).rejects.toThrow();
    expect(connections).toBe(0);
  });

  it('reaches allowed networks, and returns what fetch returns', async () => {
    listener = (request, response) => {
      response.writeHead(201, { 'x-method': request.method, 'set-cookie': ['a=1', 'b=2'] });
      request.pipe(response);
    };
    const body = new URLSearchParams({ code: 'a b' });
    const answer = await inside()(`http://127.0.0.1:${port}/`, { method: 'POST', body });
    expect([answer.status, answer.headers.get('x-method')]).toEqual([201, 'POST']);
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(await answer.text()).toBe('code=a+b');
    const fits: CustomFetch = inside();
    const sent = { method: 'POST', headers: {}, body: new ArrayBuffer(3), redirect: 'manual' } as const;
    expect((await (await fits(`http://127.0.0.1:${port}/`, sent)).arrayBuffer()).byteLength).toBe(3);
    listener = (_request, response) => response.writeHead(204).end();
    expect((await inside()(`http://127.0.0.1:${port}/`)).body).toBeNull();
  });

  it('connects to the address it checked, if a name resolves differently the second time', async () => {
    // Resolves to an allowed address first, then to this machine. Nobody answers at the first.
    const names = namesOf('192.0.2.1', '127.0.0.1');
    const rebound = guarded({ lookup: names, timeoutMs: 300, allowed: ['192.0.2.0/24'] });
    await expect(rebound(`http://rebind.example:${port}/`)).rejects.toThrow();
    expect([names.asked, connections]).toEqual([1, 0]);
    // From then on it says this machine alone.
    for (let n = 0; n < 5; n++)
      await expect(rebound(`http://rebind.example:${port}/`)).rejects.toThrow('has no public address');
    expect(connections).toBe(0);
  });

  it('connects to the public addresses of a name only', async () => {
    const lookup = ((_name, _options, done) =>
      done(null, [
        { address: '127.0.0.1', family: 4 },
        { address: '::1', family: 6 },
      ])) as LookupFunction;
    await expect(guarded({ lookup })(`http://two.example:${port}/`)).rejects.toThrow('has no public address');
    expect(connections).toBe(0);
    await expect(inside({ lookup })(`http://two.example:${port}/`)).resolves.toMatchObject({ status: 200 });
  });

  it.each([
    'http://10.0.0.1/',
    'http://[::1]/',
    'http://0x7f.2/',
    'http://169.254.169.254/latest/meta-data',
    '//192.168.0.1/',
    'file:///etc/passwd',
    'gopher://127.0.0.1/',
  ])('checks the target of a redirect: %s', async (location) => {
    listener = (_request, response) => response.writeHead(302, { location }).end();
    await expect(inside()(`http://127.0.0.1:${port}/`)).rejects.toThrow(/not a public one|is needed/);
    expect(connections).toBe(1);
  });

  it('resolves and checks the name of a redirect', async () => {
    const lookup = namesOf('127.0.0.1', '10.0.0.1');
    listener = (_request, response) => response.writeHead(307, { location: `http://b.example:${port}/` }).end();
    await expect(inside({ lookup })(`http://a.example:${port}/`)).rejects.toThrow('has no public address');
    expect([lookup.asked, connections]).toEqual([2, 1]);
  });

  it('follows at most five redirects, and sends no credentials to another host', async () => {
    let asked: (string | undefined)[] = [];
    listener = (request, response) => {
      asked.push(request.headers.authorization);
      const left = Number(request.url?.slice(1));
      if (left > 0) response.writeHead(302, { location: `http://b.example:${port}/${left - 1}` });
      response.end('there');
    };
    const headers = { authorization: 'Bearer secret' };
    const follow = inside({ lookup: namesOf('127.0.0.1') });
    expect(await (await follow(`http://a.example:${port}/5`, { headers })).text()).toBe('there');
    expect(asked).toEqual(['Bearer secret', ...Array(5).fill(undefined)]);
    asked = [];
    await expect(follow(`http://a.example:${port}/6`)).rejects.toThrow('over 5 redirects');
    expect((await follow(`http://a.example:${port}/6`, { redirect: 'manual' })).status).toBe(302);
  });

  it('requires HTTPS by default, and refuses a password in a URL', async () => {
    const strict = createGuardedFetch({ allowed: ['127.0.0.1/32'] });
    await expect(strict(`http://127.0.0.1:${port}/`)).rejects.toThrow('https: is needed');
    await expect(inside()(`http://me:secret@127.0.0.1:${port}/`)).rejects.toThrow('must not hold a password');
    expect(connections).toBe(0);
  });

  it('limits the bytes and the time of a response', async () => {
    listener = (_request, response) => {
      const more = setInterval(() => response.write('x'.repeat(10_000)), 5);
      response.on('close', () => clearInterval(more));
    };
    await expect(inside({ maxBytes: 50_000 })(`http://127.0.0.1:${port}/`)).rejects.toThrow('over 50000 bytes');
    const started = performance.now();
    await expect(inside({ timeoutMs: 300 })(`http://127.0.0.1:${port}/`)).rejects.toThrow(/timeout/i);
    listener = () => {};
    await expect(inside({ timeoutMs: 300 })(`http://127.0.0.1:${port}/`)).rejects.toThrow(/timeout/i);
    expect(performance.now() - started).toBeLessThan(3_000);
    const given = AbortSignal.abort(new Error('given up'));
    await expect(inside()(`http://127.0.0.1:${port}/`, { signal: given })).rejects.toThrow('given up');
  });
});
