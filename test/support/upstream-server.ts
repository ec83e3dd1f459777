// A scripted upstream over UDP and TCP on one ephemeral port: answers well, or misbehaves as told, question by question.
//
// A behaviour is a list of plain actions done for every query of that name; names are compared without letter case.
// A name without behaviour gets one A record. Everything it received stands in `seen`.
import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Socket, type Server as TcpServer } from 'node:net';
import { concat, nameOctets, query, type ResponseParts, response, u16 } from './message.ts';
import { readMessage } from './read-message.ts';

export interface Action extends ResponseParts {
  /** Only when asked over this transport. */
  readonly over?: 'udp' | 'tcp';
  readonly delayMs?: number;
  /** Only for the first so many queries of that name. */
  readonly first?: number;
  /** Not for the first so many. */
  readonly after?: number;
  /** Done this many times. */
  readonly times?: number;
  /** Nothing is sent. */
  readonly drop?: boolean;
  /** XORed onto the ID; `random` draws another one each time. */
  readonly wrongId?: number | 'random';
  /** The question's name is replaced. */
  readonly question?: string;
  /** The question's name is sent back in lower case. */
  readonly foldCase?: boolean;
  /** QR = 0: a query comes back. */
  readonly isQuery?: boolean;
  /** What is sent, built from the query's octets. */
  readonly make?: (asked: Buffer) => Uint8Array;
  /** Sent as they stand, the first two octets replaced by the ID when `keepId` is set. */
  readonly octets?: Uint8Array;
  readonly keepId?: boolean;
  readonly headerOnly?: boolean;
  /** TC = 1 and no records. */
  readonly truncated?: boolean;
  /** Overwrites QDCOUNT, ANCOUNT, NSCOUNT, ARCOUNT; null leaves one as it is. */
  readonly counts?: readonly (number | null)[];
  /** Octets cut off the end. */
  readonly cut?: number;
  readonly tail?: Uint8Array;
  /** UDP: sent from another port than the one that was asked. */
  readonly fromOtherPort?: boolean;
  /** TCP: the connection is closed, after the answer if there is one. */
  readonly close?: boolean;
  /** TCP: one octet at a time with this pause. */
  readonly dripMs?: number;
}

export interface Asked {
  readonly transport: 'udp' | 'tcp';
  /** As sent, letter case kept. */
  readonly name: string;
  readonly type: string;
  readonly id: number;
  /** Where it came from. */
  readonly port: number;
  readonly message: Uint8Array;
}

export interface ScriptedUpstream {
  readonly host: string;
  readonly port: number;
  /** `127.0.0.1:port`, as a config names it. */
  readonly address: string;
  readonly seen: readonly Asked[];
  /** TCP connections accepted so far, and open now. */
  readonly connections: { accepted: number; readonly open: number };
  /** Sets what queries for this name get; `*` is every name without a behaviour of its own. */
  on(name: string, ...actions: readonly Action[]): void;
  /** Sends a datagram from the address that is asked to any local port. */
  sendFrom(message: Uint8Array, port: number): void;
  /** Stops listening for TCP. */
  closeTcp(): Promise<void>;
  stop(): Promise<void>;
}

export async function startUpstream(): Promise<ScriptedUpstream> {
  for (;;) {
    const tcp = createServer();
    tcp.listen(0, '127.0.0.1');
    await once(tcp, 'listening');
    const { port } = tcp.address() as { port: number };
    const udp = createSocket({ type: 'udp4', recvBufferSize: 4 << 20, sendBufferSize: 4 << 20 });
    const isBound = await new Promise<boolean>((resolve) => {
      udp.once('error', () => resolve(false));
      udp.bind({ port, address: '127.0.0.1', exclusive: true }, () => resolve(true));
    });
    if (isBound) return new Upstream(udp, tcp, port);
    tcp.close();
    udp.close();
  }
}

const DEFAULT: readonly Action[] = [{}];
const key = (name: string): string => name.toLowerCase().replace(/\.$/, '');

class Upstream implements ScriptedUpstream {
  readonly host = '127.0.0.1';
  readonly port: number;
  readonly seen: Asked[] = [];
  readonly connections: { accepted: number; readonly open: number };
  readonly #udp: UdpSocket;
  readonly #tcp: TcpServer;
  readonly #other = createSocket('udp4');
  readonly #open = new Set<Socket>();
  readonly #timers = new Set<NodeJS.Timeout>();
  /** Queries so far, by name. */
  readonly #counts = new Map<string, number>();
  readonly #behaviours = new Map<string, readonly Action[]>();
  #stopped = false;

  constructor(udp: UdpSocket, tcp: TcpServer, port: number) {
    this.#udp = udp;
    this.#tcp = tcp;
    this.port = port;
    const open = this.#open;
    this.connections = {
      accepted: 0,
      get open() {
        return open.size;
      },
    };
    udp.on('error', () => {});
    this.#other.on('error', () => {});
    udp.on('message', (message, sender) => this.#answerUdp(message, sender));
    tcp.on('connection', (socket) => this.#accept(socket));
  }

  get address(): string {
    return `${this.host}:${this.port}`;
  }

  on(name: string, ...actions: readonly Action[]): void {
    this.#behaviours.set(key(name), actions);
  }

  sendFrom(message: Uint8Array, port: number): void {
    this.#udp.send(message, port, this.host);
  }

  #answerUdp(message: Buffer, sender: RemoteInfo): void {
    for (const action of this.#note(message, 'udp', sender.port)) {
      this.#do(action, () => {
        const octets = responseOf(message, action);
        if (octets === null || this.#stopped) return;
        const socket = action.fromOtherPort === true ? this.#other : this.#udp;
        socket.send(octets, sender.port, sender.address);
      });
    }
  }

