// Who may use the admin interface. Pure: the facts of one HTTP request in, who it is or a refusal out.
//
// A token or a sign-in opens it from anywhere, the Unix socket to users of this machine. Where the configuration names nobody who
// could sign in, this machine's root and the user that cenote runs as get in by loopback too, and only under a name that no
// stranger's DNS can point here (DNS rebinding): an address literal or localhost. A proxy on this machine, by the socket or by
// loopback, runs as another user or says that it forwards, so that what it passes on needs a token or a sign-in.

import { isIP } from 'node:net';
import type { ErrorCode } from '../../config/error-codes.ts';
import type { Role } from '../../config/meant/admin.ts';
import { isLoopback as isLoopbackHost } from '../../config/values/addresses.ts';
import { momentText } from '../../config/values/grouped.ts';
import type { Identity } from './identity.ts';

export interface Caller {
  /** The client's address: the peer's, or what a declared proxy says. */
  readonly address: string;
  /** Who is at the other end of the Unix socket, null for somebody unknown; undefined: it came by TCP. */
  readonly socketUser: Identity | null | undefined;
  /** The id of a session, of the cookie. */
  readonly session: string | undefined;
  readonly host: string | undefined;
  readonly authorization: string | undefined;
  /** `Sec-Fetch-Site`, which browsers send and pages cannot forge. */
  readonly fetchSite: string | undefined;
  /** `Origin`, which browsers send with everything but plain reads. */
  readonly origin: string | undefined;
  /** Whether the request may change something: any method but GET, HEAD and OPTIONS. */
  readonly isChange: boolean;
  /** Whether a header says that a proxy passes it on. */
  readonly isForwarded: boolean;
  /** Whether a loopback peer is a program of a user other than root and cenote's own. */
  readonly isOtherUser: boolean;
}

export interface Refusal {
  readonly status: 401 | 403;
  readonly code: ErrorCode;
  readonly message: string;
}

export interface Ended {
  /** What the token was for. */
  readonly name: string;
  readonly endsMs: number;
}

/** What is known of who could come. */
export interface Known {
  readonly bearer: (token: string) => Identity | null;
  /** A token that opened, and whose time is over. */
  readonly ended: (token: string) => Ended | null;
  readonly session: (id: string) => Identity | null;
  /** Whether root and the user that cenote runs as get in by loopback without more. */
  readonly isLoopbackOpen: () => boolean;
}

export function admit(caller: Caller, known: Known): Identity | Refusal {
  if (caller.authorization !== undefined) {
    const token = /^Bearer +(\S+)$/i.exec(caller.authorization)?.[1] ?? '';
    const identity = known.bearer(token);
    if (identity === null) return wrongToken(known.ended(token));
    return caller.isChange && isCrossSite(caller) ? CROSS_SITE : identity;
  }
  if (caller.socketUser !== undefined && !caller.isForwarded) return caller.socketUser ?? NO_ROLE;
  const signedIn = caller.session === undefined ? null : known.session(caller.session);
  if (signedIn !== null) return isCrossSite(caller) ? CROSS_SITE : signedIn;
  if (!known.isLoopbackOpen()) return NOT_SIGNED_IN;
  if (!isLoopback(caller.address) || caller.isForwarded) return NO_TOKEN;
  if (caller.isOtherUser) return OTHER_USER;
  if (isCrossSite(caller)) return CROSS_SITE;
  return isOwnHost(caller.host) ? THIS_MACHINE : STRANGE_HOST;
}

export function isRefusal(answer: Identity | Refusal): answer is Refusal {
  return 'status' in answer;
}

const THIS_MACHINE: Identity = { name: 'this machine', role: 'admin', way: 'loopback' };
const HOW = 'sign in, or send `Authorization: Bearer` with a token (`cenote token`)';
function wrongToken(ended: Ended | null): Refusal {
  const message = ended === null ? `the token is wrong; ${HOW}` : endedText(ended);
  return { status: 401, code: 'WRONG_TOKEN', message };
}
export const endedText = ({ name, endsMs }: Ended): string =>
  `the token ${JSON.stringify(name)} ended on ${momentText(endsMs)}; make another (\`cenote token make\`)`;
const NOT_SIGNED_IN: Refusal = { status: 401, code: 'NOT_SIGNED_IN', message: `nobody is signed in; ${HOW}` };
const NO_TOKEN: Refusal = {
  status: 401,
  code: 'NO_TOKEN',
  message: `other machines need a sign-in or a token; ${HOW}`,
};
const OTHER_USER: Refusal = {
  status: 401,
  code: 'OTHER_USER',
  message: `on this machine only root and the user that cenote runs as need no token; ${HOW}`,
};
const NO_ROLE: Refusal = {
  status: 401,
  code: 'OTHER_USER',
  message: `this user of the machine has no role here: root and the user that cenote runs as have one, others where \`system\` of a user in listen.admin.users names them; ${HOW}`,
};
export const CROSS_SITE: Refusal = {
  status: 403,
  code: 'CROSS_SITE',
  message: 'a page of another site may not ask here',
};
const STRANGE_HOST: Refusal = {
  status: 403,
  code: 'STRANGE_HOST',
  message: `this name is not the admin interface's own; use its address or localhost, or ${HOW}`,
};

export function roleRefusal(role: Role, needs: Role): Refusal {
  const who = needs === 'admin' ? 'admins' : 'analysts and admins';
  return { status: 403, code: 'ROLE', message: `only ${who} may do this, and you have the role ${role}` };
}

/** By what browsers say of the page that asks; programs say nothing. */
export function isCrossSite({
  fetchSite,
  origin,
  host,
  isChange,
}: Pick<Caller, 'fetchSite' | 'origin' | 'host' | 'isChange'>): boolean {
  if (fetchSite !== undefined && fetchSite !== 'same-origin' && fetchSite !== 'none') return true;
  // A proxy may have changed Host; then the browser's own word counts.
  if (!isChange || origin === undefined || fetchSite === 'same-origin') return false;
  return (
    !/^https?:\/\//i.test(origin) || origin.replace(/^https?:\/\//i, '').toLowerCase() !== host?.toLowerCase()
  );
}

/** Whether the address of a peer is of this machine alone, IPv4 in IPv6 too. */
export function isLoopback(address: string): boolean {
  return isLoopbackHost(address.replace(/^::ffff:/i, ''));
}

function isOwnHost(host: string | undefined): boolean {
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::\d{1,5})?$/.exec(host ?? '');
  const name = (match?.[1] ?? match?.[2] ?? '').toLowerCase().replace(/\.$/, '');
  return match?.[1] === undefined ? isIP(name) === 4 || name === 'localhost' : isIP(name) === 6;
}
