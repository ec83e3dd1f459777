// Does jobs of reload-jobs.ts, each in its own time, until it is ended: the body of the thread of reload-thread.ts.
import { flushCompileCache } from 'node:module';
import { parentPort } from 'node:worker_threads';
import { RELOAD_JOBS } from './reload-jobs.ts';
import type { AskedOfThread, SaidByThread } from './reload-thread.ts';

const jobs: Readonly<Record<string, (asked: never) => Promise<unknown>>> = RELOAD_JOBS;
const say = (said: SaidByThread): void => parentPort?.postMessage(said);

parentPort?.on('message', ({ id, job, asked }: AskedOfThread) => {
  jobs[job]?.(asked as never).then(
    (answer) => {
      say({ id, answer });
      // Node keeps the text of what was loaded until then, 3 MiB.
      flushCompileCache();
    },
    () => say({ id, answer: null }),
  );
});
