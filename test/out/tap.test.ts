// From the rings to a receiver: what a resolver thread says goes out by the thread that is there only where it is configured.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { OUT_OUTCOMES } from '../../src/config/meant/out.ts';
import { parseClient } from '../../src/config/values/clients.ts';
import type { OutEvent } from '../../src/out/event.ts';
import { OUTCOME_WORDS } from '../../src/querylog/outcome.ts';
import { house } from '../support/hits-desk.ts';
import { httpReceiver } from '../support/http-receiver.ts';
import { outConfig } from '../support/out-events.ts';

const LOG = {
  enabled: false,
  keepMs: 1e9,
  sizeOctets: 1e9,
  anonymise: false,
  withoutClients: [],
  withoutNames: ['bank.example'],
};

t.test('the words of `out.outcomes` are those of the log', async (t) => {
  t.same([...OUT_OUTCOMES].sort(), [...OUTCOME_WORDS].sort());
});

t.test(
  'queries, hits and incidents go out, though no log is kept, and none that the log leaves out',
  async (t) => {
    let isThere = true;
    const { url, got } = await httpReceiver(t, () => (isThere ? { body: { code: 0 } } : { status: 503 }));
    const events = (): OutEvent[] =>
      got.flatMap(({ body }) =>
        body
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line).event),
      );
    const clients = parseClient('192.0.2.66');
    const own = house({
      dir: t.testdir(),
      settings: {
        log: { ...LOG, withoutClients: clients.ok ? clients.value : [] },
        out: [outConfig({ url, token: 'x', batch: { events: 100, octets: 1e6, waitMs: 100 } })],
      },
    });
    const until = async (isSo: () => boolean): Promise<void> => {
      while (!isSo()) {
        own.settle();
        await new Promise((resolve) => void setTimeout(resolve, 20));
      }
    };
    own.query({ name: 'www.example', host: 7 }, 'data', ['192.0.2.1'], {
      upstream: 'tls://dns.example:853',
      waitedMs: 31,
    });
    own.query({ name: 'my.bank.example', host: 7 });
    own.query({ name: 'other.example', host: 66 });
    own.hit({ name: 'a.akamaicontainer.com', host: 9 }, { nameOffset: 2 });
    await until(() => events().length >= 4);
    const byKind = (kind: string) => events().filter(({ event }) => event === kind);
    t.match(byKind('query'), [
      {
        name: 'www.example',
        client: { ip: '192.0.2.7' },
        upstream: 'tls://dns.example:853',
        from: 'upstream',
        waitedMs: 31,
      },
      {
        name: 'a.akamaicontainer.com',
        from: 'list',
        outcome: 'blocked',
        rule: 'akamaicontainer.com',
        upstream: null,
      },
    ]);
    t.match(byKind('hit'), [{ question: { name: 'a.akamaicontainer.com' }, client: { ip: '192.0.2.9' } }]);
    t.match(byKind('incident'), [{ change: 'opened', incident: { hits: 1 } }]);
    t.equal(new Set(events().map(({ id }) => id)).size, 4, 'an id each');
    await until(() => own.desk.tap.states[0]?.delivered === 4);
    t.match(own.desk.tap.states, [{ name: 'siem', kind: 'hec', waiting: 0, lost: 0, error: null }]);

    isThere = false;
    own.query({ name: 'later.example', host: 7 });
    await until(() => own.desk.tap.states[0]?.error != null);
    own.settle();
    own.clock.advance(11_000);
    own.settle();
    const said = (): string[] => own.said.flatMap((one) => (one.kind === 'log' ? [one.message] : []));
    t.ok(
      said().some((text) =>
        /output siem takes nothing: HTTP 503.*; what waits is sent later: 1 event$/.test(text),
      ),
    );
    isThere = true;
    await until(() => own.desk.tap.states[0]?.waiting === 0);
    own.settle();
    t.ok(said().includes('output siem takes events again'));
    t.equal(
      byKind('query').filter((event) => 'name' in event && event.name === 'later.example').length >= 1,
      true,
    );

    own.desk.useSettings({ ...own.desk.settings, out: [] });
    own.query({ name: 'never.example', host: 7 });
    own.settle();
    await own.desk.stop();
    t.same(own.desk.tap.states, []);
    t.notOk(JSON.stringify(events()).includes('never.example'));
  },
);

t.test('anonymised, nobody is named, and what cannot be anonymised stays', async (t) => {
  const { url, got } = await httpReceiver(t, () => ({ body: { code: 0 } }));
  const dir = t.testdir();
  const own = house({
    dir,
    settings: {
      privacy: 'anonymise',
      log: LOG,
      out: [
        outConfig({ url, token: 'x', events: ['queries'], batch: { events: 1, octets: 1e6, waitMs: 100 } }),
      ],
    },
  });
  own.query({ name: 'www.example', host: 7 });
  while (got.length === 0) {
    own.settle();
    await new Promise((resolve) => void setTimeout(resolve, 20));
  }
  const { client } = JSON.parse(got[0]!.body).event;
  t.match(client, { name: null, mac: null, group: null, machine: /^anon-/ });
  t.not(client.ip, '192.0.2.7');
  t.match(readFileSync(join(dir, 'log.key'), 'utf8'), /^[0-9a-f]{64}/);
  await own.desk.stop();
});

t.test('outputs that change twice at once leave one thread, and none when all is over', async (t) => {
  const threads = (): number =>
    process.getActiveResourcesInfo().filter((kind) => kind === 'MessagePort').length;
  const before = threads();
  const { url, got } = await httpReceiver(t, () => ({ body: { code: 0 } }));
  const output = (index: string) =>
    outConfig({ url, token: 'x', index, batch: { events: 1, octets: 1e6, waitMs: 100 } });
  const own = house({ dir: t.testdir(), settings: { log: LOG, out: [output('first')] } });
  for (const index of ['second', 'third'])
    own.desk.useSettings({ ...own.desk.settings, out: [output(index)] });
  own.query({ name: 'www.example', host: 7 });
  while (got.length === 0) {
    own.settle();
    await new Promise((resolve) => void setTimeout(resolve, 20));
  }
  t.equal(JSON.parse(got[0]!.body).index, 'third');
  await own.desk.stop();
  t.equal(threads(), before);
});
