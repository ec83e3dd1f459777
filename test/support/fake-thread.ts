// Threads that a test plays itself: what they are sent is written down, what they say the test decides.
import { EventEmitter } from 'node:events';
import type { MessagePort, Worker } from 'node:worker_threads';
import type { ToWorker, WorkerAssignment } from '../../src/daemon/threads/messages.ts';
import type { Prestarted } from '../../src/daemon/threads/prestart.ts';

export type Play = (message: ToWorker, thread: FakeThread) => void;

export class FakeThread extends EventEmitter {
  readonly got: ToWorker[] = [];
  born: WorkerAssignment | null = null;
  isTerminated = false;
  play: Play;

  constructor(play: Play) {
    super();
    this.play = play;
  }

  get prestarted(): Prestarted {
    const assignment = {
      postMessage: (as: WorkerAssignment): void => {
        this.born = as;
      },
    };
    return {
      thread: this as unknown as Worker,
      assignment: assignment as unknown as MessagePort,
      failure: () => null,
    };
  }

  ref(): void {}

  postMessage(message: ToWorker): void {
    this.got.push(message);
    this.play(message, this);
  }

  async terminate(): Promise<number> {
    this.isTerminated = true;
    this.emit('exit', 1);
    return 1;
  }

  /** As if it had said so, in a turn of its own. */
  say(message: unknown): void {
    queueMicrotask(() => this.emit('message', message));
  }
}

/** Says yes to everything it is asked. */
export const willing: Play = (message, thread) => {
  if (message.kind === 'prepare') thread.say({ kind: 'prepared', sequence: message.sequence, error: null });
  if (message.kind === 'commit') thread.say({ kind: 'committed', sequence: message.sequence, isKnown: true });
  if (message.kind === 'listen')
    thread.say({ kind: 'listening', bound: { dns: ['127.0.0.1:5300'], tls: [], https: [] }, notes: [] });
};
