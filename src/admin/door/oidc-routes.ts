// The two steps of a sign-in by an OpenID provider: away to it, and back. Where it leads afterwards is the page, and nowhere else.
import { type Asked, type Route, RouteError, reads } from '../route.ts';
import { type Schema, said, text, wanted } from '../shapes.ts';
import { cookieOf, sessionCookie } from './cookie.ts';
import type { Door } from './door.ts';
import type { OidcSignIn } from './oidc.ts';

const BEGUN_COOKIE = 'cenote-oidc';
/** A provider and the network to it. */
const PROVIDER_MS = 30_000;

const bounded: Schema = { type: 'string', maxLength: 4096 };

export function oidcRoutes(door: Door, publicUrl: () => string | null): readonly Route[] {
  let signIn: OidcSignIn | null = null;
  const parts = async () => {
    const oidc = door.settings?.oidc ?? null;
    const base = publicUrl();
    if (oidc === null || base === null)
      throw new RouteError(404, 'NOT_FOUND', 'no OpenID provider is configured (listen.admin.oidc)');
    const { OidcSignIn } = await import('./oidc.ts');
    signIn ??= new OidcSignIn(door.steady);
    return { oidc, base, signIn };
  };
  const cookie = (id: string, { isSecure }: Asked, seconds: number): string =>
    // Lax: the provider sends the browser back, and the request must carry it.
    `${BEGUN_COOKIE}=${id}; Path=/api/v1/oidc; HttpOnly; SameSite=Lax; Max-Age=${seconds}${isSecure ? '; Secure' : ''}`;
  return [
    reads({
      path: '/api/v1/oidc/begin',
      role: 'open',
      summary: 'Sends a browser to the OpenID provider.',
      response: null,
      patienceMs: PROVIDER_MS,
      answer: async (asked) => {
        const { oidc, base, signIn } = await parts();
        const { url, id } = await signIn.begin(oidc, `${base}api/v1/oidc/callback`);
        return {
          status: 302,
          body: '',
          contentType: 'text/plain; charset=utf-8',
          headers: { location: url, 'set-cookie': cookie(id, asked, 600) },
        };
      },
    }),
    reads({
      path: '/api/v1/oidc/callback',
      role: 'open',
      isAudited: true,
      summary: 'Where the OpenID provider sends the browser back to.',
      query: {
        ...wanted({
          code: bounded,
          state: bounded,
          iss: bounded,
          error: bounded,
          error_description: said('Why not.', text),
        }),
        additionalProperties: bounded,
      },
      response: null,
      patienceMs: PROVIDER_MS,
      answer: async (asked) => {
        const { oidc, base, signIn } = await parts();
        const begun = cookieOf(asked.headers['cookie'], BEGUN_COOKIE) ?? '';
        const { name, role } = await signIn.finish(begun, oidc, asked.query);
        const signed = door.signInByProvider(name, role, oidc);
        return {
          status: 302,
          body: '',
          contentType: 'text/plain; charset=utf-8',
          who: signed.identity,
          headers: {
            location: base,
            'set-cookie': [sessionCookie(signed.id, asked.isSecure), cookie('', asked, 0)],
          },
        };
      },
    }),
  ];
}
