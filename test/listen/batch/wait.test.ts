// Waiting for the next queries: what comes meanwhile does not wake the event loop, and where they come thick the read itself waits.
import { createSocket } from 'node:dgram';
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { READ_WAITS, READ_WAITS_MS, Wait } from '../../../src/listen/batch/wait.ts';
import { whyNoBatch } from '../../../src/listen/udp-batch.ts';
import { Datagrams } from '../../../src/native/datagrams.ts';
import { type Libc, loadLibc } from '../../../src/native/libc.ts';
import { READY } from '../../../src/native/linger.ts';
import { Poller } from '../../../src/native/poller.ts';

const skip = (await whyNoBatch()) ?? false;
/** Between two waits of queries that come thick. */
const SHORT_MS = 0.1;

interface Set {
  readonly libc: Libc;
  readonly fd: number;
  readonly wait: Wait;
  /** How often the event loop was woken. */
  readonly wakes: () => number;
  readonly send: () => Promise<void>;
}

async function setUp(t: Test): Promise<Set> {
  const libc = (await loadLibc()) as Libc;
  const options = { reusePort: false, receiveBufferOctets: 65_536, pktinfo: false, blocksMs: READ_WAITS_MS };
  const { fd, port } = libc.openSocket({ host: '127.0.0.1', port: 0 }, options);
  let wakes = 0;
  const poller = new Poller(libc, () => {
    wakes += 1;
  });
  poller.watch(fd, 0);
  const sender = createSocket('udp4');
  t.teardown(() => {
    sender.close();
    poller.close();
    libc.closeSocket(fd);
  });
  const send = (): Promise<void> =>
    new Promise((resolve) => sender.send('hello', port, '127.0.0.1', () => resolve()));
  await send();
  // Until all that opening them left to the event loop is done.
  while (wakes < 3) await pause(1);
  return { libc, fd, wait: new Wait(libc, poller, fd, 0), wakes: () => wakes, send };
}

t.test('what comes does not wake the event loop until the wait is over', { skip }, async (t) => {
  const { wait, wakes } = await setUp(t);
  wait.begin(0);
  t.equal(wait.next(0, false, 0, null), READY.own, 'a datagram is there');
  const before = wakes();
  for (let i = 0; i < 5; i += 1) await pause(1);
  t.equal(wakes(), before, 'the loop does not hear of it');
  wait.end(true);
  wait.end(false);
  for (let i = 0; i < 5; i += 1) await pause(1);
  t.equal(wakes(), before, 'nor afterwards, where the listener cannot send');
  wait.begin(0);
  t.equal(wait.next(0, false, 0, null), READY.own);
  wait.end(false);
  while (wakes() === before) await pause(1);
  t.pass('else it hears of what has been there all the time');
});

t.test('the read waits where eight waits took two milliseconds at most', { skip }, async (t) => {
  const { wait } = await setUp(t);
  let nowMs = 0;
  const row = (count: number, stepMs: number, owed = 0): number[] =>
    Array.from({ length: count }, () => {
      nowMs += stepMs;
      return wait.next(nowMs, false, owed, null);
    });
  const [looks, reads] = [READY.own, READ_WAITS];
  wait.begin(nowMs);
  t.same(row(8, SHORT_MS), Array(8).fill(looks), 'it is seen at the eighth');
  t.same(row(16, SHORT_MS), [...Array(7).fill(reads), looks, ...Array(7).fill(reads), looks]);
  t.same(row(2, SHORT_MS, 1), [looks, looks], 'not while a query waits for its answer');
  wait.begin(nowMs);
  t.same(row(8, 1), [...Array(7).fill(reads), looks], 'they come less thick: seen at the eighth');
  t.same(row(8, 1), Array(8).fill(looks));
  t.equal(row(1, 20)[0], READY.nothing, 'the event loop has its turn');
});

t.test('a read that found nothing is followed by a look at the event loop', { skip }, async (t) => {
  const { libc, fd, wait } = await setUp(t);
  const datagrams = new Datagrams(libc, 8, false, false);
  t.equal(datagrams.receive(libc, fd, true), 1, 'what is there is read at once');
  datagrams.rearm(1);
  t.ok(datagrams.receive(libc, fd, true) <= 0, 'nothing has come until the time was over');

  wait.begin(0);
  for (let i = 1; i <= 8; i += 1) {
    const immediate = turn();
    t.equal(wait.next(i * SHORT_MS, false, 0, null), READY.nothing, 'the loop has something to do');
    await immediate;
    await pause(1);
  }
  t.equal(wait.next(0.9, false, 0, null), READ_WAITS);
  const immediate = turn();
  t.equal(wait.next(1, true, 0, null), READY.nothing);
  await immediate;
  await pause(1);
  t.equal(wait.next(1.1, false, 0, null), READ_WAITS, 'the kernel tick alone ended it: they come as thick');
  wait.end(false);
});
