// Special names by the book: what each gets for each type, and in whose name a negative answer is given.
import t from 'tap';
import type { LocalRecord } from '../../src/config/values/local-record.ts';
import { parseLocalRecord } from '../../src/config/values/local-record.ts';
import { LocalNames } from '../../src/resolver/local/local-names.ts';
import { OUTCOME } from '../../src/wire/message/query.ts';
import { textToName } from '../../src/wire/names/presentation.ts';
import { type ReadMessage, readMessage } from '../support/read-message.ts';
import { walkBench } from '../support/walk-bench.ts';

const TYPE = {
  A: 1,
  NS: 2,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  DS: 43,
  SVCB: 64,
  HTTPS: 65,
  ANY: 255,
};
type TypeName = keyof typeof TYPE;

const own = walkBench();

function asked(name: string, type: TypeName): ReadMessage | 'forwarded' {
  const { outcome, reply } = own.ask({ name, type: TYPE[type] });
  if (outcome === OUTCOME.waiting) return 'forwarded';
  const message = readMessage(reply);
  if (message === null) throw new Error('no message');
  return message;
}

/** `rcode: answers | owner of the SOA`. */
function said(name: string, type: TypeName): string {
  const message = asked(name, type);
  if (message === 'forwarded') return message;
  const answers = message.answer.map((record) => `${record.type} ${record.data}`).join(', ');
  const soa = message.authority.map((record) => `${record.type} of ${record.name}`).join(', ');
  return `${message.rcode}: ${answers}${soa}`;
}

t.test('localhost and all below it are the loopback, and nothing else (RFC 6761 §6.3)', async (t) => {
  for (const name of ['localhost', 'LocalHost', 'a.b.localhost']) {
    t.equal(said(name, 'A'), '0: A 127.0.0.1', name);
    t.match(said(name, 'AAAA'), /^0: AAAA [0:]*1$/, name);
    for (const type of ['MX', 'TXT', 'HTTPS', 'SRV', 'NS'] as const)
      t.match(said(name, type), /^0: SOA of localhost$/i, `${name} ${type}`);
  }
  t.equal(said('1.0.0.127.in-addr.arpa', 'PTR'), '0: PTR localhost');
  t.equal(said(`1.${'0.'.repeat(31)}ip6.arpa`, 'PTR'), '0: PTR localhost');
  t.equal(said('localhost.example', 'A'), 'forwarded');
  t.match(said('localhost', 'ANY'), /^0: HINFO/, 'RFC 8482');
});

t.test(
  'invalid, local and onion do not exist, whatever is asked (RFC 6761 §6.4, 6762 §22.1, 7686 §2)',
  async (t) => {
    for (const zone of ['invalid', 'local', 'onion'])
      for (const type of ['A', 'AAAA', 'SOA', 'HTTPS', 'SRV', 'DS', 'ANY'] as const) {
        t.equal(said(`a.b.${zone}`, type), `3: SOA of ${zone}`, `${zone} ${type}`);
        t.equal(said(zone, type), `3: SOA of ${zone}`);
      }
    t.equal(said('local.example', 'A'), 'forwarded');
    t.equal(said('notlocal', 'A'), 'forwarded');
  },
);

t.test('empty zones exist, and hold an SOA and an NS alone (RFC 6303 §3, 8375 §4)', async (t) => {
  for (const zone of [
    'home.arpa',
    '10.in-addr.arpa',
    '16.172.in-addr.arpa',
    '168.192.in-addr.arpa',
    'd.f.ip6.arpa',
  ]) {
    t.match(said(zone, 'SOA'), /^0: SOA /);
    t.equal(said(zone, 'NS'), `0: NS ${zone}`);
    t.equal(said(zone, 'A'), `0: SOA of ${zone}`);
    t.equal(said(`x.y.${zone}`, 'PTR'), `3: SOA of ${zone}`);
    t.equal(said(zone, 'DS'), 'forwarded', 'the parent knows that the zone is not signed');
    t.equal(said(`x.${zone}`, 'DS'), `3: SOA of ${zone}`);
  }
  t.equal(said('8.8.8.8.in-addr.arpa', 'PTR'), 'forwarded');
  t.equal(said('1.0.32.172.in-addr.arpa', 'PTR'), 'forwarded', '172.32 is public');
});

