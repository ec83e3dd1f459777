// Everybody who may come in, and how each proves who it is: by password and second factor, token, session, or as a user of this machine.
import { readFileSync } from 'node:fs';
import pLimit from 'p-limit';
import type { AdminConfig, AdminUser, OidcConfig, Role } from '../../config/meant/admin.ts';
import { namesSomebody } from '../../config/meant/admin.ts';
import { type Clocks, SteadyClock } from '../../config/steady-clock.ts';
import { isHash } from '../../config/values/password-hash.ts';
import { type Ended, endedText, type Known } from './access.ts';
import { ApiTokens } from './api-tokens.ts';
import { DoorError } from './door-error.ts';
import type { Identity } from './identity.ts';
import { isPassword, isSameText } from './password.ts';
import { Sessions } from './sessions.ts';
import { isTrustedUser } from './socket-owner.ts';
import { stepOfCode } from './totp.ts';
import { Tries } from './tries.ts';

export interface DoorParts extends Clocks {
  /** Of admin.token. */
  readonly token: string;
  /** Where API tokens are kept; null: nowhere, there are none. */
  readonly dir: string | null;
  /** The settings in force. */
  readonly settings: () => AdminConfig | null;
  /** Hash of the password that was made at the first start; null where none was. */
  readonly firstPassword: string | null;
  readonly report: (why: string) => void;
}

export interface Offered {
  readonly user: string;
  readonly password: string;
  readonly code: string | undefined;
}

/** What a session rests on: it ends with that. */
type Holder =
  | { readonly kind: 'user'; readonly name: string; readonly password: string; readonly totp: string | null }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'oidc'; readonly name: string; readonly role: Role; readonly provider: string };

export interface SignedIn {
  readonly identity: Identity;
  /** For the cookie. */
  readonly id: string;
}

/** A check takes 32 MiB: a few at a time, and a short queue. */
const CHECKS_AT_ONCE = 2;
const CHECKS_WAITING_MAX = 16;
const FIRST_USER = 'admin';
const NO_LIMITS = { idleMs: 3_600_000, lastsMs: 43_200_000 };

export class Door implements Known {
  readonly #parts: DoorParts;
  readonly tokens: ApiTokens | null;
  readonly #sessions: Sessions<Holder>;
  readonly #tries: Tries;
  readonly #checks = pLimit(CHECKS_AT_ONCE);
  /** Ms, by a clock that nobody sets: a sign-in lasts, and is waited for, as long as is said. */
  readonly steady: () => number;
  /** By user, the step of the last code that was taken. */
  readonly #codes = new Map<string, number>();

  constructor(parts: DoorParts) {
    this.#parts = parts;
    this.tokens = parts.dir === null ? null : new ApiTokens(parts.dir, parts.now, parts.report);
    this.steady = new SteadyClock(parts.now, parts.steady).now;
    this.#sessions = new Sessions(this.steady);
    this.#tries = new Tries(this.steady);
  }

  get settings(): AdminConfig | null {
    return this.#parts.settings();
  }

  /** Whether somebody could sign in with a password. */
  get takesPasswords(): boolean {
    return this.#users.some(({ password }) => password !== null);
  }

  readonly isLoopbackOpen = (): boolean => {
    const { settings } = this;
    return settings === null || !namesSomebody(settings);
  };

  readonly bearer = (token: string): Identity | null => {
    if (this.#parts.token !== '' && isSameText(token, this.#parts.token))
      return { name: 'admin.token', role: 'admin', way: 'token' };
    const found = this.tokens?.find(token) ?? null;
    return found === null ? null : { name: found.name, role: found.role, way: 'token' };
  };

  readonly ended = (token: string): Ended | null => {
    const { name, endsMs = null } = this.tokens?.ended(token) ?? {};
    return name === undefined || endsMs === null ? null : { name, endsMs };
  };

  readonly session = (id: string): Identity | null => {
    const holder = this.#sessions.use(id, this.settings ?? NO_LIMITS);
    return holder === null ? null : this.#identityOf(holder);
  };

  /** Of a user of this machine at the Unix socket. @param user null: its file lets in nobody but root and this user */
  system(user: number | null): Identity | null {
    if (user === null) return { name: 'this machine', role: 'admin', way: 'socket' };
    const login = loginOf(user);
    if (isTrustedUser(user)) return { name: login ?? String(user), role: 'admin', way: 'socket' };
    const found = this.#users.find(
      ({ system }) => system !== null && (system === login || system === String(user)),
    );
    return found === undefined ? null : { name: found.name, role: found.role, way: 'socket' };
  }

