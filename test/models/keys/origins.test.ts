import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { matchesOrigin, originProblem, usableOrigins } from '../../../src/models/keys/origins.ts';

describe('an origin of a key', () => {
  it.each([
    'https://app.example',
    'http://localhost:8100',
    'http://localhost',
    'https://app.example:8443',
    'http://[::1]:5173',
    'http://192.168.1.20:3000',
    'https://xn--bcher-kva.example',
    'capacitor://localhost',
    'ionic://localhost',
    'tauri://localhost',
    'app://localhost',
    'app://-',
    'app://.',
    'app://obsidian.md',
    'com.acme.app://localhost:80',
    'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
    'moz-extension://6ff8cc4c-2a0a-4a8c-a7e3-0d5e5f6f1c2d',
    'safari-web-extension://F3C2A0D1-97E2-4C0B-8E23-0F5E8B1C2D3E',
    'https://*.shop.example',
    'https://*.eu.shop.example:8443',
    'http://*.localhost:3000',
    'https://*.shop.co.uk',
    'https://*.acme.github.io',
  ])('may be %s', (origin) => expect(originProblem(origin)).toBeUndefined());

  it.each([
    ['https://app.example/', 'here https://app.example'],
    ['https://app.example/feedback', 'here https://app.example'],
    ['https://App.Example', 'here https://app.example'],
    ['https://app.example:443', 'here https://app.example'],
    ['https://ada:secret@app.example', 'here https://app.example'],
    ['https://bücher.example', 'here https://xn--bcher-kva.example'],
    ['https://*.Shop.example', 'here https://*.shop.example'],
    ['https://*.shop.example/', 'here https://*.shop.example'],
    ['app.example', 'must be an origin as browsers send it'],
    ['//app.example', 'must be an origin as browsers send it'],
    ['https://', 'must be an origin as browsers send it'],
    ['capacitor://localhost/', 'must be an origin as browsers send it'],
    ['Capacitor://localhost', 'must be an origin as browsers send it'],
    ['ws://app.example', 'must be an origin as browsers send it'],
    ['javascript://app.example', 'must be an origin as browsers send it'],
    ['', 'must be an origin as browsers send it'],
    ['null', 'any page can send the origin null'],
    ['file://', 'any page can send the origin null'],
    ['file:///android_asset/www', 'any page can send the origin null'],
    ['*', 'whole first label'],
    ['https://*', 'whole first label'],
    ['https://*shop.example', 'whole first label'],
    ['https://shop.*', 'whole first label'],
    ['https://a.*.example', 'whole first label'],
    ['https://*.*.example', 'whole first label'],
    ['*://shop.example', 'whole first label'],
    ['capacitor://*', 'whole first label'],
    ['https://*.com', 'must not stand for every site of com'],
    ['https://*.co.uk', 'must not stand for every site of co.uk'],
    ['https://*.github.io', 'must not stand for every site of github.io'],
    ['https://*.vercel.app:8443', 'must not stand for every site of vercel.app'],
    ['https://*.10.0.0.1', 'must not stand for every site'],
    [`https://${'a'.repeat(300)}.example`, 'up to 300 characters'],
  ])('is not %j, for a reason that says what to do', (origin, reason) => {
    expect(originProblem(origin)).toContain(reason);
  });
});

describe('a wildcard', () => {
  const allowed = new Set(['https://*.shop.example', 'http://*.localhost:3000', 'capacitor://localhost']);

  it.each([
    'https://berlin.shop.example',
    'https://a.b-c.shop.example',
    'https://xn--bcher-kva.shop.example',
    'http://t1.localhost:3000',
    'capacitor://localhost',
  ])('matches a subdomain: %s', (origin) => expect(matchesOrigin(origin, allowed)).toBe(true));

  it.each([
    'https://shop.example',
    'http://berlin.shop.example',
    'https://berlin.shop.example:8443',
    'https://evilshop.example',
    'https://berlin.shop.example.evil.example',
    'https://evil.example/.shop.example',
    'https://evil.example#.shop.example',
    'https://evil.example:1.shop.example',
    'https://evil.example\\.shop.example',
    'https://u@berlin.shop.example',
    'https://.shop.example',
    'https://..shop.example',
    'https://*.shop.example',
    'https://berlin.shop.example.',
    'https://BERLIN.SHOP.EXAMPLE',
    'capacitor://a.shop.example',
    'http://localhost:3000',
    'http://t1.localhost',
    'null',
    '',
    `https://${'a.'.repeat(5_000)}shop.example`,
  ])('does not match %j', (origin) => expect(matchesOrigin(origin, allowed)).toBe(false));

  it('matches what a browser calls a subdomain, and nothing else', () => {
    const label = fc.constantFrom('shop', 'a', 'example', 'evil', 'x-1', '');
    const host = fc.array(label, { minLength: 1, maxLength: 5 }).map((labels) => labels.join('.'));
    const origin = fc.tuple(fc.constantFrom('https', 'http', 'app'), host, fc.constantFrom('', ':8443', ':443', '/'));
    fc.assert(
      fc.property(origin, ([scheme, name, rest]) => {
        const text = `${scheme}://${name}${rest}`;
        const url = URL.canParse(text) ? new URL(text) : undefined;
        const isSubdomain =
          url?.origin === text &&
          text.startsWith('https://') &&
          url.port === '' &&
          /^[^.].*\.shop\.example$/.test(url.host);
        expect([text, matchesOrigin(text, allowed)]).toEqual([text, isSubdomain && !url!.host.includes('..')]);
      }),
      { numRuns: 5_000 },
    );
  });
});

it('leaves out stored wildcards that stand for sites of different people', () => {
  const stored = ['https://*.com', 'https://*', 'https://*.shop.example', 'https://app.example', 'app://a*'];
  expect([...usableOrigins(stored)]).toEqual(['https://*.shop.example', 'https://app.example']);
});
