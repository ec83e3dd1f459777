// DoT and DoH: the name verified, one connection for many queries, padded, resumed, found through bootstrap.
import t, { type Test } from 'tap';
import type { UpstreamAddress } from '../../src/config/config.ts';
import { createForwarder, type ObservedForwarder } from '../../src/upstream/forward.ts';
import { query } from '../support/message.ts';
import { hurriedClock, PatientAsker, udpAddress, upstreamsConfig } from '../support/upstream-asker.ts';
import { certificate, HttpsUpstream, TlsUpstream } from '../support/upstream-secure.ts';
import { startUpstream } from '../support/upstream-server.ts';

const tls = (host: string, port: number): UpstreamAddress => ({
  kind: 'tls',
  host,
  port,
  text: `tls://${host}:${port}`,
});

const https = (host: string, port: number): UpstreamAddress => ({
  kind: 'https',
  host,
  port,
  url: `https://${host}:${port}/dns-query`,
  text: `https://${host}:${port}/dns-query`,
});

function forwarderTo(
  t: Test,
  upstream: UpstreamAddress,
  bootstrap: readonly UpstreamAddress[] = [],
  hurry = 1,
): ObservedForwarder {
  const forwarder = createForwarder({
    upstreams: upstreamsConfig([upstream], { bootstrap }),
    authorities: certificate,
    now: hurriedClock(hurry),
  });
  t.teardown(() => forwarder.close());
  return forwarder;
}

const edns = { size: 1232 };

t.test('DoT asks many questions over one connection, each padded to 128 octets', async (t) => {
  const upstream = await TlsUpstream.start();
  t.teardown(() => upstream.stop());
  const forwarder = forwarderTo(t, tls('127.0.0.1', upstream.port));
  const asker = new PatientAsker();

  const settled = await Promise.all(
    Array.from({ length: 50 }, (_, i) => asker.ask(forwarder, query(`n${i}.www.test`, 'A', { edns }))),
  );

  t.ok(settled.every(({ failure }) => failure === 'none'));
  t.equal(upstream.connections, 1);
  t.same([...new Set(upstream.queries.map(({ length }) => length))], [128]);
});

t.test(
  'DoT resumes its session on the next connection, and loses no query when the first is closed',
  async (t) => {
    const upstream = await TlsUpstream.start();
    t.teardown(() => upstream.stop());
    const forwarder = forwarderTo(t, tls('127.0.0.1', upstream.port));
    const asker = new PatientAsker();

    await asker.ask(forwarder, query('one.test', 'A', { edns }));
    upstream.cut();
    const second = await asker.ask(forwarder, query('two.test', 'A', { edns }));

    t.equal(second.failure, 'none');
    t.equal(upstream.connections, 2);
    t.equal(upstream.resumed, 1);
  },
);

t.test('DoT to an upstream whose certificate is for another name fails and says why', async (t) => {
  const upstream = await TlsUpstream.start();
  const bootstrap = await startUpstream();
  bootstrap.on('other.upstream.test', { answer: ['other.upstream.test. 60 A 127.0.0.1'] });
  t.teardown(() => Promise.all([upstream.stop(), bootstrap.stop()]));
  const forwarder = forwarderTo(t, tls('other.upstream.test', upstream.port), [udpAddress(bootstrap)], 3);

  const { failure } = await new PatientAsker().ask(forwarder, query('www.test', 'A', { edns }));

  t.equal(failure, 'network');
  t.equal(upstream.queries.length, 0);
  t.match(forwarder.states()[0]?.problem, /other\.upstream\.test/);
});

t.test('an upstream’s name is looked up through bootstrap once and kept', async (t) => {
  const upstream = await TlsUpstream.start();
  const bootstrap = await startUpstream();
  bootstrap.on('dns.upstream.test', { answer: ['dns.upstream.test. 60 A 127.0.0.1'] });
  t.teardown(() => Promise.all([upstream.stop(), bootstrap.stop()]));
  const forwarder = forwarderTo(t, tls('dns.upstream.test', upstream.port), [udpAddress(bootstrap)]);
  const asker = new PatientAsker();

  const first = await asker.ask(forwarder, query('one.test', 'A', { edns }));
  upstream.cut();
  const second = await asker.ask(forwarder, query('two.test', 'A', { edns }));

  t.equal(first.failure, 'none');
  t.equal(second.failure, 'none');
  t.equal(bootstrap.seen.length, 2, 'A and AAAA, once');
});

t.test('a name that bootstrap cannot find is a failure that says so', async (t) => {
  const bootstrap = await startUpstream();
  bootstrap.on('*', { rcode: 'NOERROR' });
  t.teardown(() => bootstrap.stop());
  const forwarder = forwarderTo(t, tls('dns.upstream.test', 853), [udpAddress(bootstrap)], 3);

  const { failure } = await new PatientAsker().ask(forwarder, query('www.test', 'A', { edns }));

  t.equal(failure, 'network');
  t.match(forwarder.states()[0]?.problem, /no address found for dns\.upstream\.test/);
});

t.test('DoH posts each query with ID 0 on one session', async (t) => {
  const upstream = await HttpsUpstream.start();
  t.teardown(() => upstream.stop());
  const forwarder = forwarderTo(t, https('127.0.0.1', upstream.port));
  const asker = new PatientAsker();

  const settled = await Promise.all(
    Array.from({ length: 50 }, (_, i) => asker.ask(forwarder, query(`n${i}.www.test`, 'A', { edns }))),
  );

  t.ok(settled.every(({ failure }) => failure === 'none'));
  t.equal(upstream.sessions, 1);
  t.same([...new Set(upstream.methods)], ['POST']);
  t.same([...new Set(upstream.paths)], ['/dns-query']);
  t.ok(upstream.queries.every((octets) => octets.readUInt16BE(0) === 0 && octets.length === 128));
});

t.test('DoH begins a new session when the upstream ends the old one', async (t) => {
  const upstream = await HttpsUpstream.start();
  t.teardown(() => upstream.stop());
  const forwarder = forwarderTo(t, https('127.0.0.1', upstream.port));
  const asker = new PatientAsker();

  await asker.ask(forwarder, query('one.test', 'A', { edns }));
  upstream.goAway();
  const second = await asker.ask(forwarder, query('two.test', 'A', { edns }));
  upstream.cut();
  const third = await asker.ask(forwarder, query('three.test', 'A', { edns }));

  t.equal(second.failure, 'none');
  t.equal(third.failure, 'none');
});

t.test('DoH answers that are no DNS messages fail and say why', async (t) => {
  const upstream = await HttpsUpstream.start();
  t.teardown(() => upstream.stop());
  const cases = [
    { status: 503, contentType: 'application/dns-message', body: null, failure: 'network', says: /503/ },
    {
      status: 200,
      contentType: 'text/html',
      body: Buffer.from('<p>login'),
      failure: 'mismatch',
      says: /text\/html/,
    },
    {
      status: 200,
      contentType: 'application/dns-message',
      body: Buffer.alloc(70_000),
      failure: 'malformed',
      says: null,
    },
    {
      status: 200,
      contentType: 'application/dns-message',
      body: Buffer.alloc(5),
      failure: 'mismatch',
      says: null,
    },
  ];
  for (const { says, failure, ...how } of cases) {
    Object.assign(upstream, how);
    const forwarder = forwarderTo(t, https('127.0.0.1', upstream.port), [], 3);

    const settled = await new PatientAsker().ask(forwarder, query('www.test', 'A', { edns }));

    t.equal(settled.failure, failure, JSON.stringify(how.status));
    if (says !== null) t.match(forwarder.states()[0]?.problem, says);
  }
});
