// Sign-in by an OpenID provider: the authorization code flow with PKCE, state and nonce (openid-client does the protocol). Loaded
// where the configuration names a provider, for the first sign-in.
import { randomBytes } from 'node:crypto';
import * as client from 'openid-client';
import { messageOf } from '../../config/coded-error.ts';
import { type OidcConfig, ROLES, type Role } from '../../config/meant/admin.ts';
import { fetchByProxy } from '../../config/read/fetch-proxy.ts';
import { RouteError } from '../route.ts';

/** A sign-in under way. */
interface Begun {
  readonly provider: Provider;
  readonly settings: OidcConfig;
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
  readonly redirectUri: string;
  readonly endMs: number;
}

/** A provider as one client of it. */
interface Provider {
  /** Ways to prove who the client is, the likeliest first: a provider lists those it knows, and takes the one it was told for this client. */
  readonly ways: client.Configuration[];
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
  #known: { readonly key: string; readonly provider: Promise<Provider> } | null = null;

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
    const url = client.buildAuthorizationUrl(provider.ways[0]!, {
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
    const claims = await claimsOf(begun, url).catch(failed);
    const role = roleOf(claims, settings);
    const name = nameOf(claims);
    if (role === null)
      throw new RouteError(
        403,
        'OIDC',
        `the provider signs in ${name}, who has no role here: claim ${settings.claim} ${claimText(claims[settings.claim])}`,
      );
    return { name, role };
  }

  /** Its discovery document, kept while the settings are the same; one that failed is asked for again. */
  #providerOf(settings: OidcConfig): Promise<Provider> {
    const key = JSON.stringify(settings);
    if (this.#known?.key === key) return this.#known.provider;
    const provider = discovered(settings);
    this.#known = { key, provider };
    provider.catch(() => {
      if (this.#known?.key === key) this.#known = null;
    });
    return provider;
  }
}

async function discovered({ issuer, clientId, clientSecret }: OidcConfig): Promise<Provider> {
  fetchByProxy();
  const isPlain = issuer.startsWith('http://');
  const options = { timeout: PATIENCE_SECONDS, execute: isPlain ? [client.allowInsecureRequests] : [] };
  const found = await client.discovery(new URL(issuer), clientId, undefined, client.None(), options);
  if (clientSecret === null) return { ways: [found] };
  const server = found.serverMetadata();
  // One that lists none takes Basic (OpenID Connect Discovery 1.0 §3).
  const takesPost = server.token_endpoint_auth_methods_supported?.includes('client_secret_post') ?? false;
  const proofs = [client.ClientSecretPost(clientSecret), client.ClientSecretBasic(clientSecret)];
  const ways = (takesPost ? proofs : proofs.reverse()).map((proof) => {
    const way = new client.Configuration(server, clientId, undefined, proof);
    way.timeout = PATIENCE_SECONDS;
    if (isPlain) client.allowInsecureRequests(way);
    return way;
  });
  return { ways };
}

/** What the ID token says, and beside it the UserInfo endpoint where the claim of the roles is not in the token: many tell groups there alone. */
async function claimsOf(begun: Begun, url: URL): Promise<Readonly<Record<string, unknown>>> {
  const { ways } = begun.provider;
  const [likeliest, other] = ways;
  let way = likeliest!;
  const tokens = await tokensOf(begun, url, way).catch((error: unknown) => {
    if (other === undefined || !isOfClient(error)) throw error;
    way = other;
    return tokensOf(begun, url, other);
  });
  // Of sign-ins at one moment another may have turned them already.
  if (ways[0] !== way) ways.reverse();
  const claims = tokens.claims();
  if (claims === undefined) return {};
  if (claims[begun.settings.claim] !== undefined || way.serverMetadata().userinfo_endpoint === undefined)
    return claims;
  return { ...(await client.fetchUserInfo(way, tokens.access_token, claims.sub)), ...claims };
}

function tokensOf({ verifier, state, nonce }: Begun, url: URL, way: client.Configuration) {
  const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce };
  return client.authorizationCodeGrant(way, url, { ...checks, idTokenExpected: true });
}

/** Whether the provider does not take how the client proves who it is (RFC 6749 §5.2): the code is not used up then. */
function isOfClient(error: unknown): boolean {
  if (error instanceof client.ResponseBodyError) return error.error === 'invalid_client';
  return error instanceof client.WWWAuthenticateChallengeError && error.status === 401;
}

/** The most powerful of those that a value of the claim gives. */
function roleOf(claims: Readonly<Record<string, unknown>>, { claim, roles }: OidcConfig): Role | null {
  const said = claims[claim];
  const values: readonly unknown[] = Array.isArray(said) ? said : [said];
  return (
    ROLES.findLast((role) => roles[role].some((value) => value === '*' || values.includes(value))) ?? null
  );
}

/** What the claim said, for who sets up the roles. */
function claimText(value: unknown): string {
  if (value === undefined) return 'was not told; a scope may be missing (listen.admin.oidc.scopes)';
  return `is ${(JSON.stringify(value) ?? '').replace(/\p{C}/gu, '').slice(0, 200)}`;
}

function nameOf(claims: Readonly<Record<string, unknown>>): string {
  const names = [claims['preferred_username'], claims['email'], claims['name'], claims['sub']];
  const name = names.find((one) => typeof one === 'string' && one !== '') ?? 'somebody';
  return String(name).replace(/\p{C}/gu, '').slice(0, 64);
}

/**
 * What the provider says goes to the browser as a sentence, never as markup: answers are JSON or plain text. No 502: a proxy would take
 * cenote itself for gone.
 */
function failed(error: unknown): never {
  const said = saidBy(error);
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${messageOf(error.cause)}` : '';
  const why = said === null ? `${messageOf(error)}${cause}` : `it says ${said}`;
  const status = error instanceof client.AuthorizationResponseError ? 403 : 424;
  throw new RouteError(status, 'OIDC', `the OpenID provider did not sign in: ${why}`);
}

/** The provider's own words, which whoever sets it up needs: `access_denied`, `invalid_client` … (RFC 6749 §4.1.2.1, §5.2). */
function saidBy(error: unknown): string | null {
  const own = error instanceof client.AuthorizationResponseError || error instanceof client.ResponseBodyError;
  const parameters = own
    ? error
    : error instanceof client.WWWAuthenticateChallengeError
      ? error.cause.find((challenge) => challenge.parameters.error !== undefined)?.parameters
      : undefined;
  if (parameters?.error === undefined) return null;
  const more = parameters.error_description === undefined ? '' : ` (${parameters.error_description})`;
  return `${parameters.error}${more}`.replace(/\p{C}/gu, '').slice(0, 200);
}
