import { createHmac, timingSafeEqual } from 'node:crypto';
import * as client from 'openid-client';
import { normalEmail, normalName } from '../../models/people/personSchema.ts';

/** Who somebody is, as their provider says. */
export interface Identity {
  issuer: string;
  subject: string;
  /** normalised; only where the provider vouches for it */
  email: string | undefined;
  name: string;
}

/** Sign-in at an OpenID provider: there and back again. */
export interface Oidc {
  /** Where to send the browser, and what it must bring along when it comes back. */
  start(callbackUrl: string): Promise<{ location: string; state: string }>;
  /** Throws `SignInFailed` where what came back is not the answer to what was asked. */
  finish(url: URL, state: string | undefined): Promise<Identity>;
}

/** For people to read: why signing in at the provider came to nothing. */
export class SignInFailed extends Error {
  override name = 'SignInFailed';
}

/** How requests go out: the global `fetch`, or one that looks where they go. */
export type OutgoingFetch = (
  url: string,
  init: {
    method: string;
    headers: Record<string, string>;
    body?: string | Uint8Array | URLSearchParams | null;
    redirect: 'manual';
    signal?: AbortSignal | null;
  },
) => Promise<Response>;

export interface OidcOptions {
  issuer: string;
  clientId: string;
  clientSecret: string;
  fetch: OutgoingFetch;
}

/** How long somebody may take to sign in at the provider. */
export const OIDC_STATE_MS = 10 * 60_000;
const METADATA_MS = 60 * 60_000;
const TIMEOUT_SECONDS = 10;

interface State {
  verifier: string;
  state: string;
  nonce: string;
  expiresAt: number;
}

/** The authorization code flow with PKCE, state and nonce. Nothing goes out before the first sign-in. */
export function createOidc({ issuer, clientId, clientSecret, fetch }: OidcOptions): Oidc {
  const seal = createSeal(clientSecret);
  let known: { provider: Promise<client.Configuration>; until: number } | undefined;

  function provider(): Promise<client.Configuration> {
    if (known && known.until > Date.now()) return known.provider;
    const found = discover();
    const entry = { provider: found, until: Date.now() + METADATA_MS };
    known = entry;
    // What failed is not remembered.
    found.catch(() => {
      if (known === entry) known = undefined;
    });
    return found;
  }

  const discover = () =>
    client.discovery(new URL(issuer), clientId, undefined, client.ClientSecretBasic(clientSecret), {
      [client.customFetch]: fetch as client.CustomFetch,
      timeout: TIMEOUT_SECONDS,
      execute: [
        client.enableNonRepudiationChecks,
        ...(issuer.startsWith('http:') ? [client.allowInsecureRequests] : []),
      ],
    });

  return {
    async start(callbackUrl) {
      const held: State = {
        verifier: client.randomPKCECodeVerifier(),
        state: client.randomState(),
        nonce: client.randomNonce(),
        expiresAt: Date.now() + OIDC_STATE_MS,
      };
      const location = client.buildAuthorizationUrl(await reached(provider()), {
        redirect_uri: callbackUrl,
        scope: 'openid email profile',
        code_challenge: await client.calculatePKCECodeChallenge(held.verifier),
        code_challenge_method: 'S256',
        state: held.state,
        nonce: held.nonce,
      });
      return { location: location.href, state: seal.close(JSON.stringify(held)) };
    },

    async finish(url, sealed) {
      const text = sealed === undefined ? undefined : seal.open(sealed);
      const held = text === undefined ? undefined : (JSON.parse(text) as State);
      if (!held || held.expiresAt < Date.now())
        throw new SignInFailed('It took too long, or began in another browser. Please start again.');
      const config = await reached(provider());
      try {
        const tokens = await client.authorizationCodeGrant(config, url, {
          pkceCodeVerifier: held.verifier,
          expectedState: held.state,
          expectedNonce: held.nonce,
          idTokenExpected: true,
        });
        const claims = tokens.claims()!;
        // Many providers tell the address only where they are asked for it.
        const { email, email_verified, name } =
          claims.email === undefined && config.serverMetadata().userinfo_endpoint !== undefined
            ? await client.fetchUserInfo(config, tokens.access_token, claims.sub)
            : claims;
        return {
          issuer: claims.iss,
          subject: claims.sub,
          email: typeof email === 'string' && email_verified === true ? normalEmail(email) : undefined,
          name: typeof name === 'string' ? normalName(name) : '',
        };
      } catch (error) {
        throw new SignInFailed(whyOf(error), { cause: error });
      }
    },
  };
}

async function reached<T>(provider: Promise<T>): Promise<T> {
  try {
    return await provider;
  } catch (error) {
    throw new SignInFailed('The provider does not answer as it should. Please try again later.', {
      cause: error,
    });
  }
}

function whyOf(error: unknown): string {
  if (error instanceof client.AuthorizationResponseError && error.error === 'access_denied')
    return 'Signing in was refused or given up there.';
  return 'What the provider answered could not be accepted. Please start again.';
}

/** Lets a browser keep a text that it can read but not change; all processes have the same secret. */
function createSeal(secret: string) {
  const macOf = (text: string) => createHmac('sha256', secret).update(`state of a sign-in\n${text}`).digest();
  return {
    close: (text: string) =>
      `${Buffer.from(text).toString('base64url')}.${macOf(text).toString('base64url')}`,
    open(sealed: string): string | undefined {
      const [body = '', mac = ''] = sealed.split('.');
      const text = Buffer.from(body, 'base64url').toString('utf8');
      const given = Buffer.from(mac, 'base64url');
      const right = macOf(text);
      return given.length === right.length && timingSafeEqual(given, right) ? text : undefined;
    },
  };
}
