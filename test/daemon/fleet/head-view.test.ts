// What a head tells of its sites as problems: a sentence that a remedy follows.
import t from 'tap';
import { asProblem, strangerProblems } from '../../../src/daemon/fleet/head-view.ts';

t.test('a problem goes on with its remedy: no full stop before it', async (t) => {
  const [problem] = strangerProblems([{ site: 'branch-7', heardMs: 0 }] as unknown as Parameters<
    typeof strangerProblems
  >[0]);
  t.match(problem?.what, /did not sign, and does not count: .*[^.]$/);
  t.equal(
    asProblem('site-7 is cut off and held revision 1 then.'),
    'site-7 is cut off and held revision 1 then',
  );
});
