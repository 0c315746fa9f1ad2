import type { IncomingMessage } from 'node:http';
import type { CustomFetch } from 'openid-client';
import type { Logger } from 'pino';
import type { Metrics } from '../../metrics/metrics.ts';
import type { Models } from '../../models/database.ts';
import type { Role } from '../../models/people/personSchema.ts';
import { MAX_SESSION_MS } from '../../models/signIn/sessions.ts';
import type { ClientAddress } from '../http/clientAddress.ts';
import { type HostCookie, hostCookie } from './hostCookie.ts';
import { createOidc, type Oidc } from './oidcClient.ts';
import { createPasswords, type Passwords } from './passwords.ts';
import { createSignInLimits, type SignInLimits } from './signInLimits.ts';

/** Everything that the routes of sign-in share. */
export interface SignInContext {
  models: Models;
  metrics: Metrics;
  log: Logger;
  passwords: Passwords;
  limits: SignInLimits;
  sessionCookie: HostCookie;
  /** undefined without a provider */
  oidc: Oidc | undefined;
  /** role in all orgs of new people with a verified address at the provider; undefined: only invited people are let in */
  defaultRole: Role | undefined;
  /** origin at which people reach the service */
  publicUrl(): string;
  /** client address of a request, behind trusted proxies; '' if the connection is closed */
  addressOf(request: IncomingMessage): string;
}

export interface SignInSettings {
  OIDC_ISSUER?: string | undefined;
  OIDC_CLIENT_ID?: string | undefined;
  OIDC_CLIENT_SECRET?: string | undefined;
  OIDC_DEFAULT_ROLE?: Role | undefined;
  QUEUE_PREFIX: string;
}

export interface SignInContextOptions extends Pick<SignInContext, 'models' | 'metrics' | 'log' | 'publicUrl'> {
  addressOf: ClientAddress;
  /** counts attempts over all processes */
  redis: Parameters<typeof createSignInLimits>[0]['redis'];
  /** sends requests to the OpenID provider */
  fetch: CustomFetch;
}

export function createSignInContext(settings: SignInSettings, options: SignInContextOptions): SignInContext {
  const { addressOf, redis, fetch, ...shared } = options;
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = settings;
  return {
    ...shared,
    passwords: createPasswords(),
    limits: createSignInLimits({ redis, prefix: settings.QUEUE_PREFIX }),
    sessionCookie: hostCookie('feedback_session', { publicUrl: shared.publicUrl, maxAgeMs: MAX_SESSION_MS }),
    oidc:
      issuer !== undefined && clientId !== undefined && clientSecret !== undefined
        ? createOidc({ issuer, clientId, clientSecret, fetch })
        : undefined,
    defaultRole: settings.OIDC_DEFAULT_ROLE,
    addressOf: (request) => addressOf(request) ?? '',
  };
}
