// DNS over UDP in batches: the event loop says the socket is readable, recvmmsg takes up to 64 datagrams at once, their
// replies are built in the memory sendmmsg sends them from.
// HOT. Invariants: replies not yet taken by the kernel are never written over: while some wait, nothing is received and
// the datagrams stay in the socket. Everything is bounded: rounds a wake, time a full send buffer is waited for, late replies.
// Trade: see docs/decisions/0003-batched-datagrams.md. Twin: udp.ts, held to the same contract.
import type { SocketAddress } from '../config/config.ts';
import { DATAGRAM_OCTETS_MAX, Datagrams, type Path } from '../native/datagrams.ts';
import type { Beside } from '../native/event-loop.ts';
import { type Libc, loadLibc } from '../native/libc.ts';
import { READY } from '../native/linger.ts';
import { Poller } from '../native/poller.ts';
import { type Origin, OUTCOME, Query, TRANSPORT } from '../wire/message/query.ts';
import { formatEndpoint } from '../wire/names/address.ts';
import { copyOctets } from '../wire/octets.ts';
import { isIpv6, isWildcard } from './address.ts';
import { Outbox } from './batch/outbox.ts';
import { Paths } from './batch/paths.ts';
import { AWAITED_MS, AWAY_ROUNDS_MAX, READ_WAITS, READ_WAITS_MS, Wait } from './batch/wait.ts';
import { YieldGate } from './batch/yield-gate.ts';
import { Counters } from './counters.ts';
import { drained } from './drain.ts';
import { ListenError, listenError } from './listen-error.ts';
import type { Answer, Listener, ListenOptions } from './listener.ts';
import { beginsAsProxy } from './proxy/header.ts';

const BATCH = 64;
/** Batches read in one wake before other work of the event loop has its turn. */
const ROUNDS_MAX = 8;
const RETRY_MS = 1;

/** Binds one socket; rejects with a ListenError, code BATCH_UNAVAILABLE where this cannot work. */
export async function openUdpBatch(
  address: SocketAddress,
  answer: Answer,
  options: ListenOptions,
): Promise<Listener> {
  const where = `udp ${formatEndpoint(address.host, address.port)}`;
  const libc = await loadLibc();
  if (typeof libc === 'string')
    throw new ListenError('BATCH_UNAVAILABLE', where, `${libc} (${where}); use udp: auto or portable`);
  try {
    return new UdpBatchListener(libc, address, answer, options);
  } catch (error) {
    throw listenError(error, 'udp', address.host, address.port);
  }
}

/** Why batches cannot be had in this thread; null when they can. */
export async function whyNoBatch(): Promise<string | null> {
  const libc = await loadLibc();
  return typeof libc === 'string' ? libc : null;
}

class UdpBatchListener implements Listener, Origin {
  readonly transport = TRANSPORT.udp;
  readonly method = 'udp-batch';
  readonly bound: string;
  readonly counters = new Counters();
  readonly #libc: Libc;
  readonly #fd: number;
  readonly #poller: Poller;
  readonly #wait: Wait;
  readonly #answer: Answer;
  readonly #now: () => number;
  readonly #beforeSend: () => void;
  readonly #proxy: ListenOptions['proxy'];
  readonly #claimIgnored: () => void;
  readonly #received: Datagrams;
  readonly #replies: Outbox;
  readonly #late: Outbox;
  readonly #yieldGate: YieldGate;
  readonly #query: Query;
  readonly #paths = new Paths();
  #waiting = 0;
  /** When queries came last. */
  #lastMs = Number.NEGATIVE_INFINITY;
  #turnEnds = false;
  /** Made once: a closure in `send` is garbage with every reply, even where it is not reached. */
  readonly #onTurnEnd = (): void => {
    this.#turnEnds = false;
    if (this.#state !== 'closed' && !this.#full) this.#flush(this.#late, this.#now());
  };
  /** This thread answers without the event loop: late replies leave before it waits, with no turn of the loop. */
  #isAway = false;
  /** The kernel's send buffer is full: nothing is read until it has room. */
  #full = false;
  #quiet = false;
  #state: 'open' | 'closing' | 'closed' = 'open';

