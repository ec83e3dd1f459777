// Has one resolver thread open its sockets.

import type { Worker } from 'node:worker_threads';
import { CodedError, messageOf } from '../../config/coded-error.ts';
import type { FromWorker, ListenProblem, Sockets, ToWorker } from './messages.ts';

export class PoolError extends CodedError {
  constructor(problem: ListenProblem) {
    super(problem.code, problem.message);
  }
}

export type Listening = Pick<Extract<FromWorker, { kind: 'listening' }>, 'bound' | 'notes'>;

/** Of what was thrown while sockets were opened. */
export function problemOf(error: unknown): ListenProblem {
  return { code: error instanceof CodedError ? error.code : 'EUNKNOWN', message: messageOf(error) };
}

/** @throws PoolError when an address cannot be opened, or the thread ends meanwhile */
export function listenOn(thread: Worker, sockets: Sockets, reusePort: boolean): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      thread.off('message', onMessage);
      thread.off('exit', onExit);
    };
    const onMessage = (message: FromWorker): void => {
      if (message.kind === 'listening') {
        done();
        resolve({ bound: message.bound, notes: message.notes });
      } else if (message.kind === 'cannotListen') {
        done();
        reject(new PoolError(message.problem));
      }
    };
    const onExit = (): void => {
      done();
      reject(
        new PoolError({
          code: 'WORKER_ENDED',
          message: 'a resolver thread ended while it opened its sockets',
        }),
      );
    };
    thread.on('message', onMessage);
    thread.on('exit', onExit);
    thread.postMessage({ kind: 'listen', sockets, reusePort } satisfies ToWorker);
  });
}
