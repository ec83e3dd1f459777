// Who comes with a request, as far as the request and its connection say.
import type { Socket } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { type Caller as Facts, isLoopback } from './access.ts';
import { sessionOf } from './cookie.ts';
import type { Door } from './door.ts';
import { frontOf } from './front.ts';
import type { Identity } from './identity.ts';
import { isTrustedUser, ownerOf } from './socket-owner.ts';

export interface Caller {
  readonly facts: Facts;
  readonly address: string;
  readonly isSecure: boolean;
  readonly session: string | undefined;
  /** Null until it is known, and where nobody is signed in. */
  readonly who: Identity | null;
}

export interface CallerParts {
  readonly socketUser?: (socket: Socket) => Promise<number | null | undefined>;
}

const READING: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

export function isReading(method: string): boolean {
  return READING.has(method);
}

export async function callerOf(
  request: FastifyRequest,
  door: Door,
  { socketUser }: CallerParts,
): Promise<Caller> {
  const { headers, socket } = request;
  const user = await socketUser?.(socket);
  const peer = { address: socket.remoteAddress ?? '', isSecure: 'encrypted' in socket };
  const front = frontOf(peer, headers, user === undefined ? (door.settings?.trust ?? []) : []);
  const session = sessionOf(headers.cookie, front.isSecure);
  const site = headers['sec-fetch-site'];
  // Only where nothing else lets it in or keeps it out: the answer takes a look at the system's tables.
  const isAsked =
    user === undefined &&
    headers.authorization === undefined &&
    !front.isForwarded &&
    isLoopback(front.address) &&
    door.isLoopbackOpen();
  const facts: Facts = {
    address: front.address,
    host: front.host,
    authorization: headers.authorization,
    fetchSite: typeof site === 'string' ? site : undefined,
    origin: headers.origin,
    isChange: !isReading(request.method),
    isForwarded: front.isForwarded,
    isOtherUser: isAsked && !isTrustedUser(await ownerOf(socket)),
    socketUser: user === undefined ? undefined : door.system(user),
    session,
  };
  return {
    facts,
    address: user === undefined ? front.address : 'socket',
    isSecure: front.isSecure,
    session,
    who: null,
  };
}
