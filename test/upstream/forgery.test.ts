// What a forger gets who can send from the upstream's address to the right port: nothing, in a million guesses.
//
// The guesses come from the very socket that is asked, so the kernel drops none of them: this forger has found a port. He
// knows the question too, in its plain letters; port-guessing, ID and letter case are what is left, and a stream after the
// first miss.
import t from 'tap';
import { FAILURE, type Failure } from '../../src/upstream/exchange.ts';
import { createForwarder } from '../../src/upstream/forward.ts';
import { dgramSockets } from '../../src/upstream/transport/dgram-socket.ts';
import { type DatagramAsker, UdpExchange } from '../../src/upstream/transport/udp.ts';
import { query, response } from '../support/message.ts';
import {
  hurriedClock,
  PatientAsker,
  SeededRandom,
  udpAddress,
  upstreamsConfig,
} from '../support/upstream-asker.ts';
import { startUpstream } from '../support/upstream-server.ts';

const FORGED = '203.0.113.66';
/** A million takes a minute through sockets: CENOTE_TEST_LONG=1. */
const { CENOTE_TEST_LONG } = process.env;
const GUESSES = CENOTE_TEST_LONG === '1' ? 1_000_000 : 10_000;
/** Before the good answer comes. */
const GUESSES_PER_QUERY = 500;

t.test(
  'of a million guesses at ID and letter case none is believed, and no good answer is lost',
  async (t) => {
    const upstream = await startUpstream();
    const forwarder = createForwarder({
      upstreams: upstreamsConfig([udpAddress(upstream)]),
      now: () => performance.now(),
    });
    t.teardown(async () => {
      await forwarder.close();
      await upstream.stop();
    });
    const asker = new PatientAsker();
    const random = new SeededRandom(20260901);
    let forged = 0;
    let good = 0;
    let sent = 0;

    while (sent < GUESSES) {
      const name = `n${sent}.victim-name.example.test`;
      upstream.on(name, { delayMs: 20, over: 'udp' }, { over: 'tcp' });
      const before = upstream.seen.length;
      const waiting = asker.ask(forwarder, query(name));
      while (upstream.seen.length === before) await new Promise((resolve) => setImmediate(resolve));
      const port = upstream.seen[before]?.port ?? 0;
      const guess = response(query(name), { answer: [`${name}. 9999 A ${FORGED}`] });
      for (let i = 0; i < GUESSES_PER_QUERY; i += 1) {
        const octets = Buffer.from(guess);
        octets.writeUInt16BE(random.u16(), 0);
        upstream.sendFrom(octets, port);
      }
      sent += GUESSES_PER_QUERY;
      const { message } = await waiting;
      const answers = message?.answer.map(({ data }) => data) ?? [];
      if (answers.includes(FORGED)) forged += 1;
      else if (answers.includes('192.0.2.1')) good += 1;
    }

    t.equal(forged, 0, 'forged answers believed');
    t.equal(good, GUESSES / GUESSES_PER_QUERY, 'good answers');
    t.ok((forwarder.states()[0]?.mismatches ?? 0) > 0, 'they were counted');
  },
);

t.test('a forger who repeats our letters and tries IDs is cut off by the stream', async (t) => {
  const upstream = await startUpstream();
  const forwarder = createForwarder({
    upstreams: upstreamsConfig([udpAddress(upstream)]),
    now: () => performance.now(),
  });
  t.teardown(async () => {
    await forwarder.close();
    await upstream.stop();
  });
  const asker = new PatientAsker();
  let forged = 0;

  for (let i = 0; i < 40; i += 1) {
    const name = `n${i}.victim.test`;
    upstream.on(
      name,
      { over: 'udp', wrongId: 'random', times: 200, answer: [`${name}. 9999 A ${FORGED}`] },
      { delayMs: 10 },
    );
    const { message } = await asker.ask(forwarder, query(name));
    if (message?.answer[0]?.data === FORGED) forged += 1;
  }

  t.equal(forged, 0);
  t.equal(forwarder.states()[0]?.streamRetries, 40);
});

t.test(
  'an upstream that has repeated our letters is not believed in others, with no stream to ask either',
  async (t) => {
    const upstream = await startUpstream();
    await upstream.closeTcp();
    const forwarder = createForwarder({
      upstreams: upstreamsConfig([udpAddress(upstream)]),
      now: hurriedClock(5),
    });
    t.teardown(async () => {
      await forwarder.close();
      await upstream.stop();
    });
    const asker = new PatientAsker();
    upstream.on('victim-name.example.test', {
      foldCase: true,
      answer: [`victim-name.example.test. 9999 A ${FORGED}`],
    });

    t.equal((await asker.ask(forwarder, query('honest-name.example.test'))).failure, 'none');
    const { failure, message } = await asker.ask(forwarder, query('victim-name.example.test'));

    t.equal(failure, 'mismatch');
    t.equal(message, null);
  },
);

class Counting implements DatagramAsker {
  believed = 0;
  givenUp = 0;
  suspicions = 0;
  settled(_ticket: number, _response: Uint8Array, _length: number, failure: Failure): void {
    if (failure === FAILURE.none) this.believed += 1;
    else this.givenUp += 1;
  }
  suspect(): void {
    this.suspicions += 1;
  }
  folded(): void {}
  truncated(): void {
    this.believed += 1;
  }
}

t.test('of a million guesses that reach the right port none is believed', async (t) => {
  const upstream = await startUpstream();
  upstream.on('*', { drop: true });
  const random = new SeededRandom(5);
  const exchange = new UdpExchange({
    name: 'silent',
    openSocket: dgramSockets(upstream.host, upstream.port),
    now: () => 0,
    random: new SeededRandom(77),
  });
  t.teardown(async () => {
    exchange.close();
    await upstream.stop();
  });
  const asker = new Counting();
  const message = query('www.victim-name.example.test');
  const guess = Buffer.from(
    response(message, { answer: [`www.victim-name.example.test. 9999 A ${FORGED}`] }),
  );

  let guesses = 0;
  for (let queries = 0; guesses < 1_000_000; queries += 1) {
    exchange.ask(message, message.length, 2000, asker, queries);
    const port = exchange.ports.find(({ inFlight }) => inFlight > 0);
    while (port !== undefined && port.inFlight > 0) {
      guess.writeUInt16BE(random.u16(), 0);
      exchange.received(port, guess, guess.length);
      guesses += 1;
    }
  }

  t.equal(asker.believed, 0);
  t.equal(asker.suspicions, asker.givenUp, 'each query was asked for again over a stream');
  t.ok(asker.givenUp > 3800);
});
