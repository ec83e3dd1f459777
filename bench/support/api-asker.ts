// A thread that asks the API for one thing after another, each when it is due, behind all others that want a processor: in the field it
// is on another machine.
import { setPriority } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';

const NICENESS = 19;

const { urls, everyMs } = workerData as { readonly urls: readonly string[]; readonly everyMs: number };
let isOver = false;
parentPort?.once('message', () => {
  isOver = true;
});
if (process.platform === 'linux') setPriority(NICENESS);
let answers = 0;
const begun = performance.now();
for (let i = 0; !isOver; i += 1) {
  await wait(Math.max(0, begun + i * everyMs - performance.now()));
  const answer = await fetch(urls[i % urls.length] ?? '');
  await answer.arrayBuffer();
  if (answer.ok) answers += 1;
}
parentPort?.postMessage(answers);
parentPort?.close();
