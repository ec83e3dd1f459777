// Resolver threads and new settings: one that refuses, dies or is late leaves no two of them under different rules.

import { pino } from 'pino';
import t from 'tap';
import { settingsOf } from '../../../src/daemon/settings.ts';
import type { Settings } from '../../../src/daemon/threads/messages.ts';
import { Pool } from '../../../src/daemon/threads/pool.ts';
import { createAsked } from '../../../src/events/asked.ts';
import { createBudgets } from '../../../src/resolver/budgets.ts';
import { configOf } from '../../support/config-text.ts';
import { FakeThread, type Play, willing } from '../../support/fake-thread.ts';
import { ruleSetOf } from '../../support/rule-set.ts';
import { until } from '../../support/tool.ts';

const config = configOf('groups:\n  default: { clients: [any], lists: [] }\n');

const settings = (): Settings =>
  settingsOf({ config, ruleSet: ruleSetOf([], []), hosts: [], certificate: null, paused: [], known: [] });

function poolOf(plays: readonly Play[]): { pool: Pool; threads: FakeThread[]; troubles: string[] } {
  const threads: FakeThread[] = [];
  const troubles: string[] = [];
  const make = (play: Play): FakeThread => {
    const thread = new FakeThread(play);
    threads.push(thread);
    return thread;
  };
  const pool = new Pool({
    assignments: plays.map((_, worker) => ({
      asked: createAsked(),
      budgets: createBudgets(1, 16),
      worker,
      boot: 'boot',
      counters: new SharedArrayBuffer(8),
      hitRing: new SharedArrayBuffer(8),
      queryRing: null,
    })),
    first: make(plays[0] ?? willing).prestarted,
    settings: settings(),
    log: pino({ level: 'silent' }),
    onTrouble: ({ text }) => troubles.push(text),
    onZoneMessage: () => Promise.resolve(null),
    onZoneConnection: () => undefined,
    onForwarded: () => undefined,
    prestart: (worker) =>
      make(threads.length < plays.length ? (plays[worker] ?? willing) : willing).prestarted,
    prepareMs: 50,
  });
  return { pool, threads, troubles };
}

const kinds = (thread: FakeThread | undefined): string[] => thread?.got.map(({ kind }) => kind) ?? [];

t.test('settings are prepared by all, then committed by all', async (t) => {
  const { pool, threads } = poolOf([willing, willing]);
  const next = settings();
  await pool.prepare(next, 2);
  t.same(threads.map(kinds), [['prepare'], ['prepare']]);
  t.equal(await pool.commit(next, 2), true);
  t.same(threads.map(kinds), [
    ['prepare', 'commit'],
    ['prepare', 'commit'],
  ]);
});

t.test('one that refuses says why, and none was told to turn', async (t) => {
  const refuse: Play = (message, thread) => {
    if (message.kind === 'prepare')
      thread.say({ kind: 'prepared', sequence: message.sequence, error: 'no such group' });
  };
  const { pool, threads } = poolOf([willing, refuse]);
  await t.rejects(pool.prepare(settings(), 2), /no such group/);
  pool.tell({ kind: 'drop', revision: 2 });
  t.same(threads.map(kinds), [
    ['prepare', 'drop'],
    ['prepare', 'drop'],
  ]);
});

t.test(
  'one that dies while it prepares does not stop the others, and its successor begins with what is in force',
  async (t) => {
    const { pool, threads, troubles } = poolOf([
      willing,
      (message, thread) => {
        if (message.kind === 'prepare') queueMicrotask(() => thread.emit('exit', 1));
      },
    ]);
    const next = settings();
    await pool.prepare(next, 2);
    t.equal(await pool.commit(next, 2), true);
    const successor = await until('the successor', () => threads[2]);
    t.equal(successor.born?.settings.ruleSet, next.ruleSet);
    t.equal(pool.deaths, 1);
    t.match(troubles, [/resolver thread 1 ended and is replaced/]);
  },
);

t.test('one that was started in between is given all of it', async (t) => {
  let known = false;
  const { pool, threads } = poolOf([
    willing,
    (message, thread) => {
      if (message.kind === 'prepare') {
        known = true;
        thread.say({ kind: 'prepared', sequence: message.sequence, error: null });
      }
      if (message.kind === 'commit')
        thread.say({ kind: 'committed', sequence: message.sequence, isKnown: known && message.revision < 0 });
    },
  ]);
  const next = settings();
  await pool.prepare(next, 2);
  t.equal(await pool.commit(next, 2), false);
  const [, thread] = threads;
  await until('all settings to be given', () => kinds(thread).length === 4);
  t.same(kinds(thread), ['prepare', 'commit', 'prepare', 'commit']);
  t.match(thread?.got[2], { changes: { ruleSet: next.ruleSet, config } });
});

t.test('one that is late turns in its order; where all are late the change is refused', async (t) => {
  const silent: Play = () => undefined;
  const { pool, threads } = poolOf([willing, silent]);
  const next = settings();
  await pool.prepare(next, 2);
  void pool.commit(next, 2);
  await until('both to be told', () => kinds(threads[1]).length === 2);
  t.same(kinds(threads[1]), ['prepare', 'commit'], 'waiting for it, in order');
  const other = poolOf([silent]);
  await t.rejects(other.pool.prepare(settings(), 2), /no resolver thread answered in time/);
});

t.test('one that will not take what is in force is replaced', async (t) => {
  const { pool, threads } = poolOf([
    willing,
    (message, thread) => {
      if (message.kind === 'prepare')
        thread.say({
          kind: 'prepared',
          sequence: message.sequence,
          error: message.revision < 0 ? 'out of memory' : null,
        });
      if (message.kind === 'commit')
        thread.say({ kind: 'committed', sequence: message.sequence, isKnown: false });
    },
  ]);
  const next = settings();
  await pool.prepare(next, 2);
  await pool.commit(next, 2);
  await until('it to be ended', () => threads[1]?.isTerminated);
  const successor = await until('the successor', () => threads[2]);
  t.equal(successor.born?.settings.ruleSet, next.ruleSet);
});
