import t from 'tap';
import { VIA } from '../../src/events/hit-record.ts';
import { toHit } from '../../src/hits/hit.ts';
import { KnownContext } from '../../src/hits/hit-context.ts';
import { textToName } from '../../src/wire/names/presentation.ts';
import { queryOf } from '../support/events-query.ts';
import { hitRecord, RULES, START_MS } from '../support/hits-records.ts';

function context(): KnownContext {
  const known = new KnownContext(() => '01J00000000000000000000000', 'resolver.example');
  known.useRules(RULES);
  known.useConfig(['default', 'servers'], { kind: 'nullip' });
  return known;
}

t.test('a hit is the line that interface.md shows, key for key', async (t) => {
  const known = context();
  const address = queryOf({ name: 'x' }).address.slice();
  const who = { id: 'm-0000000007', name: 'till-3', nameFrom: 'hosts', mac: null } as const;
  known.machines.apply({ machines: [], bindings: [{ address, who, fromMs: 0, toMs: null }], merges: [] });
  const hit = toHit(hitRecord({ name: 'www.akamaicontainer.com', facts: { nameOffset: 4 } }), known);
  t.equal(
    JSON.stringify(hit),
    '{"event":"hit","id":"01J00000000000000000000000","time":"2026-11-23T09:00:00.123Z","count":1,' +
      '"client":{"ip":"192.0.2.7","name":"till-3","mac":null,"group":"default","machine":"m-0000000007","nameFrom":"hosts"},' +
      '"question":{"name":"www.akamaicontainer.com","type":"A","class":"IN"},"transport":"udp",' +
      '"verdict":"sinkhole","rule":"akamaicontainer.com","list":"3cx-2023","answer":["0.0.0.0"],"via":null,' +
      '"indicator":{"campaign":"3CX supply chain","source":"bleepingcomputer.com","firstPublished":"2023-03-29",' +
      '"confidence":"high"},"worker":0,"machine":"m-0000000007","visit":"01J00000000000000000000000",' +
      '"matches":[{"list":"3cx-2023","rule":"akamaicontainer.com","indicator":{"campaign":"3CX supply chain",' +
      '"source":"bleepingcomputer.com","firstPublished":"2023-03-29","confidence":"high"},"mode":"enforce"}],' +
      '"outcome":"blocked","rcode":"NOERROR","through":null,"resolver":"resolver.example"}',
  );
});

t.test('the answer is what the client got', async (t) => {
  const known = context();
  const answer = (type: number, verdict: number, rule = 0) =>
    toHit(hitRecord({ name: 'a.example', type, facts: { verdict, rule } }), known).answer;
  t.same(answer(1, 1), ['0.0.0.0']);
  t.same(answer(28, 1), ['::']);
  t.same(answer(65, 1), []);
  t.same(answer(1, 2), []);
  t.same(answer(1, 6), []);
  t.same(answer(1, 7, 2), ['192.0.2.80']);
  t.same(answer(28, 7, 2), ['2001:db8::80']);
  known.useConfig(['default'], { kind: 'address', a: Uint8Array.of(10, 0, 0, 9), aaaa: null });
  t.same(answer(1, 1), ['10.0.0.9']);
  t.same(answer(28, 1), []);
});

t.test('a hit by way of a CNAME says which name matched', async (t) => {
  const via = textToName('cdn.officestoragebox.com')!;
  const facts = { viaKind: VIA.name, via, viaLength: via.length, nameOffset: 4 };
  const hit = toHit(hitRecord({ name: 'shop.example', facts }), context());
  t.match(hit, {
    rule: 'officestoragebox.com',
    via: 'cdn.officestoragebox.com',
    question: { name: 'shop.example' },
  });
});

t.test('a hit by way of an address, and one by a pattern, say so', async (t) => {
  const facts = { viaKind: VIA.address, via: Uint8Array.of(192, 0, 2, 66), viaLength: 4, nameOffset: -1 };
  t.match(toHit(hitRecord({ name: 'shop.example', facts }), context()), {
    via: '192.0.2.66',
    rule: '192.0.2.66',
  });
  const byPattern = { rule: 1, pattern: 0, nameOffset: -1 };
  t.match(toHit(hitRecord({ name: 'ads1.example', facts: byPattern }), context()), {
    list: 'ads',
    rule: '/^ads?[0-9]*\\./',
    indicator: null,
  });
});

t.test('octets of a name that mean something elsewhere are escaped', async (t) => {
  const hit = toHit(hitRecord({ name: '\\010\\"<img>\\000.{{x}}.example' }), context());
  t.equal(hit.question.name, '\\010\\"<img>\\000.{{x}}.example');
  t.equal(JSON.stringify(hit).includes('\n'), false);
});

t.test('a record of a forgotten rule set still becomes a hit', async (t) => {
  const hit = toHit(hitRecord({ name: 'a.example', facts: { revision: 99, group: 0xffff } }), context());
  t.match(hit, { list: 'unknown', rule: 'a.example', indicator: null, client: { group: 'none' } });
  t.equal(hit.time, new Date(START_MS).toISOString());
});
