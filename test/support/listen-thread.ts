// A thread with one batched listener, which ends as it is told to.
import { parentPort, workerData } from 'node:worker_threads';
import { openUdpBatch, whyNoBatch } from '../../src/listen/udp-batch.ts';
import { Echo } from './listen-messages.ts';
import { listenOptions } from './listen-options.ts';

const address = { host: '127.0.0.1', port: workerData as number };
const unavailable = await whyNoBatch();
let bound = '';
if (unavailable === null) ({ bound } = await openUdpBatch(address, new Echo().answer, listenOptions()));
parentPort?.on('message', (how: string) => {
  if (how === 'exit') process.exit(0);
  if (how === 'throw') throw new Error('as told');
  if (how === 'memory')
    for (const hoard: unknown[] = []; ; ) hoard.push(new Array(1_000).fill(0).map(String));
});
parentPort?.postMessage({ bound, unavailable });
