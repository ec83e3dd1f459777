// A thread that asks at a steady rate and times each answer. Between queries far enough apart it sleeps, to the microsecond:
// clients are on other machines, and one that never slept would take one of two processors from what is measured. Nor does it
// make up for its own waits for a processor, by queries all at once that no client would send.
//
// Started by pace.ts. A time counts from the sending of a query, not from when it was due; `perSecond` says what was reached.
import { parentPort, workerData } from 'node:worker_threads';
import { Datagrams, Path } from '../../src/native/datagrams.ts';
import { loadLibc } from '../../src/native/libc.ts';
import { Query } from '../../src/wire/message/query.ts';
import type { Latency, PaceOptions } from './pace.ts';
import { plainQuery } from './query.ts';
import { Sleep } from './sleep.ts';

const BATCH = 64;
/** Several, so that a server with threads on one port gets its queries on all of them. */
const SOCKETS = 4;
const RECEIVE_OCTETS = 4 * 1024 * 1024;
/** To fall asleep and wake takes some of it. */
const SLEEP_US_MIN = 50;
/** How long the last answers are waited for. */
const LAST_MS = 500;

async function pace({ port, names, perSecond, seconds }: PaceOptions): Promise<Latency> {
  const libc = await loadLibc();
  if (typeof libc === 'string') throw new Error(`${libc}; without it latencies cannot be measured`);
  const local = { host: '127.0.0.1', port: 0 };
  const sockets = Array.from(
    { length: SOCKETS },
    () =>
      libc.openSocket(local, { reusePort: false, receiveBufferOctets: RECEIVE_OCTETS, pktinfo: false }).fd,
  );
  const going = new Datagrams(libc, BATCH, false, false);
  const coming = new Datagrams(libc, BATCH, false, false);
  const queries = names.map((name) => plainQuery(name, 0));
  const target = new Query(new Uint8Array(0), new Uint8Array(0));
  target.address.set([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1]);
  target.port = port;
  const path = new Path();
  const sentMs = new Float64Array(65_536);
  const times = new Float64Array(Math.ceil(perSecond * seconds * 1.1) + BATCH);
  let sent = 0;
  let answered = 0;
  let turn = 0;
  const sleep = new Sleep(sockets);
  const gapMs = 1000 / perSecond;
  const mayRest = gapMs * 1000 >= SLEEP_US_MIN;
  /** When the first query would have been due, had it never been late. */
  let beganMs = performance.now();
  const endMs = beganMs + seconds * 1000;

  const send = (count: number, nowMs: number): void => {
    for (let i = 0; i < count; i += 1) {
      const query = queries[(sent + i) % queries.length];
      const octets = going.octets[i];
      if (query === undefined || octets === undefined) return;
      octets.set(query);
      const id = (sent + i) & 0xffff;
      octets[0] = id >>> 8;
      octets[1] = id;
      sentMs[id] = nowMs;
      going.address(i, query.length, target, path);
    }
    sent += Math.max(0, going.send(libc, sockets[turn % SOCKETS] ?? -1, 0, count));
    turn += 1;
  };
  const receive = (fd: number): void => {
    const count = coming.receive(libc, fd);
    if (count <= 0) return;
    const nowMs = performance.now();
    for (let i = 0; i < count; i += 1) {
      const octets = coming.octets[i];
      const id = octets === undefined ? 0 : ((octets[0] ?? 0) << 8) | (octets[1] ?? 0);
      if (sentMs[id] === 0) continue;
      times[answered] = nowMs - (sentMs[id] ?? 0);
      sentMs[id] = 0;
      answered += 1;
    }
    coming.rearm(count);
  };

  for (let nowMs = beganMs; nowMs < endMs || (answered < sent && nowMs < endMs + LAST_MS); ) {
    let due = Math.floor((nowMs - beganMs) / gapMs) - sent;
    if (mayRest && due > 1) {
      beganMs += (due - 1) * gapMs;
      due = 1;
    }
    if (due > 0 && nowMs < endMs) send(Math.min(due, BATCH), nowMs);
    for (const fd of sockets) receive(fd);
    nowMs = performance.now();
    const gapUs = (beganMs + (sent + 1) * gapMs - nowMs) * 1000;
    if (gapUs >= SLEEP_US_MIN) {
      sleep.for(gapUs);
      nowMs = performance.now();
    }
  }
  for (const fd of sockets) libc.closeSocket(fd);
  const sorted = times.subarray(0, answered).sort();
  const at = (share: number): number =>
    Math.round((sorted[Math.min(answered - 1, Math.floor(answered * share))] ?? 0) * 1000);
  return {
    perSecond: Math.round(sent / seconds),
    lost: sent - answered,
    p50Us: at(0.5),
    p99Us: at(0.99),
    p999Us: at(0.999),
  };
}

parentPort?.postMessage(await pace(workerData as PaceOptions));
