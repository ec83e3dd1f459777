// A thread that takes a share of a processor and does nothing with it, a few milliseconds at a time, as a thread that answers would.
import { parentPort, workerData } from 'node:worker_threads';

const TURN_MS = 10;

const { share } = workerData as { readonly share: number };
let isOver = false;
parentPort?.once('message', () => {
  isOver = true;
  parentPort?.close();
});

function turn(): void {
  if (isOver) return;
  const begun = process.threadCpuUsage();
  const us = share * TURN_MS * 1000;
  for (let used = 0; used < us; ) {
    const { user, system } = process.threadCpuUsage(begun);
    used = user + system;
  }
  setTimeout(turn, TURN_MS * Math.max(0, 1 - share));
}
turn();
