// A thread with a forwarder that asks forty questions and waits: for tests of what is left when it is ended.
import { workerData } from 'node:worker_threads';
import type { UpstreamsConfig } from '../../src/config/config.ts';
import { createForwarder } from '../../src/upstream/forward.ts';
import { query } from './message.ts';

const forwarder = createForwarder({ upstreams: workerData as UpstreamsConfig, now: () => performance.now() });
await forwarder.ready;
for (let i = 0; i < 40; i += 1) {
  const message = query(`n${i}.test`);
  forwarder.ask(message, message.length, { settled: () => {} }, i);
}
