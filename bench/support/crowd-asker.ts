// A thread that asks from many addresses as fast as it is answered, with a bounded number of queries outstanding.
//
// Started by crowd.ts. One socket on all addresses: each query says by its control data whom it is from, so that ten thousand clients
// need no ten thousand sockets.
import { parentPort, workerData } from 'node:worker_threads';
import { Datagrams, Path } from '../../src/native/datagrams.ts';
import { loadLibc } from '../../src/native/libc.ts';
import { Query } from '../../src/wire/message/query.ts';
import { addressOf, type CrowdOptions } from './crowd.ts';
import type { Load } from './load.ts';
import { plainQuery } from './query.ts';
import { Sleep } from './sleep.ts';

const BATCH = 32;
const OUTSTANDING = 200;
const RECEIVE_OCTETS = 4 * 1024 * 1024;
/** What was not answered for so long is lost. */
const LOST_MS = 500;
const SLEEP_US = 20_000;
/** Coprime to the numbers of addresses in use: neighbours do not follow one another. */
const STEP = 7919;

async function ask({ port, names, addresses, seconds, distinct }: CrowdOptions): Promise<Load> {
  const libc = await loadLibc();
  if (typeof libc === 'string') throw new Error(`${libc}; without it nobody can ask from many addresses`);
  const local = { host: '0.0.0.0', port: 0 };
  const { fd } = libc.openSocket(local, {
    reusePort: false,
    receiveBufferOctets: RECEIVE_OCTETS,
    pktinfo: true,
  });
  const going = new Datagrams(libc, BATCH, false, true);
  const coming = new Datagrams(libc, BATCH, false, true);
  const paths = Array.from({ length: addresses }, (_, i) => {
    const path = new Path();
    new Uint8Array(path.local.buffer).set(addressOf(i));
    path.hasLocal = true;
    return path;
  });
  const queries = names.map((name) => plainQuery(name, 0));
  const target = new Query(new Uint8Array(0), new Uint8Array(0));
  target.address.set([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1]);
  target.port = port;
  const sleep = new Sleep([fd]);
  const limit = distinct ?? Number.POSITIVE_INFINITY;
  const [beganMs, most] = [performance.now(), seconds * 1000];
  let [sent, completed, outstanding, heardMs] = [0, 0, 0, beganMs];

  const queryOf = (number: number): Uint8Array | undefined =>
    distinct === undefined
      ? queries[number % queries.length]
      : plainQuery(`h${number}.${names[0] ?? 'test'}`, 0);
  const send = (): void => {
    const count = Math.min(BATCH, OUTSTANDING - outstanding, limit - sent);
    for (let i = 0; i < count; i += 1) {
      const [query, octets] = [queryOf(sent + i), going.octets[i]];
      const path = paths[((sent + i) * STEP) % addresses];
      if (query === undefined || octets === undefined || path === undefined) return;
      octets.set(query);
      octets[0] = (sent + i) >>> 8;
      octets[1] = sent + i;
      going.address(i, query.length, target, path);
    }
    const taken = Math.max(0, going.send(libc, fd, 0, count));
    sent += taken;
    outstanding += taken;
  };

  for (let nowMs = beganMs; ; nowMs = performance.now()) {
    const isOver = nowMs - beganMs >= most || sent >= limit;
    if (isOver && (outstanding === 0 || nowMs - heardMs > LOST_MS)) break;
    if (!isOver && outstanding < OUTSTANDING) send();
    const count = coming.receive(libc, fd);
    if (count > 0) {
      completed += count;
      outstanding = Math.max(0, outstanding - count);
      heardMs = nowMs;
      coming.rearm(count);
    } else if (nowMs - heardMs > LOST_MS) [outstanding, heardMs] = [0, nowMs];
    else if (outstanding >= OUTSTANDING || isOver) sleep.for(SLEEP_US);
  }
  libc.closeSocket(fd);
  return { sent, completed, perSecond: Math.round((completed * 1000) / (performance.now() - beganMs)) };
}

parentPort?.postMessage(await ask(workerData as CrowdOptions));
