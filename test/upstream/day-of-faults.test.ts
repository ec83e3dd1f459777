// Three upstreams dying, slow, lying and coming back by a seeded plan: every question is settled in time, none falsely.
//
// CENOTE_TEST_LONG=1 makes it a minute at 500 questions a second instead of two seconds at 250.
import t from 'tap';
import { createForwarder } from '../../src/upstream/forward.ts';
import { query } from '../support/message.ts';
import {
  PatientAsker,
  SeededRandom,
  type Settled,
  udpAddress,
  upstreamsConfig,
} from '../support/upstream-asker.ts';
import { type Action, startUpstream } from '../support/upstream-server.ts';

const { CENOTE_TEST_LONG } = process.env;
const [SECONDS, PER_SECOND] = CENOTE_TEST_LONG === '1' ? [60, 500] : [2, 250];
const FORGED = ['any.test. 9999 A 203.0.113.66'];
const GOOD: readonly Action[] = [{}];

const FAULTS: Readonly<Record<string, readonly Action[]>> = {
  dead: [{ drop: true }],
  slow: [{ delayMs: 3000 }],
  refusing: [{ rcode: 'REFUSED' }],
  failing: [{ rcode: 'SERVFAIL' }],
  guessing: [{ wrongId: 'random', times: 20, answer: FORGED, over: 'udp' }, {}],
  answeringElse: [{ question: 'victim.test', answer: FORGED }],
  asking: [{ isQuery: true, answer: FORGED }],
  lying: [{ counts: [null, 40, null, null], answer: FORGED }],
  cutting: [{ cut: 5, answer: FORGED }],
  truncating: [
    { truncated: true, over: 'udp' },
    { close: true, over: 'tcp' },
  ],
  dripping: [
    { truncated: true, over: 'udp' },
    { dripMs: 200, over: 'tcp' },
  ],
};

t.test('of three upstreams one is good at any time, and that is enough', { timeout: 300_000 }, async (t) => {
  const upstreams = await Promise.all([startUpstream(), startUpstream(), startUpstream()]);
  const forwarder = createForwarder({
    upstreams: upstreamsConfig(upstreams.map(udpAddress), { strategy: 'fastest' }),
    now: () => performance.now(),
  });
  const random = new SeededRandom(6);
  const names = Object.keys(FAULTS);
  const change = (): void => {
    const good = random.u16() % 3;
    for (const [i, upstream] of upstreams.entries()) {
      const fault = FAULTS[names[random.u16() % names.length] ?? ''] ?? GOOD;
      upstream.on('*', ...(i === good ? GOOD : fault));
    }
  };
  change();
  const weather = setInterval(change, 500);
  t.teardown(async () => {
    clearInterval(weather);
    await forwarder.close();
    await Promise.all(upstreams.map((upstream) => upstream.stop()));
  });

  const asker = new PatientAsker();
  const asked: Promise<Settled>[] = [];
  await new Promise<void>((resolve) => {
    const clock = setInterval(() => {
      for (let i = 0; i < PER_SECOND / 50; i += 1)
        asked.push(asker.ask(forwarder, query(`n${asked.length}.some-name.test`)));
      if (asked.length < SECONDS * PER_SECOND) return;
      clearInterval(clock);
      resolve();
    }, 20);
  });
  const settled = await Promise.all(asked);

  const answers = settled.flatMap(({ message }) => message?.answer.map(({ data }) => data) ?? []);
  const good = settled.filter(({ failure, message }) => failure === 'none' && message?.rcode === 0);
  const slowest = Math.max(...settled.map(({ tookMs }) => tookMs));
  t.comment(
    `${settled.length} asked, ${good.length} answered, slowest ${Math.round(slowest)} ms`,
    forwarder.states().map(({ queries, failures, mismatches }) => ({ queries, failures, mismatches })),
  );
  t.same(
    answers.filter((data) => data !== '192.0.2.1'),
    [],
    'forged answers',
  );
  t.ok(good.length > settled.length * 0.9, 'a good upstream answers for the others');
  t.equal(new Set(asker.settledTickets).size, settled.length, 'each settled once');
});
