// Signing in and out, who one is, and tokens for programs.

import { ROLES, type Role } from '../../config/meant/admin.ts';
import { PASSWORD_CHARACTERS } from '../../config/values/password-hash.ts';
import { lastsMs } from '../checks/lasting.ts';
import { type Answer, type Asked, changes, kept, ok, type Route, RouteError, reads } from '../route.ts';
import {
  bounded,
  described,
  flag,
  lasting,
  list,
  object,
  orNull,
  type Schema,
  said,
  text,
  time,
  wanted,
} from '../shapes.ts';
import { type ApiToken, TOKENS_MAX } from './api-tokens.ts';
import { sessionCookie } from './cookie.ts';
import type { Door, SignedIn } from './door.ts';

const LASTING = {
  what: 'a token',
  daysMax: 3_650,
  examples: 'such as 12h or 90d',
  otherwise: 'it lasts until it is revoked',
} as const;
/** Somebody who waits for others' checks: see door.ts. */
const CHECK_MS = 30_000;

const session: Schema = object({
  name: said('Who is signed in.', text),
  role: said('reader, analyst or admin.', text),
  way: said('How that is known: password, token, oidc, socket or loopback.', text),
});
const ways: Schema = object({
  password: said('Whether users with passwords are named.', flag),
  oidc: said('Whether a provider is.', flag),
});
const token: Schema = object({
  id: text,
  name: text,
  role: text,
  by: said('Who made it.', text),
  made: time,
  ends: said('null: it does not end.', orNull(time)),
});
const tokens: Schema = object({ tokens: list(token) });

export function doorRoutes(door: Door, now: () => number): readonly Route[] {
  return [
    reads({
      path: '/api/v1/session',
      role: 'reader',
      summary: 'Who asks, and what they may do.',
      response: session,
      answer: async ({ who }) => ok(who),
    }),
    reads({
      path: '/api/v1/sign-in',
      role: 'open',
      isDescribed: true,
      summary: 'How people can sign in here.',
      response: ways,
      answer: async () => ok({ password: door.takesPasswords, oidc: (door.settings?.oidc ?? null) !== null }),
    }),
    changes({
      path: '/api/v1/sign-in',
      role: 'open',
      isDescribed: true,
      summary:
        'Signs in by user and password (and the code of a second factor), or by a token: sets the cookie of a session.',
      body: described(
        {
          oneOf: [
            { required: ['user', 'password'], not: { required: ['token'] } },
            {
              required: ['token'],
              not: { anyOf: ['user', 'password', 'code'].map((field) => ({ required: [field] })) },
            },
          ],
        },
        wanted({
          user: bounded(64),
          password: bounded(PASSWORD_CHARACTERS.max),
          code: said('Six digits, where the user has a second factor.', { type: 'string', maxLength: 10 }),
          token: bounded(256),
        }),
      ),
      bodyOctets: 2048,
      response: session,
      patienceMs: CHECK_MS,
      answer: (asked) => signedIn(door, asked),
    }),
    changes({
      path: '/api/v1/sign-out',
      role: 'open',
      isDescribed: true,
      summary: 'Ends the session of the cookie.',
      response: object({}),
      answer: async ({ session, isSecure }) => {
        if (session !== undefined) door.signOut(session);
        return { ...ok({}), headers: { 'set-cookie': sessionCookie(null, isSecure) } };
      },
    }),
    reads({
      path: '/api/v1/tokens',
      role: 'admin',
      summary: 'Tokens for programs, without what opens.',
      response: tokens,
      answer: async () => ok({ tokens: (door.tokens?.all ?? []).map(tokenView) }),
    }),
    changes({
      path: '/api/v1/tokens',
      role: 'admin',
      summary: 'Makes a token; it is told this once.',
      body: wanted(
        {
          name: said('What it is for.', { ...bounded(64), pattern: '^[^\\u0000-\\u001f\\u007f]+$' }),
          role: { type: 'string', enum: ROLES },
          for: lasting('How long it opens: 90d. Unset: until it is revoked.', 20),
        },
        ['name', 'role'],
      ),
      response: object({ tokens: list(token), token: said('What opens.', text) }),
      answer: async (asked) => made(door, asked, now),
    }),
    changes({
      path: '/api/v1/tokens/:id/revoke',
      role: 'admin',
      summary: 'Takes a token back, and ends sign-ins by it.',
      params: wanted({ id: bounded(32) }, ['id']),
      response: tokens,
      answer: async ({ params: { id = '' } }) => {
        const revoked = kept('events.dir', () => door.tokens?.revoke(id) ?? null);
        if (revoked === null)
          throw new RouteError(404, 'NO_API_TOKEN', 'there is no token of this id; see /api/v1/tokens');
        return { ...ok({ tokens: [tokenView(revoked)] }), before: tokenView(revoked), after: null };
      },
    }),
  ];
}

async function signedIn(door: Door, { body, address, isSecure }: Asked): Promise<Answer> {
  const { user, password, code, token } = body as Readonly<
    Partial<Record<'user' | 'password' | 'code' | 'token', string>>
  >;
  let signed: SignedIn;
  if (token !== undefined && user === undefined && password === undefined && code === undefined)
    signed = door.signInByToken(token, address);
  else if (token === undefined && user !== undefined && password !== undefined)
    signed = await door.signIn({ user, password, code }, address);
  else throw new RouteError(400, 'BAD_QUERY', 'give `user` and `password`, or `token`');
  return {
    ...ok(signed.identity),
    who: signed.identity,
    headers: { 'set-cookie': sessionCookie(signed.id, isSecure) },
  };
}

function made(door: Door, { body, who }: Asked, now: () => number): Answer {
  const {
    name,
    role,
    for: lasts,
  } = body as { readonly name: string; readonly role: Role; readonly for?: string };
  if (door.tokens === null || door.tokens.isFull)
    throw new RouteError(409, 'TOO_MANY_TOKENS', `there are ${TOKENS_MAX} tokens; revoke one first`);
  const endsMs = lasts === undefined ? null : now() + lastsMs(lasts, LASTING);
  const { tokens } = door;
  const { made, token } = kept('events.dir', () => tokens.make({ name, role, by: who?.name ?? '', endsMs }));
  return { ...ok({ tokens: [tokenView(made)], token }), before: null, after: tokenView(made) };
}

function tokenView({ id, name, role, by, madeMs, endsMs }: ApiToken) {
  const ends = endsMs === null ? null : new Date(endsMs).toISOString();
  return { id, name, role, by, made: new Date(madeMs).toISOString(), ends };
}
