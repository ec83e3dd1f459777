// Where logon events arrive: RADIUS accounting over UDP, syslog over UDP and TCP. What comes from nobody who is trusted is counted only.
import { createSocket, type Socket } from 'node:dgram';
import { createServer, type Server } from 'node:net';
import type { Prefix, SocketAddress } from '../../config/config.ts';
import type { UserSources } from '../../config/meant/clients.ts';
import { PrefixTable } from '../../policy/prefixes.ts';
import { addressToText, formatEndpoint, textToAddress } from '../../wire/names/address.ts';
import { MESSAGE_OCTETS_MAX, SyslogFrames } from './syslog-frames.ts';

export interface LogonSocketsOptions {
  readonly sources: UserSources;
  /** @returns what is sent back; null: nothing */
  readonly onRadius: (packet: Buffer, secret: string, sender: string) => Buffer | null;
  readonly onSyslog: (message: string, sender: string) => void;
  readonly report: (problem: string) => void;
}

/** An address that cannot be had is tried again so often. */
const AGAIN_MS = 10_000;
const CONNECTIONS_MAX = 64;
const IDLE_MS = 3_600_000;

export class LogonSockets {
  /** Messages of nobody who is trusted. */
  strangers = 0;
  readonly #options: LogonSocketsOptions;
  readonly #open = new Set<Socket | Server>();
  readonly #again = new Set<NodeJS.Timeout>();
  readonly #bound = new Map<string, string>();
  /** Who may send syslog messages. */
  readonly #trusted: PrefixTable;
  #isClosed = false;

  constructor(options: LogonSocketsOptions) {
    this.#options = options;
    const { radius, syslog } = options.sources;
    this.#trusted = tableOf(syslog?.from ?? []);
    for (const at of radius?.listen ?? [])
      this.#listen(
        at,
        (where) => `RADIUS ${where}`,
        () => this.#openRadius(at),
      );
    for (const at of syslog?.listen ?? []) {
      this.#listen(
        at,
        (where) => `syslog ${where} (UDP)`,
        () => this.#openUdp(at),
      );
      this.#listen(
        at,
        (where) => `syslog ${where} (TCP)`,
        () => this.#openTcp(at),
      );
    }
  }

  /** Addresses that are listened on. */
  get bound(): readonly string[] {
    return [...this.#bound.values()];
  }

  close(): void {
    this.#isClosed = true;
    for (const timer of this.#again) clearTimeout(timer);
    for (const socket of this.#open) socket.close();
    this.#open.clear();
    this.#bound.clear();
  }

  /** @param said names what is heard at an address with a port */
  #listen(at: SocketAddress, said: (where: string) => string, open: () => Socket | Server): void {
    if (this.#isClosed) return;
    const socket = open();
    this.#open.add(socket);
    const what = said(formatEndpoint(at.host, at.port));
    socket.once('listening', () => {
      const { address, port } = socket.address() as { readonly address: string; readonly port: number };
      this.#bound.set(what, said(formatEndpoint(address, port)));
    });
    socket.on('error', (error: Error) => {
      this.#open.delete(socket);
      this.#bound.delete(what);
      if (this.#isClosed) return;
      this.#options.report(`logon events are not heard at ${what}: ${error.message}; it is tried again`);
      const timer = setTimeout(() => {
        this.#again.delete(timer);
        this.#listen(at, said, open);
      }, AGAIN_MS);
      this.#again.add(timer.unref());
    });
  }

  #openRadius({ host, port }: SocketAddress): Socket {
    const socket = openDatagrams(host);
    const secrets = this.#options.sources.radius?.secrets ?? [];
    const table = tableOf(secrets);
    socket.on('message', (packet, sender) => {
      const known = secrets[placeIn(table, sender.address)];
      if (known === undefined) {
        this.strangers += 1;
        return;
      }
      const reply = this.#options.onRadius(packet, known.secret, shown(sender.address));
      if (reply !== null) socket.send(reply, sender.port, sender.address, () => undefined);
    });
    return socket.bind(port, host);
  }

  #openUdp({ host, port }: SocketAddress): Socket {
    const socket = openDatagrams(host);
    socket.on('message', (octets, { address }) => {
      if (this.#isTrusted(address)) this.#options.onSyslog(octets.toString('utf8'), shown(address));
    });
    return socket.bind(port, host);
  }

  #openTcp({ host, port }: SocketAddress): Server {
    const server = createServer((connection) => {
      const sender = connection.remoteAddress ?? '';
      connection.on('error', () => connection.destroy());
      if (!this.#isTrusted(sender)) {
        connection.destroy();
        return;
      }
      const frames = new SyslogFrames();
      connection.setTimeout(IDLE_MS, () => connection.destroy());
      connection.on('data', (octets: Buffer) => {
        const messages = frames.push(octets);
        if (messages === null) {
          this.#options.report(
            `a syslog message of ${shown(sender)} is longer than ${MESSAGE_OCTETS_MAX} octets`,
          );
          connection.destroy();
        }
        for (const message of messages ?? []) this.#options.onSyslog(message, shown(sender));
      });
      connection.unref();
    });
    server.maxConnections = CONNECTIONS_MAX;
    return server.listen({ host, port, ipv6Only: host.includes(':') });
  }

  #isTrusted(sender: string): boolean {
    const isTrusted = placeIn(this.#trusted, sender) >= 0;
    if (!isTrusted) this.strangers += 1;
    return isTrusted;
  }
}

const openDatagrams = (host: string): Socket =>
  host.includes(':') ? createSocket({ type: 'udp6', ipv6Only: true }) : createSocket('udp4');

function shown(sender: string): string {
  const address = textToAddress(sender);
  return address === null ? sender : addressToText(address);
}

const tableOf = (entries: readonly Pick<Prefix, 'bytes' | 'bits'>[]): PrefixTable =>
  new PrefixTable(entries.map(({ bytes, bits }, value) => ({ bytes, bits, value })));

/** Of the longest prefix that holds an address; −1: none does. */
function placeIn(table: PrefixTable, sender: string): number {
  const address = textToAddress(sender.split('%')[0] ?? '');
  return address === null ? -1 : table.find(address);
}