  /** @throws DoorError WRONG_SIGN_IN, NEEDS_CODE, TOO_MANY_TRIES */
  async signIn({ user, password, code }: Offered, address: string): Promise<SignedIn> {
    const waitMs = this.#tries.waitMs(user, address);
    if (waitMs > 0) throw tooMany(waitMs);
    if (this.#checks.pendingCount >= CHECKS_WAITING_MAX) throw tooMany(1000);
    this.#tries.begin(user, address);
    const found = this.#users.find(({ name }) => name === user);
    const likeness = this.#users.find(({ password }) => password !== null && isHash(password))?.password;
    const isRight = await this.#checks(() => isPassword(password, found?.password ?? null, likeness));
    if (!isRight || found === undefined || found.password === null)
      throw new DoorError('WRONG_SIGN_IN', 'user, password or code is wrong', null);
    if (found.totp !== null) {
      if (code === undefined || code === '') {
        this.#tries.undo(user, address);
        throw new DoorError('NEEDS_CODE', 'the code of the second factor is missing', null);
      }
      const step = stepOfCode(code, found.totp, this.#parts.now(), this.#codes.get(user) ?? 0);
      if (step === null) throw new DoorError('WRONG_SIGN_IN', 'user, password or code is wrong', null);
      this.#codes.set(user, step);
    }
    this.#tries.succeeded(user, address);
    return this.#begin(`user ${user}`, {
      kind: 'user',
      name: user,
      password: found.password,
      totp: found.totp,
    });
  }

  /** With a token in place of user and password. @throws DoorError WRONG_TOKEN, TOO_MANY_TRIES */
  signInByToken(token: string, address: string): SignedIn {
    const waitMs = this.#tries.waitMs('', address);
    if (waitMs > 0) throw tooMany(waitMs);
    this.#tries.begin('', address);
    const identity = this.bearer(token);
    const ended = this.ended(token);
    if (identity === null)
      throw new DoorError('WRONG_TOKEN', ended === null ? 'the token is wrong' : endedText(ended), null);
    this.#tries.succeeded('', address);
    return this.#begin(`token ${identity.name}`, { kind: 'token', token });
  }

  signInByProvider(name: string, role: Role, provider: OidcConfig): SignedIn {
    return this.#begin(`oidc ${name}`, { kind: 'oidc', name, role, provider: JSON.stringify(provider) });
  }

  signOut(id: string): void {
    this.#sessions.end(id);
  }

  #begin(owner: string, holder: Holder): SignedIn {
    const identity = this.#identityOf(holder);
    if (identity === null) throw new DoorError('WRONG_SIGN_IN', 'the sign-in has just been taken away', null);
    return { identity, id: this.#sessions.begin(owner, holder) };
  }

  /** By the settings of now: who is no longer there, or has another password, is signed out. */
  #identityOf(holder: Holder): Identity | null {
    switch (holder.kind) {
      case 'token':
        return this.bearer(holder.token);
      case 'oidc':
        return JSON.stringify(this.settings?.oidc ?? null) === holder.provider
          ? { name: holder.name, role: holder.role, way: 'oidc' }
          : null;
      case 'user': {
        const found = this.#users.find(({ name }) => name === holder.name);
        return found?.password === holder.password && found.totp === holder.totp
          ? { name: found.name, role: found.role, way: 'password' }
          : null;
      }
      default:
        return holder satisfies never;
    }
  }

  get #users(): readonly AdminUser[] {
    const { settings } = this;
    if (
      settings === null ||
      settings.users.length > 0 ||
      (settings.oidc !== null && settings.password === null)
    )
      return settings?.users ?? [];
    const password = settings.password ?? this.#parts.firstPassword;
    return password === null ? [] : [{ name: FIRST_USER, password, totp: null, role: 'admin', system: null }];
  }
}

/** Who has the token, and loopback. */
export function bareDoor(token: string, now: () => number): Door {
  return new Door({
    token,
    dir: null,
    settings: () => null,
    firstPassword: null,
    now,
    report: () => undefined,
  });
}

function tooMany(waitMs: number): DoorError {
  const seconds = Math.ceil(waitMs / 1000);
  return new DoorError('TOO_MANY_TRIES', `too many sign-ins failed; try again in ${seconds} s`, seconds);
}

/** Null: the system's list has no name for it. */
function loginOf(user: number): string | null {
  try {
    const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
    return lines.map((line) => line.split(':')).find(([, , number]) => number === String(user))?.[0] ?? null;
  } catch {
    return null;
  }
}
