// Lists for all: in force for every group at every hour; only a pause stops them.
import t from 'tap';
import { Policy } from '../../src/policy/decide.ts';
import { VERDICT, Verdict } from '../../src/policy/verdict.ts';
import { configOf, problemsIn } from '../support/config-text.ts';
import { groupOf } from '../support/group.ts';
import { ruleSetOf, wire } from '../support/rule-set.ts';

const CLIENT = Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 7]);
const LISTS = `lists:
  evil: { names: [evil.example], for: all }
  video: { names: [video.example] }
groups:
  default: { clients: [any], lists: [] }
  tv: { clients: [192.0.2.40], lists: [video], schedule: "Mon 08:00-18:00" }
`;

t.test('every group has them, those that name no list too', async (t) => {
  const { groups } = configOf(LISTS);
  t.same(
    groups.map(({ name, lists, alwaysLists }) => [name, lists, alwaysLists]),
    [
      ['default', ['evil'], ['evil']],
      ['tv', ['video', 'evil'], ['evil']],
    ],
  );
  t.match(problemsIn(LISTS.replace(', for: all', '')), [/no group uses the list/]);
  t.equal(problemsIn(LISTS.replace('for: all', 'for: everyone')).length, 1);
});

t.test('outside its schedule a group has those alone, in a pause none', async (t) => {
  const ruleSet = ruleSetOf(
    [{ name: 'evil' }, { name: 'video' }],
    [
      { list: 'evil', names: ['evil.example'] },
      { list: 'video', names: ['video.example', 'x.evil.example'] },
    ],
    [{ list: 'video', source: '^watch' }],
  );
  const schedule = { days: 0b10, fromMinute: 480, toMinute: 1080, text: 'Mon 08:00-18:00' };
  const group = groupOf({ lists: ['evil', 'video'], alwaysLists: ['evil'], schedule });
  const policy = new Policy(ruleSet, [group], { kind: 'nullip' });
  const codes = (): number[] =>
    ['evil.example', 'x.evil.example', 'video.example', 'watch.example'].map((text) => {
      const name = wire(text);
      const verdict = new Verdict();
      return policy.decide(name, name.length, 1, 0, CLIENT, verdict);
    });
  const { sinkhole, pass } = VERDICT;
  const monday = 24 * 60 + 600;
  policy.setMinute(monday);
  t.same(codes(), [sinkhole, sinkhole, sinkhole, sinkhole]);
  policy.setMinute(monday + 1000);
  t.same(codes(), [sinkhole, sinkhole, pass, pass], 'below the attackers name it is still theirs');
  policy.setMinute(monday + 1000, [true]);
  t.same(codes(), [pass, pass, pass, pass]);
});
