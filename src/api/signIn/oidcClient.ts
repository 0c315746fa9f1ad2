import { sign, unsign } from 'cookie-signature';
import * as client from 'openid-client';
import { normalEmail, normalName } from '../../models/people/personSchema.ts';
import type { ProviderAccount } from '../../models/signIn/findOrProvisionFromOidc.ts';

/** Sign-in at an OpenID provider. */
export interface Oidc {
  /** The provider's URL for the browser, and a state that the browser must keep until `finish`. Throws SignInFailed. */
  start(callbackUrl: string): Promise<{ location: string; state: string }>;
  /** The account that a callback URL is for. Throws SignInFailed if it does not belong to `state`. */
  finish(url: URL, state: string | undefined): Promise<ProviderAccount>;
}

/** Sign-in at the provider failed; the message is for people to read. */
export class SignInFailed extends Error {
  override name = 'SignInFailed';
}

/** Max time between `start` and `finish`. */
export const OIDC_STATE_MS = 10 * 60_000;
/** Age at which the provider's metadata is read again. */
const METADATA_MS = 60 * 60_000;
const TIMEOUT_SECONDS = 10;

/** State that the browser keeps, signed so that it can read but not change it. All processes share the secret. */
interface State {
  verifier: string;
  state: string;
  nonce: string;
  expiresAt: number;
}

/** Authorization code flow with PKCE, state and nonce. No request is sent before the first sign-in. */
export function createOidc(options: {
  issuer: string;
  clientId: string;
  clientSecret: string;
  fetch: client.CustomFetch;
}): Oidc {
  const { issuer, clientId, clientSecret, fetch } = options;
  const isHttp = issuer.startsWith('http:');
  let cached: { provider: Promise<client.Configuration>; until: number } | undefined;

  function provider(): Promise<client.Configuration> {
    if (cached && cached.until > Date.now()) return cached.provider;
    const entry = { provider: discover(), until: Date.now() + METADATA_MS };
    cached = entry;
    // A failure is not cached.
    entry.provider.catch(() => {
      if (cached === entry) cached = undefined;
    });
    return entry.provider;
  }

  const discover = () =>
    client.discovery(new URL(issuer), clientId, undefined, client.ClientSecretBasic(clientSecret), {
      [client.customFetch]: fetch,
      timeout: TIMEOUT_SECONDS,
      execute: [client.enableNonRepudiationChecks, ...(isHttp ? [client.allowInsecureRequests] : [])],
    });

  const writeState = (state: State) => sign(Buffer.from(JSON.stringify(state)).toString('base64url'), clientSecret);

  function readState(signed: string | undefined): State | undefined {
    const body = signed !== undefined && unsign(signed, clientSecret);
    return body ? JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) : undefined;
  }

  return {
    async start(callbackUrl) {
      const state: State = {
        verifier: client.randomPKCECodeVerifier(),
        state: client.randomState(),
        nonce: client.randomNonce(),
        expiresAt: Date.now() + OIDC_STATE_MS,
      };
      const location = client.buildAuthorizationUrl(await reached(provider()), {
        redirect_uri: callbackUrl,
        scope: 'openid email profile',
        code_challenge: await client.calculatePKCECodeChallenge(state.verifier),
        code_challenge_method: 'S256',
        state: state.state,
        nonce: state.nonce,
      });
      return { location: location.href, state: writeState(state) };
    },

    async finish(url, signed) {
      const state = readState(signed);
      if (!state || state.expiresAt < Date.now())
        throw new SignInFailed('It took too long, or began in another browser. Please start again.');
      const config = await reached(provider());
      try {
        const tokens = await client.authorizationCodeGrant(config, url, {
          pkceCodeVerifier: state.verifier,
          expectedState: state.state,
          expectedNonce: state.nonce,
          idTokenExpected: true,
        });
        const claims = tokens.claims()!;
        // Many providers give the address only at the userinfo endpoint.
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
        throw new SignInFailed(reasonOf(error), { cause: error });
      }
    },
  };
}

async function reached<T>(provider: Promise<T>): Promise<T> {
  try {
    return await provider;
  } catch (error) {
    throw new SignInFailed('The provider does not answer as it should. Please try again later.', { cause: error });
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof client.AuthorizationResponseError && error.error === 'access_denied')
    return 'Signing in was refused or given up there.';
  return 'What the provider answered could not be accepted. Please start again.';
}
