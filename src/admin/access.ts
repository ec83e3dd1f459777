// Who may use the admin interface. Pure: the facts of one HTTP request in, a refusal or null out.
//
// A token opens it from anywhere. Without one only this machine's root and the user that cenote runs as get in, and only under a
// name that no stranger's DNS can point here (DNS rebinding): an address literal or localhost. A proxy on this machine runs as
// another user or says that it forwards, so it needs a token.

import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import type { ErrorCode } from '../config/error-codes.ts';

export interface Caller {
  /** The peer's address. */
  readonly address: string;
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

export function refusalFor(caller: Caller, token: string): Refusal | null {
  if (caller.authorization !== undefined) {
    if (!isToken(caller.authorization, token)) return WRONG_TOKEN;
    return caller.isChange && isCrossSite(caller) ? CROSS_SITE : null;
  }
  if (!isLoopback(caller.address) || caller.isForwarded) return NO_TOKEN;
  if (caller.isOtherUser) return OTHER_USER;
  if (isCrossSite(caller)) return CROSS_SITE;
  return isOwnHost(caller.host) ? null : STRANGE_HOST;
}

const HOW = 'send `Authorization: Bearer` with the content of admin.token in the data folder';
const WRONG_TOKEN: Refusal = { status: 401, code: 'WRONG_TOKEN', message: `the token is wrong; ${HOW}` };
const NO_TOKEN: Refusal = { status: 401, code: 'NO_TOKEN', message: `other machines need a token; ${HOW}` };
const OTHER_USER: Refusal = {
  status: 401,
  code: 'OTHER_USER',
  message: `on this machine only root and the user that cenote runs as need no token; ${HOW}`,
};
const CROSS_SITE: Refusal = {
  status: 403,
  code: 'CROSS_SITE',
  message: 'a page of another site may not ask here',
};
const STRANGE_HOST: Refusal = {
  status: 403,
  code: 'STRANGE_HOST',
  message: `this name is not the admin interface's own; use its address or localhost, or ${HOW}`,
};

/** By what browsers say of the page that asks; programs say nothing. */
function isCrossSite({ fetchSite, origin, host, isChange }: Caller): boolean {
  if (fetchSite !== undefined && fetchSite !== 'same-origin' && fetchSite !== 'none') return true;
  // A proxy may have changed Host; then the browser's own word counts.
  if (!isChange || origin === undefined || fetchSite === 'same-origin') return false;
  return (
    !/^https?:\/\//i.test(origin) || origin.replace(/^https?:\/\//i, '').toLowerCase() !== host?.toLowerCase()
  );
}

/** Digests are compared, so that neither content nor length tells by time. */
function isToken(authorization: string, token: string): boolean {
  const offered = /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? '';
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(offered), digest(token)) && token !== '';
}

/** Whether an address is of this machine alone. */
export function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/i, '');
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'));
}

function isOwnHost(host: string | undefined): boolean {
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::\d{1,5})?$/.exec(host ?? '');
  const name = (match?.[1] ?? match?.[2] ?? '').toLowerCase().replace(/\.$/, '');
  return match?.[1] === undefined ? isIP(name) === 4 || name === 'localhost' : isIP(name) === 6;
}
