// What every way to an upstream promises, whatever its transport: see Exchange in src/upstream/exchange.ts.
import { connect } from 'node:net';
import t, { type Test } from 'tap';
import { AddressBook } from '../../src/upstream/address-book.ts';
import type { DrivenExchange } from '../../src/upstream/servers/server.ts';
import { dgramSockets } from '../../src/upstream/transport/dgram-socket.ts';
import { HttpsExchange } from '../../src/upstream/transport/https.ts';
import { secureDialler } from '../../src/upstream/transport/secure.ts';
import { StreamExchange } from '../../src/upstream/transport/stream.ts';
import { UdpExchange } from '../../src/upstream/transport/udp.ts';
import { UdpSockets } from '../../src/upstream/transport/udp-sockets.ts';
import { query } from '../support/message.ts';
import { PatientAsker, SeededRandom } from '../support/upstream-asker.ts';
import { certificate, HttpsUpstream, TlsUpstream } from '../support/upstream-secure.ts';
import { startUpstream } from '../support/upstream-server.ts';

interface Way {
  readonly exchange: DrivenExchange;
  /** The upstream reads and says nothing from now on. */
  readonly silence: () => void;
  readonly stop: () => Promise<void>;
}

const now = (): number => performance.now();
const random = new SeededRandom(42);
const edns = { size: 1232 };
const lookup = new AddressBook({
  openForwarder: () => {
    throw new Error('literal addresses need no look-up');
  },
  isUsable: () => true,
  now,
}).lookup;

const WAYS: Readonly<Record<string, () => Promise<Way>>> = {
  'UDP, node:dgram': async () => {
    const upstream = await startUpstream();
    const openSocket = dgramSockets(upstream.host, upstream.port);
    const exchange = new UdpExchange({ name: 'udp', openSocket, now, random });
    return { exchange, silence: () => upstream.on('*', { drop: true }), stop: () => upstream.stop() };
  },
  'UDP, sockets of the C library': async () => {
    const upstream = await startUpstream();
    const sockets = new UdpSockets('auto');
    await sockets.ready;
    const openSocket = sockets.to(upstream.host, upstream.port);
    const exchange = new UdpExchange({ name: 'udp', openSocket, now, random });
    const stop = async (): Promise<void> => {
      sockets.close();
      await upstream.stop();
    };
    return { exchange, silence: () => upstream.on('*', { drop: true }), stop };
  },
  TCP: async () => {
    const upstream = await startUpstream();
    const dial = () => connect({ host: upstream.host, port: upstream.port });
    const exchange = new StreamExchange({ name: 'tcp', dial, isPadded: false, now, random });
    return { exchange, silence: () => upstream.on('*', { drop: true }), stop: () => upstream.stop() };
  },
  TLS: async () => {
    const upstream = await TlsUpstream.start();
    const target = { host: '127.0.0.1', port: upstream.port, lookup, authorities: certificate };
    const dial = secureDialler(target);
    const exchange = new StreamExchange({ name: 'tls', dial, isPadded: true, now, random });
    const silence = (): void => {
      upstream.isSilent = true;
    };
    return { exchange, silence, stop: () => upstream.stop() };
  },
  HTTPS: async () => {
    const upstream = await HttpsUpstream.start();
    const { port } = upstream;
    const target = { host: '127.0.0.1', port, lookup, authorities: certificate };
    const url = `https://127.0.0.1:${port}/dns-query`;
    const exchange = new HttpsExchange({ ...target, name: 'https', url, now });
    const silence = (): void => {
      upstream.isSilent = true;
    };
    return { exchange, silence, stop: () => upstream.stop() };
  },
};

async function open(t: Test, start: () => Promise<Way>): Promise<Way & { readonly asker: PatientAsker }> {
  const way = await start();
  const clock = setInterval(() => way.exchange.advance(now()), 10);
  t.teardown(async () => {
    clearInterval(clock);
    way.exchange.close();
    await way.stop();
  });
  return { ...way, asker: new PatientAsker() };
}

for (const [name, start] of Object.entries(WAYS)) {
  t.test(`${name}: each of many questions at once gets its own answer, once`, async (t) => {
    const { exchange, asker } = await open(t, start);

    const settled = await Promise.all(
      Array.from({ length: 200 }, (_, i) => asker.askExchange(exchange, query(`n${i}.test`, 'A', { edns }))),
    );

    t.ok(settled.every(({ failure }) => failure === 'none'));
    t.same(
      settled.map(({ message }) => message?.question?.name.toLowerCase().replace(/\.$/, '')),
      settled.map((_, i) => `n${i}.test`),
    );
    t.equal(exchange.inFlight, 0);
    t.ok(exchange.rttMs > 0);
  });

  t.test(`${name}: the octets of a query may be used again as soon as ask returns`, async (t) => {
    const { exchange, asker } = await open(t, start);
    const message = query('kept.test', 'A', { edns });

    const settled = asker.askExchange(exchange, message);
    message.fill(0xff);

    t.equal((await settled).failure, 'none');
  });

  t.test(`${name}: silence ends as a time-out, and close settles what is left`, async (t) => {
    const { exchange, asker, silence } = await open(t, start);
    silence();

    const late = asker.askExchange(exchange, query('late.test', 'A', { edns }), 5000);
    const silent = await asker.askExchange(exchange, query('silent.test', 'A', { edns }), 60);
    exchange.close();
    const after = await asker.askExchange(exchange, query('after.test', 'A', { edns }));

    t.equal(silent.failure, 'timeout');
    t.match((await late).failure, /closed|network/, 'closed, or lost with its dead connection');
    t.equal(after.failure, 'closed');
    t.equal(exchange.inFlight, 0);
  });

  t.test(`${name}: more than there is room for is refused, and nobody is forgotten`, async (t) => {
    const { exchange, asker, silence } = await open(t, start);
    silence();

    const asked = Array.from({ length: 5000 }, (_, i) =>
      asker.askExchange(exchange, query(`n${i}.test`, 'A', { edns }), 3000),
    );
    await new Promise((resolve) => setImmediate(resolve));
    exchange.close();
    const failures = (await Promise.all(asked)).map(({ failure }) => failure);

    t.ok(failures.includes('overload'));
    t.ok(failures.every((failure) => failure !== 'none'));
  });
}
