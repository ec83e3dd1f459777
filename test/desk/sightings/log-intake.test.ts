// What goes into the query log of what resolver threads say: all of it, but what is left out or anonymised.
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { LogConfig } from '../../../src/config/config.ts';
import { parseClient } from '../../../src/config/values/clients.ts';
import { Pseudonyms, readKey } from '../../../src/querylog/pseudonyms.ts';
import { LogReader } from '../../../src/querylog/read/log-reader.ts';
import type { LogRow } from '../../../src/querylog/read/question.ts';
import { addressToText, textToAddress } from '../../../src/wire/names/address.ts';
import { type House, type HouseOptions, house } from '../../support/hits-desk.ts';

const LOG: LogConfig = {
  enabled: true,
  keepMs: 90 * 86_400_000,
  sizeOctets: 2 ** 30,
  anonymise: false,
  withoutClients: [],
  withoutNames: [],
};

function logging(
  t: Test,
  log: Partial<LogConfig> = {},
  more: Partial<HouseOptions['settings']> = {},
  options: Partial<HouseOptions> = {},
) {
  const dir = t.testdir();
  const own = house({ dir, settings: { log: { ...LOG, ...log }, ...more }, ...options });
  const reader = new LogReader(join(dir, 'log.db'));
  const rows = (): readonly LogRow[] => {
    own.settle();
    own.clock.advance(3000);
    own.settle();
    const filter = {
      sinceMs: 0,
      untilMs: 2 ** 50,
      who: null,
      name: null,
      qtype: null,
      outcome: null,
      list: null,
      upstream: null,
      users: [],
    };
    return reader.answer({ what: 'rows', filter, limit: 100, cursor: null }).rows;
  };
  t.teardown(() => reader.close());
  return { own, dir, rows };
}

const ask = (own: House): void => {
  own.query({ name: 'www.example', host: 7 }, 'data', ['192.0.2.1'], {
    upstream: 'tls://dns.example:853',
    waitedMs: 31,
  });
  own.query({ name: 'late.example', host: 8 }, 'failed', [], { upstream: '192.0.2.53:53', waitedMs: 5000 });
  own.query({ name: 'secret.bank.example', host: 8 });
  own.hit({ name: 'a.akamaicontainer.com', host: 9 }, { nameOffset: 2 });
};

t.test('queries and hits are logged, each once, with who asked, what it got and from where', async (t) => {
  const { own, rows } = logging(t);
  const askedMs = own.clock.now();
  ask(own);
  own.query({ name: 'www.example', host: 7 }, 'data', ['192.0.2.1'], {
    upstream: 'tls://dns.example:853',
    waitedMs: 9,
  });
  const found = new Map(rows().map((row) => [row.name, row]));
  t.equal(found.size, 4);
  t.match(found.get('www.example'), {
    count: 2,
    client: { ip: '192.0.2.7', group: 'default' },
    type: 'A',
    outcome: 'upstream',
    result: 'data',
    upstream: 'tls://dns.example:853',
    list: null,
  });
  t.equal(
    found.get('www.example')?.time,
    new Date(askedMs - 31).toISOString(),
    'when it was asked, not when it ended',
  );
  t.ok(Math.abs((found.get('www.example')?.waitedMs ?? 0) - 31) < 1.5);
  t.match(found.get('a.akamaicontainer.com'), {
    outcome: 'blocked',
    list: '3cx-2023',
    rule: 'akamaicontainer.com',
    from: 'list',
    client: { ip: '192.0.2.9' },
  });
  await own.desk.stop();
});

t.test(
  'clients and names that are left out are in hits and history alone; turned off, nothing is logged',
  async (t) => {
    const clients = parseClient('192.0.2.8/32');
    const { own, rows } = logging(t, {
      withoutClients: clients.ok ? clients.value : [],
      withoutNames: ['akamaicontainer.com'],
    });
    ask(own);
    t.same(
      rows().map(({ name }) => name),
      ['www.example'],
    );
    own.desk.useSettings({ ...own.desk.settings, log: { ...LOG, withoutNames: ['bank.example'] } });
    ask(own);
    t.same(
      rows()
        .map(({ name }) => name)
        .sort(),
      ['a.akamaicontainer.com', 'late.example', 'www.example', 'www.example'],
    );
    own.desk.useSettings({ ...own.desk.settings, log: { ...LOG, enabled: false } });
    own.query({ name: 'later.example' });
    t.equal(rows().length, 4);
    await own.desk.stop();
  },
);

t.test('anonymised, only the key opens who asked, and no hit beside it tells', async (t) => {
  const { own, dir, rows } = logging(t, {}, { privacy: 'anonymise' });
  ask(own);
  const found = rows();
  t.same(found.map(({ name }) => name).sort(), ['late.example', 'secret.bank.example', 'www.example']);
  const pseudonyms = new Pseudonyms(readKey(join(dir, 'log.key')));
  const opened = found.map(({ client }) => addressToText(pseudonyms.open(textToAddress(client.ip)!)));
  t.same([...new Set(opened)].sort(), ['192.0.2.7', '192.0.2.8']);
  t.notMatch(JSON.stringify(found), /192\.0\.2\.[789]"/);
  t.ok(found.every(({ client }) => client.name === null && client.mac === null && client.group === null));
  await own.desk.stop();
});

t.test('queries that the rings had no room for are lost in the log, from when it is kept', async (t) => {
  const { own, dir, rows } = logging(t, { enabled: false }, {}, { ringOctets: 4096 });
  const flood = (count: number): void => {
    for (let i = 0; i < count; i += 1) own.query({ name: `n${i}.example` });
  };
  flood(2000);
  own.settle();
  const before = own.desk.sightings.ringsLost;
  t.ok(before > 500, `${before} lost while nothing is logged`);
  own.desk.useSettings({ ...own.desk.settings, log: LOG });
  flood(2000);
  const kept = rows().reduce((sum, { count }) => sum + count, 0);
  const lost = own.desk.sightings.ringsLost - before;
  t.ok(lost > 500);
  const reader = new LogReader(join(dir, 'log.db'));
  const { coverage } = reader.answer({ what: 'top', of: 'names', sinceMs: 0, untilMs: 2 ** 50, limit: 1 });
  t.equal(coverage.lost, lost);
  t.ok(kept > 0 && kept <= 100);
  reader.close();
  await own.desk.stop();
});
