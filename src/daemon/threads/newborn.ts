// A resolver thread that loads its code before it is told what it is: the daemon has one made while it reads its configuration.
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { WorkerBirth } from './messages.ts';

export interface Newborn {
  readonly thread: Worker;
  /** Takes one WorkerBirth. */
  readonly birth: MessagePort;
}

/** It keeps no process alive until it is born. */
export function newborn(worker: number): Newborn {
  const { port1: birth, port2 } = new MessageChannel();
  const thread = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: port2,
    transferList: [port2],
    name: `resolver-${worker}`,
  });
  thread.unref();
  return { thread, birth };
}

/** From here on it lives by itself. */
export function bear({ thread, birth }: Newborn, as: WorkerBirth): Worker {
  thread.ref();
  birth.postMessage(as);
  return thread;
}

/** In the thread: what it is born as, once the main thread knows. */
export function birthOf(port: MessagePort): Promise<WorkerBirth> {
  return new Promise((resolve) =>
    port.once('message', (birth: WorkerBirth) => {
      port.close();
      resolve(birth);
    }),
  );
}
