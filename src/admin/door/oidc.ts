// Sign-in by an OpenID provider: the authorization code flow with PKCE, state and nonce (openid-client does the protocol). Loaded
// where the configuration names a provider, for the first sign-in.
import { randomBytes } from 'node:crypto';
import * as client from 'openid-client';
import { messageOf } from '../../config/coded-error.ts';
import { type OidcConfig, ROLES, type Role } from '../../config/values/admin-config.ts';
import { RouteError } from '../route.ts';

/** A sign-in under way. */
interface Begun {
  readonly provider: client.Configuration;
  readonly settings: OidcConfig;
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
  readonly redirectUri: string;
  readonly endMs: number;
}

const BEGUN_MAX = 1_000;
const BEGUN_MS = 10 * 60_000;
/** Of a provider's answers. */
const PATIENCE_SECONDS = 10;
const ID_OCTETS = 24;

export class OidcSignIn {
  readonly #now: () => number;
  /** By what the browser's cookie says, so that nobody's sign-in is finished in another's browser. */
  readonly #begun = new Map<string, Begun>();
  #known: { readonly key: string; readonly provider: Promise<client.Configuration> } | null = null;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** @returns where the browser goes, and what its cookie holds meanwhile @throws RouteError */
  async begin(
    settings: OidcConfig,
    redirectUri: string,
  ): Promise<{ readonly url: string; readonly id: string }> {
    const provider = await this.#providerOf(settings).catch(failed);
    const verifier = client.randomPKCECodeVerifier();
    const [state, nonce] = [client.randomState(), client.randomNonce()];
    const id = randomBytes(ID_OCTETS).toString('base64url');
    const url = client.buildAuthorizationUrl(provider, {
      redirect_uri: redirectUri,
      scope: settings.scopes.join(' '),
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    });
    const [oldest] = this.#begun.keys();
    if (this.#begun.size >= BEGUN_MAX && oldest !== undefined) this.#begun.delete(oldest);
    const endMs = this.#now() + BEGUN_MS;
    this.#begun.set(id, { provider, settings, verifier, state, nonce, redirectUri, endMs });
    return { url: url.href, id };
  }

  /** @param query of the request that the provider sent the browser back with @throws RouteError */
  async finish(
    id: string,
    settings: OidcConfig,
    query: Readonly<Record<string, string>>,
  ): Promise<{ readonly name: string; readonly role: Role }> {
    const begun = this.#begun.get(id);
    this.#begun.delete(id);
    if (begun === undefined || begun.endMs < this.#now() || begun.settings !== settings)
      throw new RouteError(401, 'OIDC', 'this sign-in was not begun here, or took too long; begin it again');
    const url = new URL(begun.redirectUri);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const tokens = await client
      .authorizationCodeGrant(begun.provider, url, {
        pkceCodeVerifier: begun.verifier,
        expectedState: begun.state,
        expectedNonce: begun.nonce,
        idTokenExpected: true,
      })
      .catch(failed);
    const claims = tokens.claims() ?? {};
    const role = roleOf(claims, settings);
    const name = nameOf(claims);
    if (role === null)
      throw new RouteError(403, 'OIDC', `the provider signs in ${name}, who has no role here`);
    return { name, role };
  }

  /** Its discovery document, kept while the settings are the same; one that failed is asked for again. */
  #providerOf(settings: OidcConfig): Promise<client.Configuration> {
    const key = JSON.stringify(settings);
    if (this.#known?.key === key) return this.#known.provider;
    const { issuer, clientId, clientSecret } = settings;
    const isPlain = issuer.startsWith('http://');
    const provider = client.discovery(
      new URL(issuer),
      clientId,
      undefined,
      clientSecret === null ? client.None() : client.ClientSecretPost(clientSecret),
      { timeout: PATIENCE_SECONDS, execute: isPlain ? [client.allowInsecureRequests] : [] },
    );
    this.#known = { key, provider };
    provider.catch(() => {
      if (this.#known?.key === key) this.#known = null;
    });
    return provider;
  }
}

/** The most powerful of those that a value of the claim gives. */
function roleOf(claims: Readonly<Record<string, unknown>>, { claim, roles }: OidcConfig): Role | null {
  const said = claims[claim];
  const values: readonly unknown[] = Array.isArray(said) ? said : [said];
  return (
    ROLES.findLast((role) => roles[role].some((value) => value === '*' || values.includes(value))) ?? null
  );
}

function nameOf(claims: Readonly<Record<string, unknown>>): string {
  const said = [claims['preferred_username'], claims['email'], claims['name'], claims['sub']];
  const name = said.find((one) => typeof one === 'string' && one !== '') ?? 'somebody';
  return String(name).replace(/\p{C}/gu, '').slice(0, 64);
}

/** What the provider says goes to the browser as a sentence, never as markup: answers are JSON. */
function failed(error: unknown): never {
  const why = messageOf(error);
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  throw new RouteError(502, 'OIDC', `the OpenID provider did not sign in: ${why}${cause}`);
}
