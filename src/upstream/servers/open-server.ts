// From an upstream's address to a server that can be asked.
import { connect } from 'node:net';
import type { UpstreamAddress } from '../../config/config.ts';
import { formatEndpoint } from '../../wire/names/address.ts';
import type { AddressBook } from '../address-book.ts';
import type { RandomSource } from '../random.ts';
import { HttpsExchange } from '../transport/https.ts';
import { secureDialler } from '../transport/secure.ts';
import { StreamExchange } from '../transport/stream.ts';
import { UdpExchange } from '../transport/udp.ts';
import type { OpenSocket } from '../transport/udp-port.ts';
import { type AttemptOwner, Server, type ServerParts } from './server.ts';
import { Telling } from './telling.ts';

export type ServerAddress = Exclude<UpstreamAddress, { kind: 'system' }>;

export interface ServerContext {
  readonly owner: AttemptOwner;
  readonly now: () => number;
  readonly random: RandomSource;
  readonly addressBook: AddressBook;
  /** How UDP sockets to an address are opened. */
  readonly socketsTo: (host: string, port: number) => OpenSocket;
  /** Certificates (PEM) that upstreams may show instead of the system's. */
  readonly authorities: string | null;
}

/** Opens no socket: that waits for the first query. */
export function openServer(address: ServerAddress, context: ServerContext): Server {
  return new Server(partsOf(address, context));
}

function partsOf(address: ServerAddress, context: ServerContext): ServerParts {
  const { owner, now, random, authorities } = context;
  const { kind, host, port } = address;
  const endpoint = formatEndpoint(host, port);
  const target = { host, port, lookup: context.addressBook.lookup, authorities };
  const { tells } = address;
  const rest = { transport: kind, owner, now, telling: tells === undefined ? null : new Telling(tells) };
  switch (kind) {
    case 'udp':
    case 'tcp': {
      const name = kind === 'udp' ? endpoint : `tcp://${endpoint}`;
      const dial = () => connect({ host, port, noDelay: true });
      const stream = { name, dial, isPadded: false, now, random } as const;
      const udp =
        kind === 'udp'
          ? new UdpExchange({ name, openSocket: context.socketsTo(host, port), now, random })
          : null;
      return { ...rest, name, udp, openStream: () => new StreamExchange(stream) };
    }
    case 'tls': {
      const name = `tls://${endpoint}`;
      const dial = secureDialler(target);
      const stream = { name, dial, isPadded: true, now, random } as const;
      return { ...rest, name, udp: null, openStream: () => new StreamExchange(stream) };
    }
    case 'https': {
      const { url } = address;
      const openStream = () => new HttpsExchange({ ...target, name: url, url, now });
      return { ...rest, name: url, udp: null, openStream };
    }
    default:
      return kind satisfies never;
  }
}
