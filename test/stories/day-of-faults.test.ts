// Three upstreams dying, slow, lying and coming back by a seeded plan while sixteen machines ask the real daemon: the short
// form of `npm run faults -- day`.
import t from 'tap';
import { playDay } from '../faults/day.ts';
import { daemonFolder } from '../support/daemon-folder.ts';

t.test('of three upstreams one is good at any time, and that is enough', { timeout: 100_000 }, async (t) => {
  const { output, ...day } = await playDay({
    seconds: 8,
    perSecond: 500,
    weatherMs: 500,
    seed: 6,
    directory: daemonFolder(),
  });

  t.comment(day);
  t.equal(day.wrong, 0, 'nothing forged, nothing foreign, every listed name sinkholed');
  t.equal(day.answered, day.sent, 'every question is answered');
  t.ok(day.slowestMs - day.ownLagMs <= 4000, 'within 4 s');
  t.ok(day.failed <= day.sent / 100, `a good upstream answers for the others: ${day.failed} errors`);
});
