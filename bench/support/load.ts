// Load on a server: as many queries as dnsperf and the server can do; and a wait until a server answers.
import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Latency } from './pace.ts';
import { plainQuery } from './query.ts';

export interface Load {
  readonly sent: number;
  readonly completed: number;
  readonly perSecond: number;
}

/** DoH by POST and by GET. */
export type Transport = 'udp' | 'tcp' | 'dot' | 'doh' | 'doh-get';

export interface LoadOptions {
  readonly port: number;
  readonly file: string;
  readonly seconds: number;
  readonly transport?: Transport;
  readonly clients?: number;
  readonly outstanding?: number;
  /** Each question of the file at most once: the load ends when there are no more. */
  readonly once?: boolean;
}

export async function load(options: LoadOptions): Promise<Load> {
  const { port, file, seconds, transport = 'udp', clients = 4, outstanding = 200, once = false } = options;
  const method = transport === 'doh-get' ? 'GET' : 'POST';
  const isDoh = transport.startsWith('doh');
  const { stdout } = await promisify(execFile)('dnsperf', [
    '-s', '127.0.0.1', '-p', String(port), '-d', file, '-l', String(seconds), '-m', isDoh ? 'doh' : transport,
    '-c', String(clients), '-q', String(outstanding), '-e', '-t', '2', '-b', '4096',
    ...(once ? ['-n', '1'] : []), ...(isDoh ? ['-O', 'doh-uri=https://localhost/dns-query', '-O', `doh-method=${method}`] : []),
  ], { maxBuffer: 1 << 26 }); // biome-ignore format: pairs
  const number = (label: string): number =>
    Number(new RegExp(`${label}:\\s+([\\d.]+)`).exec(stdout)?.[1] ?? 0);
  return {
    sent: number('Queries sent'),
    completed: number('Queries completed'),
    perSecond: number('Queries per second'),
  };
}

/** Asks at a modest steady rate and times each answer; sleeps in between, so that it takes no core from what is measured. */
export async function latency(
  port: number,
  file: string,
  perSecond: number,
  seconds: number,
): Promise<Latency> {
  const names = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(' ')[0] ?? '');
  const queries = names.slice(0, 20_000).map((name, i) => plainQuery(name, i & 0xffff));
  const socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 21 });
  await new Promise<void>((resolve) => socket.connect(port, '127.0.0.1', () => resolve()));
  const sentAt = new Float64Array(65_536);
  const times: number[] = [];
  let sent = 0;
  socket.on('message', (message) => {
    const id = message.readUInt16BE(0);
    const begun = sentAt[id] ?? 0;
    if (begun === 0) return;
    sentAt[id] = 0;
    times.push((performance.now() - begun) * 1000);
  });
  const begunMs = performance.now();
  while (performance.now() - begunMs < seconds * 1000) {
    const due = Math.floor(((performance.now() - begunMs) * perSecond) / 1000);
    for (let burst = 0; sent < due && burst < 50; burst += 1) {
      const query = queries[sent % queries.length];
      if (query === undefined) break;
      const id = sent & 0xffff;
      query.writeUInt16BE(id, 0);
      sentAt[id] = performance.now();
      socket.send(query);
      sent += 1;
    }
    await wait(0);
  }
  await wait(300);
  socket.close();
  times.sort((a, b) => a - b);
  const at = (share: number): number =>
    Math.round(times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0);
  return { perSecond, lost: sent - times.length, p50Us: at(0.5), p99Us: at(0.99), p999Us: at(0.999) };
}

/** Resolves once a name is answered; the seconds it took. */
export function untilAnswered(port: number, name: string, limitSeconds: number): Promise<number> {
  return until(port, name, limitSeconds, () => true);
}

/** Resolves once a name is answered with a record, as a listed one is; the seconds it took, to a twentieth. */
export function untilBlocked(port: number, name: string, limitSeconds: number): Promise<number> {
  // Seldom: answers are timed meanwhile.
  return until(port, name, limitSeconds, (message) => message.readUInt16BE(6) > 0, 50);
}

async function until(
  port: number,
  name: string,
  limitSeconds: number,
  isIt: (message: Buffer) => boolean,
  stepMs = 5,
): Promise<number> {
  const begunMs = performance.now();
  const socket = createSocket('udp4');
  let answered = false;
  socket.on('message', (message) => {
    answered ||= isIt(message);
  });
  socket.on('error', () => undefined);
  const query = plainQuery(name, 1);
  while (!answered) {
    if (performance.now() - begunMs > limitSeconds * 1000) {
      socket.close();
      throw new Error(`no such answer on port ${port} within ${limitSeconds} s`);
    }
    socket.send(query, port, '127.0.0.1', () => undefined);
    await wait(stepMs);
  }
  socket.close();
  return (performance.now() - begunMs) / 1000;
}
