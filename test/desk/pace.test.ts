// When hits are stored: what is new at once, what only goes on once a second.
import t from 'tap';
import { answerQuestion } from '../../src/desk/answers.ts';
import { house } from '../support/hits-desk.ts';

const SECOND_MS = 1000;
const LOOK_MS = 250;
const ASKED = { name: 'www.akamaicontainer.com', host: 1 };

t.test('hits of an incident that goes on wait a second for the store', async (t) => {
  const { desk, clock, hit, settle } = house({ dir: t.testdir() });
  hit(ASKED);
  settle();
  t.equal(desk.keeper.pending, 0, 'the first is stored at once');
  for (let passedMs = LOOK_MS; passedMs < SECOND_MS; passedMs += LOOK_MS) {
    clock.advance(LOOK_MS);
    hit(ASKED);
    settle();
    t.equal(desk.keeper.pending, passedMs / LOOK_MS);
  }
  clock.advance(LOOK_MS);
  settle();
  t.equal(desk.keeper.pending, 0);
  await desk.stop();
});

t.test('a machine that asks first is stored at once, and what waits with it', async (t) => {
  const { desk, clock, hit, settle } = house({ dir: t.testdir() });
  hit(ASKED);
  settle();
  clock.advance(LOOK_MS);
  hit(ASKED);
  settle();
  t.equal(desk.keeper.pending, 1);
  hit({ ...ASKED, host: 2 });
  settle();
  t.equal(desk.keeper.pending, 0);
  await desk.stop();
});

t.test('who asks gets what waits', async (t) => {
  const { desk, clock, hit, settle } = house({ dir: t.testdir() });
  for (let i = 0; i < 2; i += 1) {
    hit(ASKED);
    settle();
    clock.advance(LOOK_MS);
  }
  t.equal(desk.keeper.pending, 1);
  const hits = await answerQuestion(desk, { what: 'hits', filter: {} });
  t.match(hits, { length: 2 });
  await desk.stop();
});

t.test('without a journal nothing waits', async (t) => {
  const { desk, clock, hit, settle } = house({ dir: t.testdir(), journal: false });
  for (let i = 0; i < 3; i += 1) {
    hit(ASKED);
    settle();
    t.equal(desk.keeper.pending, 0);
    clock.advance(LOOK_MS);
  }
  await desk.stop();
});