t.test('canaries say no; resolver.arpa exists and designates nobody (RFC 9462 §4)', async (t) => {
  for (const name of ['use-application-dns.net', 'mask.icloud.com', 'mask-h2.icloud.com'])
    for (const type of ['A', 'AAAA', 'HTTPS'] as const)
      t.match(said(name, type), /^3: SOA/, `${name} ${type}`);
  for (const type of ['SVCB', 'A', 'TXT'] as const)
    t.equal(said('_dns.resolver.arpa', type), '0: SOA of resolver.arpa', type);
  t.equal(said('resolver.arpa', 'SVCB'), '0: SOA of resolver.arpa');
});

t.test('test, example and the rest of the tree are asked upstream', async (t) => {
  for (const name of ['www.test', 'www.example', 'a.internal', 'nas.lan', 'ipv4only.arpa'])
    t.equal(said(name, 'A'), 'forwarded', name);
});

t.test('above a record of ours in such a zone a name exists and holds nothing (RFC 8020)', async (t) => {
  const record = (text: string): LocalRecord => {
    const parsed = parseLocalRecord(text);
    if (!parsed.ok) throw new Error(parsed.wrong);
    return parsed.value;
  };
  const below = new LocalNames({
    local: {
      records: ['nas.a.b.home.arpa A 192.0.2.1', '*.c.d.internal A 192.0.2.2', 'x.y.test A 192.0.2.3'].map(
        record,
      ),
      hosts: null,
      specialNames: true,
      canaries: true,
    },
    hosts: [record('5.0.20.10.in-addr.arpa PTR nas.a.b.home.arpa')],
    routes: [{ suffix: 'y.test', upstreams: [] }],
    upstreamKnowsPrivate: false,
    keepsPrivateNames: true,
  });
  const kindOf = (text: string): string | null => {
    const name = textToName(text)!;
    return below.find(name, name.length, TYPE.TXT)?.kind ?? null;
  };
  for (const name of ['a.b.home.arpa', 'b.home.arpa', 'c.d.internal', 'd.internal', 'internal', 'test'])
    t.equal(kindOf(name), 'nodata', name);
  for (const name of ['0.20.10.in-addr.arpa', '20.10.in-addr.arpa']) t.equal(kindOf(name), 'nodata', name);
  for (const name of ['home.arpa', '10.in-addr.arpa', 'c.b.home.arpa', '0.10.in-addr.arpa'])
    t.equal(kindOf(name), 'emptyZone', name);
  for (const name of ['e.internal', 'e.d.internal', 'z.test']) t.equal(kindOf(name), 'nothing', name);
  for (const name of ['y.test', 'arpa', 'in-addr.arpa'])
    t.equal(kindOf(name), null, `${name} is asked of others`);
  for (const name of ['nas.a.b.home.arpa', 'q.c.d.internal']) t.equal(kindOf(name), 'records', name);
});

t.test('what only this network can know stays here where every server that is asked is public', async (t) => {
  const names = (keepsPrivateNames: boolean, specialNames = true) =>
    new LocalNames({
      local: { records: [], hosts: null, specialNames, canaries: true },
      hosts: [],
      routes: [{ suffix: 'desk.test', upstreams: [] }],
      upstreamKnowsPrivate: false,
      keepsPrivateNames,
    });
  const kindOf = (own: LocalNames, text: string, type: number): string | null => {
    const name = textToName(text) ?? new Uint8Array(1);
    return own.find(name, name.length, type)?.kind ?? null;
  };
  const kept = names(true);
  for (const name of ['a.test', 'test', 'x.y.alt', 'host.internal'])
    t.equal(kindOf(kept, name, TYPE.A), 'nothing', name);
  t.equal(kindOf(kept, 'a.desk.test', TYPE.A), null, 'a route goes before');
  t.equal(kindOf(kept, 'wpad', TYPE.A), 'nodata');
  t.equal(kindOf(kept, 'wpad', TYPE.HTTPS), 'nodata');
  for (const type of [TYPE.NS, TYPE.SOA, TYPE.DS])
    t.equal(kindOf(kept, 'com', type), null, 'top-level domains are there');
  t.equal(kindOf(kept, 'wpad.example', TYPE.A), null);
  t.equal(kindOf(kept, '.', TYPE.A), null);
  for (const own of [names(false), names(true, false)])
    for (const name of ['a.test', 'host.internal', 'wpad']) t.equal(kindOf(own, name, TYPE.A), null, name);
  t.equal(kindOf(names(false), 'x.default.service.arpa', TYPE.SRV), 'emptyZone', 'always (RFC 9665)');
});
