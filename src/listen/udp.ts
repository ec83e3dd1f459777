// DNS over UDP through node:dgram: works everywhere, one system call a datagram.
//
// HOT. Invariants: the Query and the reply buffers are reused; a reply buffer may be written again as soon as #transmit has
// returned, because octets the kernel did not take at once are never shared with the next reply. Late replies have a buffer
// of their own: one may go out while `answer` is building another reply. Nothing here throws on what a stranger sends.
//
// libuv reads up to 32 datagrams before the event loop goes on. Their replies are gathered, and leave when it does: what
// must be on disk before them is written once for all.
//
// Trade: a query costs what node:dgram allocates (its Buffer, its rinfo, a SendWrap) and nothing of ours: views on the
// reply are kept by length, `lookup` answers at once (dgram's own defers every send by a tick), no callback a send.
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import type { SocketAddress } from '../config/config.ts';
import { type Origin, OUTCOME, Query, TRANSPORT } from '../wire/message/query.ts';
import { formatEndpoint } from '../wire/names/address.ts';
import { isIpv6, writeAddress } from './address.ts';
import { Counters } from './counters.ts';
import { drained } from './drain.ts';
import { UDP_QUERY_OCTETS_MAX, UDP_REPLY_OCTETS_MAX } from './limits.ts';
import { listenError } from './listen-error.ts';
import type { Answer, Listener, ListenOptions } from './listener.ts';
import { beginsAsProxy } from './proxy/header.ts';

/** Replies gathered before they leave without waiting for the event loop. */
const GATHERED_MAX = 32;
/** How often `close` looks whether the socket is empty and the last late reply has gone out. */

// Both families call lookup(address, family, callback), always with a literal address.
type LookupCallback = (error: null, address: string, family: number) => void;
function literal(address: string, family: unknown, callback: LookupCallback): void {
  callback(null, address, family as number);
}

/** Binds one socket; rejects with a ListenError. */
export function openUdp(address: SocketAddress, answer: Answer, options: ListenOptions): Promise<Listener> {
  const six = isIpv6(address.host);
  const socket = createSocket({
    type: six ? 'udp6' : 'udp4',
    ipv6Only: six,
    reusePort: options.reusePort,
    lookup: literal as never,
  });
  return new Promise((resolve, reject) => {
    socket.once('error', (error) => {
      socket.close();
      reject(listenError(error, 'udp', address.host, address.port));
    });
    socket.once('listening', () => {
      socket.removeAllListeners('error');
      resolve(new UdpListener(socket, answer, options));
    });
    socket.bind({ address: address.host, port: address.port, exclusive: true });
  });
}

/** A reply buffer and its views: view(n) is the first n octets, made when first needed. */
class ReplyBuffer {
  readonly octets = new Uint8Array(UDP_REPLY_OCTETS_MAX);
  readonly #views: (Uint8Array | undefined)[] = [];

  view(length: number): Uint8Array {
    let view = this.#views[length];
    if (view === undefined) {
      view = new Uint8Array(this.octets.buffer, 0, length);
      this.#views[length] = view;
    }
    return view;
  }
}

class UdpListener implements Listener, Origin {
  readonly transport = TRANSPORT.udp;
  readonly method = 'udp';
  readonly bound: string;
  readonly counters = new Counters();
  readonly #socket: Socket;
  readonly #answer: Answer;
  readonly #now: () => number;
  readonly #beforeSend: () => void;
  readonly #proxy: ListenOptions['proxy'];
  readonly #claimIgnored: () => void;
  readonly #queueOctetsMax: number;
  readonly #query: Query;
  readonly #replies = Array.from({ length: GATHERED_MAX }, () => new ReplyBuffer());
  readonly #lengths = new Uint16Array(GATHERED_MAX);
  readonly #senders: RemoteInfo[] = [];
  readonly #sendGathered = (): void => this.#flush();
  #gathered = 0;
  #lateReplies = new ReplyBuffer();
  /** libuv holds replies the kernel had no room for. */
  #queued = false;
  #waiting = 0;
  /** No datagram since `close` last looked. */
  #quiet = false;
  #state: 'open' | 'closing' | 'closed' = 'open';

