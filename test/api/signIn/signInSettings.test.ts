import { expect, it } from '@jest/globals';
import { publicUrlOf } from '../../../src/api/http/publicUrl.ts';
import { readConfig } from '../../../src/config.ts';

const OIDC = { OIDC_CLIENT_ID: 'feedback', OIDC_CLIENT_SECRET: 'secret' };

it.each([
  [{ PUBLIC_URL: 'feedback.example.com' }, /PUBLIC_URL: must be/],
  [{ PUBLIC_URL: 'ftp://feedback.example.com' }, /PUBLIC_URL: must be/],
  [{ PUBLIC_URL: 'https://feedback.example.com/app' }, /PUBLIC_URL: .*no path/],
  [{ PUBLIC_URL: 'https://me@feedback.example.com' }, /PUBLIC_URL: .*no user/],
  [{ OIDC_ISSUER: 'https://id.example.com' }, /OIDC_CLIENT_ID: is required.*\n.*OIDC_CLIENT_SECRET: is required/],
  [{ OIDC_ISSUER: 'http://id.example.com', ...OIDC }, /OIDC_ISSUER: must be https/],
  [{ OIDC_ISSUER: 'http://127.0.0.1.example.com', ...OIDC }, /OIDC_ISSUER: must be https/],
  [{ OIDC_ISSUER: 'nothing', ...OIDC }, /OIDC_ISSUER: must be/],
  [{ OIDC_DEFAULT_ROLE: 'admin' }, /OIDC_DEFAULT_ROLE: must be viewer or responder/],
  [{ OIDC_ISSUER: 'https://id.example.com', PORT: 'x' }, /PORT: .*\n.*OIDC_CLIENT_ID/],
])('the error names the invalid setting: %j', (set, text) => {
  expect(() => readConfig(set)).toThrow(text);
});

it.each(['http://127.0.0.1:3001', 'http://localhost', 'https://id.example.com/tenant'])(
  'a provider may be at %s',
  (OIDC_ISSUER) => {
    expect(readConfig({ OIDC_ISSUER, ...OIDC }).OIDC_ISSUER).toBe(OIDC_ISSUER);
  },
);

it('the public URL is the setting without a slash, else the address of this machine', () => {
  const { PUBLIC_URL } = readConfig({ PUBLIC_URL: 'https://Feedback.example.com/' });
  expect(publicUrlOf(PUBLIC_URL, 'http://127.0.0.1:3000')).toBe('https://feedback.example.com');
  expect(publicUrlOf(undefined, 'http://0.0.0.0:3000')).toBe('http://127.0.0.1:3000');
  expect(publicUrlOf(undefined, 'http://[::]:3000')).toBe('http://127.0.0.1:3000');
});
