// A policy zone by transfer is what its primary says it is, be it nothing: a higher serial is nobody's accident.
import t from 'tap';
import { gapProblem, listProblem } from '../../../src/lists/library/list-problem.ts';
import { textToAddress } from '../../../src/wire/names/address.ts';
import { listConfig } from '../../support/lists-compile.ts';
import { openLibrary } from '../../support/lists-library.ts';
import { startZoneServer } from '../../support/zone-server.ts';

const rules = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `n${i}.example.rpz.example. 60 CNAME .`);

t.test('a zone that becomes empty is in force as empty, and comes back', async (t) => {
  const server = await startZoneServer(t);
  server.zone = { serial: 1, records: rules(50) };
  const dir = t.testdir({});
  const lists = [
    listConfig({ name: 'zone', source: `rpz://127.0.0.1:${server.port}/rpz.example`, action: 'zone' }),
  ];
  const { step, clock } = await openLibrary(dir, lists);
  const first = await step();
  t.match(first.status, [{ condition: 'good', entries: 50 }]);
  t.equal(first.ask('n7.example'), 'nxdomain');

  server.zone = { serial: 2, records: rules(1) };
  clock.ms += 86_400_000;
  t.match(
    (await step()).status,
    [{ condition: 'good', entries: 1 }],
    'maxShrink does not stop a higher serial',
  );

  server.zone = { serial: 3, records: [] };
  clock.ms += 86_400_000;
  const emptied = await step();
  t.match(emptied.status, [
    { condition: 'empty', inForce: true, overdue: false, entries: 0, lastError: null },
  ]);
  t.equal(emptied.ask('n0.example'), 'none');
  t.match(emptied.events, [{ kind: 'changed', isTrouble: false, message: /in force as empty/ }]);

  const again = await openLibrary(dir, lists, { clock });
  t.match((await again.step()).status, [{ condition: 'empty', inForce: true }], 'after a restart too');

  server.zone = { serial: 4, records: rules(3) };
  clock.ms += 86_400_000;
  t.match((await again.step()).status, [{ condition: 'good', entries: 3 }]);
});

t.test('a zone whose serial went back is held against what is in force', async (t) => {
  const server = await startZoneServer(t);
  server.zone = { serial: 7, records: rules(50) };
  const source = `rpz://127.0.0.1:${server.port}/rpz.example`;
  const { step, clock } = await openLibrary(t.testdir({}), [
    listConfig({ name: 'zone', source, action: 'zone' }),
  ]);
  await step();
  server.zone = { serial: 1, records: rules(2) };
  clock.ms += 86_400_000;
  const refused = await step();
  t.match(refused.status, [{ condition: 'refused', entries: 50, lastError: { code: 'LIST_SHRANK' } }]);
  t.equal(refused.ask('n49.example'), 'nxdomain');
});

t.test('a zone that is empty when it is first seen is empty by its owner', async (t) => {
  const server = await startZoneServer(t);
  const source = `rpz://127.0.0.1:${server.port}/rpz.example`;
  const { step } = await openLibrary(t.testdir({}), [listConfig({ name: 'zone', source, action: 'zone' })]);
  t.match((await step()).status, [{ condition: 'empty', overdue: false, lastError: null }]);
});

t.test(
  'a zone with triggers that a forwarder does not see is good, and its gap is a problem that health shows',
  async (t) => {
    const server = await startZoneServer(t);
    const triggers = [
      'ns.evil.example.rpz-nsdname.rpz.example. 60 CNAME .',
      '24.0.2.0.192.rpz-nsip.rpz.example. 60 CNAME .',
    ];
    server.zone = { serial: 1, records: [...rules(3), ...triggers] };
    const source = `rpz://127.0.0.1:${server.port}/rpz.example`;
    const { step, clock } = await openLibrary(t.testdir({}), [
      listConfig({ name: 'zone', source, action: 'zone' }),
    ]);
    const loaded = await step();
    const [status] = loaded.status;
    t.match(status, { condition: 'good', entries: 3 });
    t.match(loaded.events, [
      { kind: 'changed', message: /^list zone: 3 entries \(rpz\); not all of it is in force: 2 a trigger/ },
    ]);
    t.equal(listProblem(status!), null);
    t.match(gapProblem(status!), {
      id: 'list:zone:gaps',
      what: /^not all of list zone is in force: 2 a trigger on name servers .*: not in force$/,
      remedy: /are not blocked/,
    });
    server.zone = { serial: 2, records: rules(3) };
    clock.ms += 86_400_000;
    const mended = await step();
    t.equal(gapProblem(mended.status[0]!), null);
    t.match(mended.events, [{ message: 'list zone: 3 entries (rpz)' }]);
  },
);

t.test('a NOTIFY is for each list that is that zone at that primary', async (t) => {
  const zone = (name: string, url: string) => listConfig({ name, source: url, action: 'zone' });
  const { library } = await openLibrary(t.testdir({}), [
    zone('servers', 'rpz://192.0.2.1/rpz.example'),
    zone('elsewhere', 'rpz://192.0.2.2/rpz.example'),
    zone('trial', 'rpz://192.0.2.1:5300/rpz.example'),
    zone('another', 'rpz://192.0.2.1/other.example'),
  ]);
  const notify = Buffer.from('0001200000010000000000000372707a076578616d706c650000060001', 'hex');
  const told = (from: string) => library.notified(notify, textToAddress(from) ?? new Uint8Array(16));
  t.match(told('192.0.2.1'), { refused: null, lists: ['servers', 'trial'] });
  t.match(told('192.0.2.2'), { refused: null, lists: ['elsewhere'] });
  t.match(told('192.0.2.3'), { refused: /does not come from the primary/, lists: ['servers'] });
});