  #accept(socket: Socket): void {
    this.connections.accepted += 1;
    this.#open.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('close', () => this.#open.delete(socket));
    let unread = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      unread = Buffer.concat([unread, chunk]);
      while (unread.length >= 2 && unread.length >= 2 + unread.readUInt16BE(0)) {
        const end = 2 + unread.readUInt16BE(0);
        this.#answerTcp(Buffer.from(unread.subarray(2, end)), socket);
        unread = unread.subarray(end);
      }
    });
  }

  #answerTcp(message: Buffer, socket: Socket): void {
    for (const action of this.#note(message, 'tcp', socket.remotePort ?? 0)) {
      this.#do(action, () => {
        const octets =
          action.close === true && action.answer === undefined ? null : responseOf(message, action);
        if (octets !== null) {
          const frame = Buffer.concat([Buffer.from(u16(octets.length)), octets]);
          if (action.dripMs === undefined) socket.write(frame);
          else this.#drip(socket, frame, action.dripMs);
        }
        if (action.close === true) socket.end(() => socket.destroy());
      });
    }
  }

  #drip(socket: Socket, frame: Buffer, pauseMs: number): void {
    if (frame.length === 0 || socket.destroyed) return;
    socket.write(frame.subarray(0, 1));
    this.#after(pauseMs, () => this.#drip(socket, frame.subarray(1), pauseMs));
  }

  #note(message: Buffer, transport: 'udp' | 'tcp', port: number): readonly Action[] {
    const read = readMessage(message);
    const name = read?.question === null || read === null ? '' : rawName(message);
    const type = read?.question?.type ?? '';
    this.seen.push({
      transport,
      name,
      type,
      id: message.readUInt16BE(0),
      port,
      message: Uint8Array.from(message),
    });
    const count = (this.#counts.get(key(name)) ?? 0) + 1;
    this.#counts.set(key(name), count);
    const actions = this.#behaviours.get(key(name)) ?? this.#behaviours.get('*') ?? DEFAULT;
    return actions.filter(
      ({ over = transport, first = Number.POSITIVE_INFINITY, after = 0 }) =>
        over === transport && count <= first && count > after,
    );
  }

  #do(action: Action, act: () => void): void {
    for (let i = 0; i < (action.times ?? 1); i += 1) {
      if (action.delayMs === undefined) act();
      else this.#after(action.delayMs, act);
    }
  }

  #after(delayMs: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, delayMs);
    this.#timers.add(timer);
  }

  async closeTcp(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#tcp.close(() => resolve()));
    for (const socket of this.#open) socket.destroy();
    await closed;
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await this.closeTcp();
    await Promise.all(
      [this.#udp, this.#other].map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))),
    );
  }
}

/** The QNAME as sent, letter case kept; for plain names. */
function rawName(message: Buffer): string {
  const labels: string[] = [];
  for (let at = 12; message[at] !== 0 && at < message.length; at += (message[at] ?? 0) + 1)
    labels.push(message.subarray(at + 1, at + 1 + (message[at] ?? 0)).toString('latin1'));
  return labels.join('.');
}

/** The octets this action sends, null for none. */
function responseOf(asked: Buffer, action: Action): Buffer | null {
  if (action.drop === true) return null;
  if (action.make !== undefined) return Buffer.from(action.make(asked));
  if (action.octets !== undefined) {
    const octets = Buffer.from(action.octets);
    if (action.keepId === true) asked.copy(octets, 0, 0, 2);
    return octets;
  }
  const name = rawName(asked);
  const answer = action.answer ?? (action.truncated === true || action.rcode !== undefined ? [] : undefined);
  const lines = answer ?? [`${name === '' ? '' : name}. 300 A 192.0.2.1`];
  let octets = Buffer.from(response(questioned(asked, name, action), { ...action, answer: lines }));
  if (action.truncated === true) octets[2] = (octets[2] ?? 0) | 0x02;
  if (action.isQuery === true) octets[2] = (octets[2] ?? 0) & 0x7f;
  if (action.wrongId !== undefined) {
    const mask = action.wrongId === 'random' ? 1 + Math.floor(Math.random() * 65_535) : action.wrongId;
    octets.writeUInt16BE(octets.readUInt16BE(0) ^ mask, 0);
  }
  for (const [i, count] of (action.counts ?? []).entries())
    if (count !== null) octets.writeUInt16BE(count, 4 + 2 * i);
  if (action.headerOnly === true) {
    octets = octets.subarray(0, 12);
    octets.fill(0, 4);
  }
  if (action.cut !== undefined) octets = octets.subarray(0, octets.length - action.cut);
  return action.tail === undefined ? octets : Buffer.concat([octets, action.tail]);
}

/** The query, its name as the response is to repeat it. */
function questioned(asked: Buffer, name: string, action: Action): Uint8Array {
  if (action.question === undefined && action.foldCase !== true) return asked;
  const nameEnd = 12 + nameOctets(name).length;
  const other = query(action.question ?? name.toLowerCase(), 1);
  return concat(asked.subarray(0, 12), other.subarray(12, -4), asked.subarray(nameEnd));
}