  constructor(libc: Libc, address: SocketAddress, answer: Answer, options: ListenOptions) {
    const six = isIpv6(address.host);
    const pktinfo = isWildcard(address.host);
    const { reusePort } = options;
    const { receiveBufferOctets } = options.limits;
    this.#libc = libc;
    this.#answer = answer;
    this.#now = options.now;
    this.#beforeSend = options.beforeSend;
    this.#proxy = options.proxy;
    this.#claimIgnored = options.claimIgnored;
    this.#received = new Datagrams(libc, BATCH, six, pktinfo);
    this.#replies = new Outbox(new Datagrams(libc, BATCH, six, pktinfo));
    this.#late = new Outbox(new Datagrams(libc, BATCH, six, pktinfo));
    this.#yieldGate = new YieldGate(libc.letOthersRun);
    this.#query = new Query(this.#received.octets[0]!, this.#replies.datagrams.octets[0]!);
    this.#query.transport = TRANSPORT.udp;
    this.#query.origin = this;
    const socket = { reusePort, receiveBufferOctets, pktinfo, blocksMs: READ_WAITS_MS };
    const { fd, port } = libc.openSocket(address, socket);
    this.#fd = fd;
    this.bound = formatEndpoint(address.host, port);
    try {
      this.#poller = new Poller(libc, () => this.#drain());
      this.#poller.watch(fd, 0);
      this.#wait = new Wait(libc, this.#poller, fd, 0);
    } catch (error) {
      libc.closeSocket(fd);
      throw error;
    }
  }

