// A hits thread that ends is replaced, and that is counted, told to receivers, and its successor is given what is in force.
import { EventEmitter } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { pino } from 'pino';
import t from 'tap';
import { HitsThread } from '../../../src/daemon/threads/hits-thread.ts';
import type { FromHits, HitsAssignment, ToHits } from '../../../src/desk/messages.ts';
import { settingsOf } from '../../support/hits-desk.ts';

class Thread extends EventEmitter {
  readonly heard: ToHits[] = [];

  postMessage(message: ToHits): void {
    this.heard.push(message);
  }
}

t.test(
  'the end of the hits thread is told and counted, and whoever asked is told that it ended',
  async (t) => {
    const threads: Thread[] = [];
    const begun = Promise.withResolvers<void>();
    const watched: (number | undefined)[] = [];
    const replacing: boolean[] = [];
    const hits = new HitsThread({
      assignment: { watchedSinceMs: 1000 } as HitsAssignment,
      settings: settingsOf(),
      log: pino({ level: 'silent' }),
      machines: () => ({ machines: [], merges: [], bindings: [] }),
      onSeen: () => undefined,
      spawn: ({ watchedSinceMs, isReplacement = false }) => {
        replacing.push(isReplacement);
        const thread = new Thread();
        threads.push(thread);
        watched.push(watchedSinceMs);
        if (threads.length === 2) begun.resolve();
        return thread as unknown as Worker;
      },
    });
    const [first] = threads;
    t.notOk(hits.isTakingOver);
    first?.emit('message', { kind: 'takingOver' } satisfies FromHits);
    t.ok(hits.isTakingOver);
    first?.emit('message', { kind: 'ready' } satisfies FromHits);
    t.notOk(hits.isTakingOver, 'what it says next it says when that is done');
    first?.emit('message', { kind: 'takingOver' } satisfies FromHits);
    t.equal(hits.deaths, 0);
    const answer = hits.ask({ what: 'state' });
    first?.emit('error', new Error('a module throws'));
    first?.emit('exit', 1);
    await t.rejects(answer, /the hits thread ended/);
    const askedMeanwhile = hits.ask({ what: 'turned' });
    await begun.promise;
    t.equal(hits.deaths, 1);
    t.notOk(hits.isTakingOver, 'the next says it itself');
    t.same(replacing, [false, true]);
    t.same(watched, [1000, undefined], 'what the first had taken out and not stored is a gap');
    const [settings, machines, question, trouble] = threads[1]?.heard ?? [];
    t.match(question, { kind: 'ask', question: { what: 'turned' } }, 'asked when there was none');
    if (question?.kind !== 'ask') return t.fail('its successor is not asked');
    threads[1]?.emit('message', { kind: 'answer', number: question.number, answer: true } satisfies FromHits);
    t.equal(await askedMeanwhile, true);
    t.match([settings?.kind, machines?.kind], ['settings', 'machines']);
    t.match(trouble, { kind: 'trouble', id: 'hits-thread', text: /ended and was replaced/, state: 'once' });
  },
);

t.test(
  'one that was asked to end stored all that it had: its successor begins there, and tells why',
  async (t) => {
    const threads: Thread[] = [];
    const begun = Promise.withResolvers<void>();
    const watched: (number | undefined)[] = [];
    const hits = new HitsThread({
      assignment: {} as HitsAssignment,
      settings: settingsOf(),
      log: pino({ level: 'silent' }),
      machines: () => ({ machines: [], merges: [], bindings: [] }),
      onSeen: () => undefined,
      spawn: ({ watchedSinceMs }) => {
        const thread = new Thread();
        threads.push(thread);
        watched.push(watchedSinceMs);
        if (threads.length === 2) begun.resolve();
        return thread as unknown as Worker;
      },
    });
    hits.replace({ id: 'events-dir', text: 'its folder is another', state: 'once' });
    t.match(threads[0]?.heard.at(-1), { kind: 'stop' });
    const beforeMs = Date.now();
    threads[0]?.emit('message', { kind: 'stopped' } satisfies FromHits);
    const afterMs = Date.now();
    threads[0]?.emit('exit', 0);
    await begun.promise;
    const sinceMs = watched[1] ?? 0;
    t.ok(sinceMs >= beforeMs && sinceMs <= afterMs, 'not from when it begins');
    t.match(threads[1]?.heard.at(-1), { kind: 'trouble', id: 'events-dir', text: 'its folder is another' });
  },
);
