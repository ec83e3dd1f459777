// What resolver threads are told of a reload is only what is another than before: queries wait while they take it over.
import t from 'tap';
import type { Parts } from '../../src/daemon/in-force.ts';
import { hostsRecords } from '../../src/daemon/machine/hosts-file.ts';
import { changesOf, settingsOf } from '../../src/daemon/settings.ts';
import type { Settings } from '../../src/daemon/threads/messages.ts';
import { configOf } from '../support/config-text.ts';
import { ruleSetOf } from '../support/rule-set.ts';

const config = configOf('groups:\n  default: { clients: [any], lists: [] }\n');
const ruleSet = ruleSetOf([], []);

const settings = (more: Partial<Parts> = {}): Settings =>
  settingsOf({ config, ruleSet, known: [], paused: [], hosts: [], certificate: null, ...more });

t.test('the same again is nothing', async (t) => {
  t.same(changesOf(settings(), settings()), {});
});

t.test('new rules go alone, and a pause does', async (t) => {
  const next = ruleSetOf([], []);
  t.same(Object.keys(changesOf(settings(), settings({ ruleSet: next }))), ['ruleSet']);
  t.same(changesOf(settings(), settings({ paused: ['default', 'gone'] })), { paused: [true] });
});

t.test('a config that was read anew goes, since nobody looks what is in it', async (t) => {
  const changes = changesOf(settings(), settings({ config: { ...config } }));
  t.same(Object.keys(changes), ['config']);
});

t.test('a hosts file that changed goes though the config that names it has not', async (t) => {
  const hosts = hostsRecords('192.0.2.1 a.example\n');
  t.same(Object.keys(changesOf(settings(), settings({ hosts }))), ['hosts']);
});
