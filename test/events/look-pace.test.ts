// How often rings are looked at.
import t from 'tap';
import { IDLE_LOOKS, LOOK_MS, LookPace, MUCH } from '../../src/events/look-pace.ts';

t.test('looks are fewer when there was nothing to store for a while', async (t) => {
  const pace = new LookPace();
  for (let i = 0; i < IDLE_LOOKS; i += 1) t.equal(pace.nextMs(0), LOOK_MS.idle);

  t.equal(pace.nextMs(0), LOOK_MS.rest);
  t.equal(pace.nextMs(0), LOOK_MS.rest);
});

t.test('something to store ends the rest at once', async (t) => {
  const pace = new LookPace();
  for (let i = 0; i < 2 * IDLE_LOOKS; i += 1) pace.nextMs(0);

  t.equal(pace.nextMs(1), LOOK_MS.idle);
  t.equal(pace.nextMs(0), LOOK_MS.idle);
});

t.test('looks are more while much waits', async (t) => {
  t.equal(new LookPace().nextMs(MUCH), LOOK_MS.busy);
});