  #drain(): void {
    if (this.#state === 'closed' || this.#full) return;
    this.#quiet = false;
    const { beside } = this.#libc.eventLoop;
    this.#isAway = true;
    beside?.hold();
    try {
      this.#answerAll(beside);
    } finally {
      this.#isAway = false;
      this.#wait.end(this.#full);
      beside?.release();
      if (this.#late.end > 0 && !this.#full && !this.#turnEnds) this.#flush(this.#late, this.#now());
    }
  }

  #answerAll(beside: Beside | null): void {
    const beganMs = this.#now();
    const isSteady = beganMs - this.#lastMs <= AWAITED_MS;
    this.#wait.begin(beganMs);
    // How many queries waited when all that goes upstream had left.
    let waited = this.#waiting;
    for (let round = 1, ready: number = READY.own; round <= AWAY_ROUNDS_MAX; round++) {
      if ((ready & READY.beside) !== 0) {
        if (beside === null || !this.#passOn(beside)) return;
        waited = this.#waiting;
      }
      let foundNothing = false;
      if ((ready & (READY.own | READ_WAITS)) !== 0) {
        const received = this.#receive(ready === READ_WAITS);
        foundNothing = received === 0;
        if (this.#full) return;
        // What goes upstream, and late replies, leave when the turn ends.
        if (received > 0)
          this.#yieldGate.afterBatch(received, this.#lastMs, this.#waiting > waited || this.#turnEnds);
        // More has come meanwhile when we are busy, and to be woken costs twenty times what to look does, and garbage.
        if (received === BATCH || (received > 0 && this.#yieldGate.isHigh)) {
          if (round >= ROUNDS_MAX) return;
          ready = READY.own;
          continue;
        }
        // Each query that waits is a datagram that leaves now; what leaves otherwise needs the event loop.
        if (!isSteady || (beside?.flush() ?? 0) !== this.#waiting - waited) return;
        waited = this.#waiting;
      }
      if (this.#turnEnds || this.#late.end > 0) return;
      ready = this.#wait.next(this.#now(), foundNothing, this.#waiting, beside);
      if (ready === READY.nothing) return;
    }
  }

  /** Answers what has come; how many datagrams. */
  #receive(waits: boolean): number {
    const received = this.#received.receive(this.#libc, this.#fd, waits);
    if (received <= 0) return 0;
    const nowMs = this.#now();
    this.#lastMs = nowMs;
    for (let i = 0; i < received; i++) this.#ask(i, nowMs);
    this.#received.rearm(received);
    this.#flush(this.#replies, nowMs);
    return received;
  }

  /**
   * Sends what upstreams have answered to clients.
   * @returns false: something else came of it, or nothing came but an error, or somebody else is asked now: that needs the event loop
   */
  #passOn(beside: Beside): boolean {
    const waiting = this.#waiting;
    const messages = beside.read();
    const isPassed = this.#flush(this.#late, this.#now());
    return isPassed && messages > 0 && this.#waiting <= waiting - messages && beside.flush() === 0;
  }

  #ask(i: number, nowMs: number): void {
    const query = this.#query;
    const length = this.#received.lengthOf(i);
    if (length < 0 || !this.#received.readSender(i, query)) {
      this.counters.ignored++;
      return;
    }
    const path = this.#paths.of(this.#received, i);
    // At most one reply a datagram, so there is always room for one more.
    const slot = this.#replies.end;
    query.message = this.#received.octets[i]!;
    query.messageLength = length;
    query.reply = this.#replies.datagrams.octets[slot]!;
    query.peer = path;
    query.arrivedMs = nowMs;
    if (beginsAsProxy(query.message, length)) {
      const header = this.#proxy?.read(query) ?? 0;
      if (header === 0) {
        this.counters.ignored++;
        this.#claimIgnored();
        return;
      }
      this.#received.drop(i, header);
      query.messageLength -= header;
    }
    this.counters.queries++;
    const outcome = this.#answer(query);
    if (outcome === OUTCOME.answered) {
      this.#replies.datagrams.address(slot, query.replyLength, query, path);
      this.#replies.end = slot + 1;
    } else if (outcome === OUTCOME.waiting) {
      this.#waiting++;
    }
  }

  send(query: Query): void {
    this.#waiting--;
    const late = this.#late;
    const length = query.replyLength;
    if (late.end === BATCH && !this.#full) this.#flush(late, this.#now());
    if (this.#state === 'closed' || late.end === BATCH || length > DATAGRAM_OCTETS_MAX) {
      this.counters.sendFailures++;
      return;
    }
    copyOctets(query.reply, 0, late.datagrams.octets[late.end]!, 0, length);
    late.datagrams.address(late.end, length, query, query.peer as Path);
    late.end++;
    this.#endTurn();
  }

  abandon(_query: Query): void {
    this.#waiting--;
  }

  #flush(outbox: Outbox, nowMs: number): boolean {
    if (outbox.end > 0) this.#beforeSend();
    if (outbox.flush(this.#libc, this.#fd, nowMs, this.counters)) return true;
    if (this.#full) return false;
    this.#full = true;
    this.#poller.mute(this.#fd, 0);
    this.#retry();
    return false;
  }

  /** Until the kernel has room for the replies there are, no more queries are read. */
  #retry(): void {
    setTimeout(() => {
      if (this.#state === 'closed') return;
      const nowMs = this.#now();
      const [late, replies] = [this.#flush(this.#late, nowMs), this.#flush(this.#replies, nowMs)];
      if (!late || !replies) return this.#retry();
      this.#full = false;
      this.#poller.unmute(this.#fd, 0);
    }, RETRY_MS);
  }

  /** What was gathered goes out once the event loop has been round. */
  #endTurn(): void {
    if (this.#turnEnds || this.#isAway) return;
    this.#turnEnds = true;
    setImmediate(this.#onTurnEnd);
  }

  /** Goes on answering until the socket is empty, at most half of `drainMs`, then waits for the late replies. */
  async close(drainMs: number): Promise<void> {
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    const isSettled = () => this.#waiting === 0 && this.#late.end === 0 && this.#replies.end === 0;
    await drained(drainMs, this.#now, () => this.#takeQuiet(), isSettled);
    this.#state = 'closed';
    this.#poller.close();
    this.#libc.closeSocket(this.#fd);
  }

  #takeQuiet(): boolean {
    const isQuiet = this.#quiet;
    this.#quiet = true;
    return isQuiet;
  }
}
