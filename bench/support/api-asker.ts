// A thread that asks the API for one thing after another, behind all others that want a processor: in the field it is on another machine.
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';

const NICENESS = 19;

const { urls } = workerData as { readonly urls: readonly string[] };
let isOver = false;
parentPort?.once('message', () => {
  isOver = true;
});
if (process.platform === 'linux') setPriority(NICENESS);
let answers = 0;
for (let i = 0; !isOver; i += 1) {
  const answer = await fetch(urls[i % urls.length] ?? '');
  await answer.arrayBuffer();
  if (answer.ok) answers += 1;
}
parentPort?.postMessage(answers);
parentPort?.close();
