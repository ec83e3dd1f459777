// What resolver threads are told of a reload is only what is another than before: queries wait while they take it over.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import t from 'tap';
import type { Config } from '../../src/config/config.ts';
import { changesOf, settingsOf } from '../../src/daemon/settings.ts';
import type { Settings } from '../../src/daemon/threads/messages.ts';
import { configOf } from '../support/config-text.ts';
import { ruleSetOf } from '../support/rule-set.ts';

const log = pino({ level: 'silent' });
const config = configOf('groups:\n  default: { clients: [any], lists: [] }\n');
const ruleSet = ruleSetOf([], []);

const settings = (more: { config?: Config; ruleSet?: typeof ruleSet; paused?: boolean[] } = {}): Settings =>
  settingsOf({ config, ruleSet, known: [], paused: [false], log, ...more });

t.test('the same again is nothing', async (t) => {
  t.same(changesOf(settings(), settings()), {});
});

t.test('new rules go alone, and a pause does', async (t) => {
  const next = ruleSetOf([], []);
  t.same(Object.keys(changesOf(settings(), settings({ ruleSet: next }))), ['ruleSet']);
  t.same(changesOf(settings(), settings({ paused: [true] })), { paused: [true] });
});

t.test('a config that was read anew goes, since nobody looks what is in it', async (t) => {
  const changes = changesOf(settings(), settings({ config: { ...config } }));
  t.same(Object.keys(changes), ['config']);
});

t.test('a hosts file that changed goes though the config that names it has not', async (t) => {
  const file = join(t.testdir({ hosts: '192.0.2.1 a.example\n' }), 'hosts');
  const named = { ...config, local: { ...config.local, hosts: file } };
  const before = settings({ config: named });
  writeFileSync(file, '192.0.2.2 a.example\n');
  const changes = changesOf(before, settings({ config: named }));
  t.same(Object.keys(changes), ['hosts']);
  t.ok(before.hosts.length > 0);
  t.notSame(changes.hosts, before.hosts);
});
