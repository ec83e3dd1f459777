// A resolver thread that loads its code before it is told what it is: the daemon starts one while it reads its configuration.
import { flushCompileCache } from 'node:module';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { WorkerAssignment } from './messages.ts';

export interface Prestarted {
  readonly thread: Worker;
  /** Takes one WorkerAssignment. */
  readonly assignment: MessagePort;
  /** Why it could not be started, or ended before it was assigned; null while it waits. */
  readonly failure: () => Error | null;
}

/** It keeps no process alive until it is assigned. */
export function prestart(worker: number): Prestarted {
  const { port1: assignment, port2 } = new MessageChannel();
  const thread = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: port2,
    transferList: [port2],
    name: `resolver-${worker}`,
  });
  thread.unref();
  let failure: Error | null = null;
  thread.on('error', (error: unknown) => {
    failure ??= error instanceof Error ? error : new Error(String(error));
  });
  return { thread, assignment, failure: () => failure };
}

/** From here on it lives by itself. @throws Error when it could not be started */
export function assign({ thread, assignment, failure }: Prestarted, to: WorkerAssignment): Worker {
  const error = failure();
  if (error !== null)
    throw new Error(
      /EMFILE/.test(error.message)
        ? 'too many open files to start a thread; raise LimitNOFILE= (systemd) or "ulimit -n"'
        : `a resolver thread could not be started: ${error.message}`,
      { cause: error },
    );
  thread.ref();
  assignment.postMessage(to);
  return thread;
}

/** In the thread: what it is assigned to, once the main thread knows. Node keeps the code it read beside what V8 made of it, 3 MiB, until it is flushed. */
export function assignmentOf(port: MessagePort): Promise<WorkerAssignment> {
  flushCompileCache();
  return new Promise((resolve) =>
    port.once('message', (assignment: WorkerAssignment) => {
      port.close();
      resolve(assignment);
    }),
  );
}
