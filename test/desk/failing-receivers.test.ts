// A receiver of alerts that does not take what it is told: the others hear of it, health says it, and what is given up is in the log.
import t from 'tap';
import { RECEIVER_DEFAULTS } from '../../src/alerts/settings.ts';
import { healthOf } from '../../src/daemon/health/health.ts';
import { answerQuestion } from '../../src/desk/answers.ts';
import { ScriptedReceiver } from '../support/alerts-delivery.ts';
import { healthFacts } from '../support/health-facts.ts';
import { house } from '../support/hits-desk.ts';

const turned = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

t.test('a receiver that takes nothing for a minute is told to the others, and its end', async (t) => {
  const receivers = [new ScriptedReceiver('mail'), new ScriptedReceiver('chat')] as const;
  const [mail, chat] = receivers;
  const { desk, hit, settle, clock, said } = house({
    dir: t.testdir(),
    outlets: receivers.map((receiver) => ({ receiver, settings: RECEIVER_DEFAULTS })),
  });
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 1000) {
      clock.advance(1000);
      settle();
      await turned();
    }
  };
  const troubles = (receiver: ScriptedReceiver) =>
    receiver.taken.flatMap(({ kind, trouble }) => (trouble === null ? [] : [`${kind}: ${trouble.text}`]));
  mail.behaviour = 'refuse';
  hit({ name: 'www.akamaicontainer.com' }, { nameOffset: 4 });
  await pass(50_000);
  t.match(desk.delivery.states[0], { receiver: 'mail', error: 'no', takesPart: false });
  t.same(troubles(chat), [], 'not at once');
  await pass(200_000);
  t.same(troubles(chat), ['trouble: receiver mail takes nothing: no; what waits is sent once it takes it']);
  t.notMatch(JSON.stringify(said), /no more told/, 'a password that is wrong now costs no notice');
  mail.behaviour = 'take';
  hit({ name: 'www.akamaicontainer.com' }, { nameOffset: 4 });
  await pass(700_000);
  t.same(troubles(chat).slice(1), ['recovered: receiver mail takes notices again']);
  t.match(desk.delivery.states[0], { error: null, failingForMs: null });
  await desk.stop();
});

t.test(
  'in a flood of machines what waits for the store is bounded by the rows of all receivers',
  async (t) => {
    const ROWS_MAX = 12_000;
    const receivers = Array.from({ length: 11 }, (_, i) => new ScriptedReceiver(`receiver ${i}`));
    const { desk, hit, settle } = house({
      dir: t.testdir(),
      outlets: receivers.map((receiver) => ({ receiver, settings: RECEIVER_DEFAULTS })),
    });
    hit({ name: 'akamaicontainer.com' });
    settle();
    for (let i = 0; i < 3000; i += 1) hit({ name: 'akamaicontainer.com', host: 256 + i });
    settle();
    t.ok(desk.keeper.pending + desk.registry.waiting.rows + desk.delivery.waiting.rows < ROWS_MAX);
    t.equal(desk.registry.openCount, 3001);
    await desk.stop();
  },
);

t.test('a test reaches every receiver at once, and the answer is of each', async (t) => {
  const receivers = [new ScriptedReceiver('mail'), new ScriptedReceiver('chat')] as const;
  const [mail, chat] = receivers;
  const { desk } = house({
    dir: t.testdir(),
    outlets: receivers.map((receiver) => ({ receiver, settings: RECEIVER_DEFAULTS })),
  });
  mail.behaviour = 'fail';
  t.same(await answerQuestion(desk, { what: 'testAlerts' }), [
    { receiver: 'mail', error: 'down' },
    { receiver: 'chat', error: null },
  ]);
  t.match(chat.taken, [
    {
      kind: 'test',
      text: /This is a test\. No machine asked/,
      hits: [{ question: { name: 'www.malware.example' } }],
    },
  ]);
  t.equal(desk.registry.openCount, 0, 'it is no incident');
  await desk.stop();
});

t.test('health names it', (t) => {
  const receivers = [
    {
      receiver: 'chat',
      waiting: 0,
      delivered: 3,
      givenUp: 0,
      error: null,
      takesPart: false,
      failingForMs: null,
    },
    {
      receiver: 'mail',
      waiting: 2,
      delivered: 0,
      givenUp: 1,
      error: 'HTTP 401',
      takesPart: false,
      failingForMs: 9000,
    },
  ];
  const facts = healthFacts({ hits: { storeError: null, queryLogError: null, lost: 0, out: [], receivers } });
  const note = (problems: readonly object[]) => problems;
  const clock = { wall: (ms: number) => ms };
  const book = { note, clock } as unknown as Parameters<typeof healthOf>[1];
  t.match(healthOf(facts, book, 10_000).problems, [
    {
      id: 'receiver:mail',
      sinceMs: 1000,
      what: 'receiver mail of alerts takes nothing: HTTP 401; 2 notices wait, 1 given up since the start',
    },
  ]);
  t.end();
});
