// The queue of one receiver past its bound.
import t from 'tap';
import { ReceiverQueue } from '../../src/alerts/queue.ts';
import { ScriptedReceiver } from '../support/alerts-delivery.ts';
import { noticeOf } from '../support/hits-receivers.ts';

t.test('with too many waiting the oldest that is not under way is given up', async (t) => {
  const receiver = new ScriptedReceiver();
  receiver.behaviour = 'hang';
  const gone: string[] = [];
  const queue = new ReceiverQueue({
    receiver,
    now: () => 0,
    random: () => 0,
    onGone: ({ id }, reason) => gone.push(`${id} ${reason}`),
    report: () => {},
    waitingMax: 2,
  });
  t.teardown(() => queue.close());
  for (const id of ['a', 'b', 'c', 'd']) queue.push(noticeOf({ id }));
  t.same(gone, ['b crowded', 'c crowded']);
  t.same(
    queue.notices.map(({ id }) => id),
    ['a', 'd'],
    '`a` is under way',
  );
  t.match(queue.state, { waiting: 2, delivered: 0, givenUp: 2 });
});