  constructor(socket: Socket, answer: Answer, options: ListenOptions) {
    this.#socket = socket;
    this.#answer = answer;
    this.#now = options.now;
    this.#beforeSend = options.beforeSend;
    this.#proxy = options.proxy;
    this.#claimIgnored = options.claimIgnored;
    this.#queueOctetsMax = options.limits.udpSendQueueOctetsMax;
    this.#query = new Query(new Uint8Array(0), this.#replies[0]!.octets);
    this.#query.transport = TRANSPORT.udp;
    this.#query.origin = this;
    const local = socket.address();
    this.bound = formatEndpoint(local.address, local.port);
    try {
      socket.setRecvBufferSize(options.limits.receiveBufferOctets);
      socket.setSendBufferSize(options.limits.receiveBufferOctets);
    } catch {
      // The kernel's own size then: a burst is lost earlier.
    }
    // What ICMP says of an earlier reply must never end the socket.
    socket.on('error', () => {
      this.counters.sendFailures++;
    });
    socket.on('message', (message, sender) => this.#receive(message, sender));
  }

  #receive(message: Uint8Array, sender: RemoteInfo): void {
    this.#quiet = false;
    if (sender.port === 0 || message.length > UDP_QUERY_OCTETS_MAX) {
      this.counters.ignored++;
      return;
    }
    const query = this.#query;
    query.reply = this.#replies[this.#gathered]!.octets;
    query.message = message;
    query.messageLength = message.length;
    writeAddress(sender.address, query.address);
    query.isForwarded = false;
    query.port = sender.port;
    query.peer = sender;
    query.arrivedMs = this.#now();
    if (beginsAsProxy(message, message.length)) {
      const header = this.#proxy?.read(query) ?? 0;
      if (header === 0) {
        this.counters.ignored++;
        this.#claimIgnored();
        return;
      }
      query.message = message.subarray(header);
      query.messageLength -= header;
    }
    this.counters.queries++;
    const outcome = this.#answer(query);
    if (outcome === OUTCOME.answered) this.#gather(query.replyLength, sender);
    else if (outcome === OUTCOME.waiting) this.#waiting++;
  }

  #gather(length: number, sender: RemoteInfo): void {
    const slot = this.#gathered;
    this.#lengths[slot] = length;
    this.#senders[slot] = sender;
    this.#gathered = slot + 1;
    if (slot === 0) setImmediate(this.#sendGathered);
    if (this.#gathered === GATHERED_MAX) this.#flush();
  }

  #flush(): void {
    const count = this.#gathered;
    if (count === 0 || this.#state === 'closed') return;
    this.#beforeSend();
    for (let slot = 0; slot < count; slot++) {
      const replies = this.#replies[slot]!;
      if (!this.#transmit(replies, this.#lengths[slot]!, this.#senders[slot]!)) continue;
      this.#replies[slot] = new ReplyBuffer();
    }
    this.#gathered = 0;
  }

  send(query: Query): void {
    this.#waiting--;
    const length = query.replyLength;
    if (this.#state === 'closed' || length > UDP_REPLY_OCTETS_MAX) {
      this.counters.sendFailures++;
      return;
    }
    this.#lateReplies.octets.set(query.reply.subarray(0, length));
    this.#beforeSend();
    if (this.#transmit(this.#lateReplies, length, query.peer as RemoteInfo))
      this.#lateReplies = new ReplyBuffer();
  }

  abandon(_query: Query): void {
    this.#waiting--;
  }

  /** Whether libuv now points into `replies`, because the kernel's buffer is full: others are to be built elsewhere. */
  #transmit(replies: ReplyBuffer, length: number, sender: RemoteInfo): boolean {
    const socket = this.#socket;
    if (this.#queued && !this.#mayQueue()) {
      this.counters.sendFailures++;
      return false;
    }
    const view = replies.view(length);
    try {
      socket.send(this.#queued ? view.slice() : view, sender.port, sender.address);
    } catch {
      this.counters.sendFailures++;
      return false;
    }
    this.counters.replies++;
    if (this.#queued || socket.getSendQueueCount() === 0) return false;
    this.#queued = true;
    return true;
  }

  #mayQueue(): boolean {
    this.#queued = this.#socket.getSendQueueCount() > 0;
    return this.#socket.getSendQueueSize() <= this.#queueOctetsMax;
  }

  /** Goes on answering until the socket is empty, at most half of `drainMs`, then waits for the late replies. */
  async close(drainMs: number): Promise<void> {
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    const isSettled = () =>
      this.#waiting === 0 && this.#gathered === 0 && this.#socket.getSendQueueCount() === 0;
    await drained(drainMs, this.#now, () => this.#takeQuiet(), isSettled);
    this.#state = 'closed';
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
  }

  #takeQuiet(): boolean {
    const isQuiet = this.#quiet;
    this.#quiet = true;
    return isQuiet;
  }
}
