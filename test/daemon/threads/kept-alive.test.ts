// A thread that ends is replaced, also where the system has no room for another one at first.
import { EventEmitter } from 'node:events';
import type { Worker } from 'node:worker_threads';
import t from 'tap';
import { KeptAlive } from '../../../src/daemon/threads/kept-alive.ts';

t.test('a successor that cannot be started is tried again', async (t) => {
  const threads: EventEmitter[] = [];
  const told: string[] = [];
  let refusals = 2;
  const { promise: replaced, resolve } = Promise.withResolvers<void>();
  const kept = new KeptAlive<unknown>({
    spawn: () => {
      if (threads.length > 0 && refusals-- > 0) throw new Error('no room for a thread');
      const thread = new EventEmitter();
      threads.push(thread);
      return thread as Worker;
    },
    onMessage: () => undefined,
    onError: (error) => told.push(String(error)),
    onEnd: () => told.push('ended'),
    onReplaced: resolve,
    pausesMs: { first: 1, longest: 1 },
    stableMs: 1000,
  });
  threads[0]?.emit('exit', 1);
  t.equal(kept.isAlive, false);
  await replaced;
  t.same(told, ['ended', 'Error: no room for a thread', 'Error: no room for a thread']);
  t.equal(kept.isAlive, true);
  t.equal(kept.thread, threads[1] as Worker);
});
