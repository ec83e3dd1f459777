// A query that waits for another datagram of this thread: its answer leaves without a turn of the event loop.
import { setTimeout as wait } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { openUdpBatch, whyNoBatch } from '../../../src/listen/udp-batch.ts';
import type { Beside } from '../../../src/native/event-loop.ts';
import { type Libc, loadLibc } from '../../../src/native/libc.ts';
import { Messages } from '../../../src/native/messages.ts';
import { socketName } from '../../../src/native/socket-name.ts';
import { copyQuery, OUTCOME, type Outcome, Query } from '../../../src/wire/message/query.ts';
import { UdpClient } from '../../support/listen-clients.ts';
import { idOf, message } from '../../support/listen-messages.ts';
import { listenOptions } from '../../support/listen-options.ts';

const skip = (await whyNoBatch()) ?? false;
const SENT_MAX = 5000;
/** An immediate would have the loop take its turn. */
const STEP_MS = 2;

/** Asks itself: what it sends comes back on its own socket, which is in no event loop. */
class Upstream implements Beside {
  readonly descriptor: number;
  readonly #libc: Libc;
  readonly #sender: number;
  readonly #going: Messages;
  readonly #coming: Messages;
  readonly #waiting: Query[] = [];
  /** Whether `flush` says how much it sent. */
  saysSent = true;
  isHeld = false;
  /** What a read does not answer is asked again, as where a socket failed and another server is asked. */
  fails = false;
  /** What was asked of it and of the event loop, one after the other. */
  readonly steps: string[] = [];
  /** Answers by whether they were read while the listener held the turn. */
  readonly reads = { held: 0, loose: 0 };
  #unsent = 0;

  constructor(libc: Libc, t: Test) {
    const own = libc.openSocket(
      { host: '127.0.0.1', port: 0 },
      { reusePort: false, receiveBufferOctets: 65_536, pktinfo: false },
    );
    this.#libc = libc;
    this.descriptor = own.fd;
    this.#sender = libc.openUnbound(false);
    libc.connect(this.#sender, socketName('127.0.0.1', own.port));
    this.#going = new Messages(libc, 1, 64);
    this.#coming = new Messages(libc, 64, 64);
    t.teardown(() => {
      libc.closeSocket(own.fd);
      libc.closeSocket(this.#sender);
    });
  }

  readonly answer = (query: Query): Outcome => {
    const kept = new Query(new Uint8Array(512), new Uint8Array(512));
    copyQuery(query, kept);
    this.#waiting.push(kept);
    this.#unsent += 1;
    return OUTCOME.waiting;
  };

  hold(): void {
    this.isHeld = true;
  }

  release(): void {
    this.steps.push('release');
    this.isHeld = false;
    this.flush();
  }

  flush(): number {
    const count = this.#unsent;
    this.#unsent = 0;
    for (let i = 0; i < count; i += 1) {
      this.#going.setLength(0, 12);
      this.#going.send(this.#libc, this.#sender, 0, this.#going.plan(0, 1, false));
    }
    return this.saysSent ? count : 0;
  }

  read(): number {
    const count = Math.max(0, this.#coming.receive(this.#libc, this.descriptor));
    if (this.fails) {
      this.steps.push('failed');
      this.#unsent += 1;
      return 0;
    }
    for (let i = 0; i < count; i += 1) {
      const query = this.#waiting.shift()!;
      query.reply.set(query.message.subarray(0, query.messageLength));
      query.replyLength = query.messageLength;
      this.reads[this.isHeld ? 'held' : 'loose'] += 1;
      query.origin?.send(query);
    }
    return count;
  }
}

async function start(t: Test) {
  const libc = await loadLibc();
  if (typeof libc === 'string') throw new Error(libc);
  const upstream = new Upstream(libc, t);
  const listener = await openUdpBatch({ host: '127.0.0.1', port: 0 }, upstream.answer, listenOptions());
  const client = await UdpClient.open(listener.bound);
  libc.eventLoop.beside = upstream;
  const ownWait = libc.eventLoop.wait.bind(libc.eventLoop);
  libc.eventLoop.wait = (...asked) => {
    upstream.steps.push('wait');
    return ownWait(...asked);
  };
  t.teardown(async () => {
    libc.eventLoop.beside = null;
    libc.eventLoop.wait = ownWait;
    client.close();
    await listener.close(0);
  });
  return { upstream, client };
}

t.test('it is answered as soon as that comes', { skip }, async (t) => {
  const { upstream, client } = await start(t);
  // Only queries that follow one another closely are awaited so.
  let sent = 0;
  for (; upstream.reads.held < 20 && sent < SENT_MAX; sent += 1) {
    client.send(message(sent));
    await wait(STEP_MS);
  }
  t.ok(
    upstream.reads.held >= 20,
    `${upstream.reads.held} of ${sent} were read in the turn they were asked in`,
  );
  t.equal(upstream.reads.loose, 0);
  t.equal(upstream.isHeld, false, 'what is sent later leaves at the end of its turn');
  await client.has(upstream.reads.held);
  t.same(
    client.replies.map(idOf),
    client.replies.map((_, i) => i),
    'each reply is that of its query',
  );
});

t.test('where something leaves otherwise the event loop has its turn', { skip }, async (t) => {
  const { upstream, client } = await start(t);
  upstream.saysSent = false;
  for (let sent = 0; sent < 50; sent += 1) {
    client.send(message(sent));
    await wait(STEP_MS);
  }
  t.same([upstream.reads.held, upstream.isHeld], [0, false]);
});

t.test('who is asked anew after an error is not left waiting', { skip }, async (t) => {
  const { upstream, client } = await start(t);
  upstream.fails = true;
  const failures = (): number => upstream.steps.filter((step) => step === 'failed').length;
  for (let sent = 0; failures() < 10 && sent < SENT_MAX; sent += 1) {
    client.send(message(sent));
    await wait(STEP_MS);
  }
  t.ok(failures() >= 10, `${failures()} errors`);
  const then = upstream.steps.filter((_, i) => upstream.steps[i - 1] === 'failed');
  t.same(new Set(then), new Set(['release']), 'it leaves at once, and the event loop has its turn');
});
