// What a resolver thread does when it learns who is where.
import t from 'tap';
import { settingsOf } from '../../../src/daemon/settings.ts';
import { WhoAsks } from '../../../src/daemon/threads/who-asks.ts';
import { configOf } from '../../support/config-text.ts';
import { ruleSetOf } from '../../support/rule-set.ts';

t.test('what is asked once an address may be another’s is no part of a record from before', async (t) => {
  const done: string[] = [];
  const settings = settingsOf({
    config: configOf(''),
    ruleSet: { ...ruleSetOf([], []), revision: 1 },
    hosts: [],
    certificate: null,
    paused: [],
    known: [],
  });
  const who = new WhoAsks({
    settings: () => settings,
    neighbour: null,
    send: () => undefined,
    clocks: { now: () => 0, monotonic: () => 0 },
    handedOver: () => done.push('records written'),
    regroup: () => done.push('groups'),
  });
  who.heard();
  t.same(done, ['records written', 'groups'], 'under the groups in which it was asked');
});
