import type { Logger } from 'pino';
import type { Metrics } from '../../metrics/metrics.ts';
import type { Models } from '../../models/database.ts';
import type { Role } from '../../models/people/personSchema.ts';
import type { ClientAddress } from '../http/clientAddress.ts';
import { createOidc, type Oidc, type OutgoingFetch } from './oidcClient.ts';
import { createPasswords, type Passwords } from './passwords.ts';
import { type HostCookie, sessionCookie } from './sessionCookie.ts';
import { createSignInLimits, type SignInLimits } from './signInLimits.ts';

/** What signing in takes, beside the database. */
export interface SignInServices {
  passwords: Passwords;
  attempts: SignInLimits;
  cookie: HostCookie;
  /** none where no provider is set */
  oidc: Oidc | undefined;
  /** of people whom the provider knows and who are not here yet; without it they are refused */
  newRole: Role | undefined;
  /** the origin that people reach the service by */
  publicUrl(): string;
}

/** What the routes to sign in by are made of. */
export type SignInOptions = SignInServices & {
  models: Models;
  addressOf: ClientAddress;
  metrics: Metrics;
  log: Logger;
};

export interface SignInSettings {
  OIDC_ISSUER?: string | undefined;
  OIDC_CLIENT_ID?: string | undefined;
  OIDC_CLIENT_SECRET?: string | undefined;
  OIDC_DEFAULT_ROLE?: Role | undefined;
  QUEUE_PREFIX: string;
}

/** `fetch` is what goes out to the OpenID provider. */
export function createSignInServices(
  settings: SignInSettings,
  options: {
    redis: Parameters<typeof createSignInLimits>[0]['redis'];
    fetch: OutgoingFetch;
    publicUrl(): string;
  },
): SignInServices {
  const { redis, fetch, publicUrl } = options;
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = settings;
  return {
    passwords: createPasswords(),
    attempts: createSignInLimits({ redis, prefix: settings.QUEUE_PREFIX }),
    cookie: sessionCookie(publicUrl),
    oidc:
      issuer !== undefined && clientId !== undefined && clientSecret !== undefined
        ? createOidc({ issuer, clientId, clientSecret, fetch })
        : undefined,
    newRole: settings.OIDC_DEFAULT_ROLE,
    publicUrl,
  };
}
