// What `cenote query` says of a name is what a client gets: every kind of name is asked of the daemon and of its API.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { askUdp } from '../../support/client.ts';
import { startDaemon } from '../../support/daemon.ts';
import { daemonFolder } from '../../support/daemon-folder.ts';
import { query, RCODES, response } from '../../support/message.ts';
import { readMessage } from '../../support/read-message.ts';
import { answerAll, startSimpleUpstream } from '../../support/simple-upstream.ts';

const ASKED: readonly [name: string, type: string, by: string][] = [
  ['nas.lan', 'A', 'records'],
  ['nas.lan', 'AAAA', 'records'],
  ['printer.lan', 'A', 'records'],
  ['77.2.0.192.in-addr.arpa', 'PTR', 'records'],
  ['x.evil.example', 'A', 'records'],
  ['localhost', 'AAAA', 'records'],
  ['evil.example', 'A', 'lists'],
  ['bad.onion', 'A', 'lists'],
  ['other.onion', 'A', 'special'],
  ['seen.onion', 'A', 'special'],
  ['use-application-dns.net', 'A', 'special'],
  ['home.arpa', 'TXT', 'special'],
  ['example.org', 'ANY', 'any'],
  ['example.org', 'AXFR', 'refused'],
  ['evil.example', 'AXFR', 'refused'],
  ['example.org', 'A', 'upstreams'],
  ['host.corp.local', 'A', 'upstreams'],
];

/** Names whose answers decide: an alias to a listed name, and a private address. */
const LED: Readonly<Record<string, string[]>> = {
  'alias.example.org': ['alias.example.org. 300 CNAME evil.example.', 'evil.example. 300 A 198.51.100.9'],
  'inside.example.org': ['inside.example.org. 300 A 10.0.0.5'],
};

interface Explained {
  readonly via: string | null;
  readonly rule: string | null;
  readonly reply: { readonly rcode: string; readonly records: readonly string[] } | null;
  readonly upstreamAnswer: string | null;
  readonly answeredBy: string;
  readonly verdict: string;
  readonly answer: readonly string[];
  readonly own: { readonly rcode: string; readonly records: readonly string[] } | null;
}

t.test('what is explained is what is answered', async (t) => {
  const directory = daemonFolder();
  const upstream = await startSimpleUpstream((asked, transport) => {
    const name = readMessage(asked)?.question?.name.replace(/\.$/, '').toLowerCase() ?? '';
    const answer = LED[name];
    return answer === undefined ? answerAll(asked, transport) : response(asked, { answer });
  });
  t.teardown(() => upstream.close());
  writeFileSync(join(directory, 'hosts'), '192.0.2.77 printer.lan\n');
  const daemon = await startDaemon({
    directory,
    config: {
      upstreams: { default: [upstream.address], routes: { 'corp.local': [upstream.address] } },
      local: {
        records: ['nas.lan A 192.0.2.5', '*.evil.example A 192.0.2.6'],
        hosts: join(directory, 'hosts'),
      },
      lists: {
        bad: { names: ['nas.lan', 'x.evil.example', 'evil.example', 'bad.onion'] },
        seen: { names: ['seen.onion'], mode: 'monitor' },
      },
      groups: { default: { clients: ['any'], lists: ['bad', 'seen'] } },
    },
  });
  t.teardown(() => daemon.stop());

  for (const [name, type, by] of ASKED) {
    const what = `${name} ${type}`;
    const before = upstream.asked.length;
    const reply = await askUdp(daemon.server, query(name, type));
    const got = reply === null ? null : readMessage(reply);
    const url = `${daemon.adminUrl}/api/v1/query?${new URLSearchParams({ name, type })}`;
    const said = (await (await fetch(url)).json()) as Explained;

    t.equal(said.answeredBy, by, what);
    t.equal(upstream.asked.length > before, by === 'upstreams', `${what}: the upstream is asked`);
    const addresses = got?.answer.filter(({ type }) => type === 'A' || type === 'AAAA') ?? [];
    if (by !== 'upstreams') t.equal(addresses.length, said.answer.length, `${what}: addresses`);
    if (by === 'refused') t.equal(got?.rcode, RCODES['REFUSED'], what);
    if (said.own !== null) {
      t.equal(got?.rcode, RCODES[said.own.rcode], `${what}: RCODE`);
      t.equal(got?.answer.length, said.own.records.length, `${what}: records`);
    }
  }

  const explained = async (name: string, more: Record<string, string> = {}): Promise<Explained> => {
    const url = `${daemon.adminUrl}/api/v1/query?${new URLSearchParams({ name, ...more })}`;
    return (await (await fetch(url)).json()) as Explained;
  };
  const before = upstream.asked.length;
  t.match(await explained('alias.example.org'), { verdict: 'pass', reply: null, upstreamAnswer: null });
  t.equal(upstream.asked.length, before, 'nobody is asked unless somebody wants it');
  const blocked = { verdict: 'sinkhole', via: 'evil.example', rule: 'evil.example', list: 'bad' };
  t.match(await explained('alias.example.org', { ask: 'true' }), { ...blocked, upstreamAnswer: 'asked' });
  await askUdp(daemon.server, query('alias.example.org', 'A'));
  t.match(await explained('alias.example.org'), {
    ...blocked,
    upstreamAnswer: 'kept',
    reply: { rcode: 'NOERROR', records: ['A 0.0.0.0'] },
  });
  await askUdp(daemon.server, query('inside.example.org', 'A'));
  t.match(await explained('inside.example.org'), {
    answeredBy: 'rebinding',
    verdict: 'nodata',
    reply: { rcode: 'NOERROR', records: [] },
  });
  await askUdp(daemon.server, query('example.org', 'A'));
  t.match(await explained('example.org'), { verdict: 'pass', reply: { records: ['A 198.51.100.1'] } });
  t.match(await explained('evil.example', { at: '2026-11-29T03:00', client: '192.0.2.77' }), {
    verdict: 'sinkhole',
    client: { ip: '192.0.2.77' },
  });
  t.match(await explained('evil.example', { at: 'tomorrow' }), { error: { code: 'BAD_TIME' } });
  t.match(await explained('evil.example', { client: 'nobody.lan' }), { error: { code: 'BAD_CLIENT' } });
});
