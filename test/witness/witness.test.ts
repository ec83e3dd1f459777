// The short form of `npm run witness`: some days of some offices, and nothing that cenote says of them is false.
import t from 'tap';
import { matchesThen } from './compare/details.ts';
import { playOffice } from './office.ts';
import type { Asking } from './truth/asking.ts';
import type { Match } from './truth/judge.ts';

const OFFICES = [
  { seed: 1, days: 8 },
  { seed: 2, days: 8 },
];

for (const play of OFFICES)
  t.test(`office ${play.seed}: what is said of ${play.days} days is what happened`, async (t) => {
    const report = await playOffice(play);
    t.same(report.stories, []);
    t.ok(report.compared > 100, 'and much is said');
  });

t.test('of two askings of one millisecond, a list that came between them has the second', async (t) => {
  const listed = { listName: 'list-2' } as Match;
  const asking = {
    wallMs: Date.parse('2026-12-05T03:58:04.959Z'),
    name: 'front-2.example',
    type: 'A',
    ip: '192.0.2.15',
    matches: [],
  } as unknown as Asking;
  const askings = [
    asking,
    { ...asking, matches: [listed] },
    { ...asking, ip: '192.0.2.16', matches: [listed] },
  ];
  const question = { name: 'front-2.example', type: 'A', class: 'IN' };
  const of = (ip: string, time: string): readonly Match[] =>
    matchesThen(askings, { question, client: { ip, name: null, mac: null, group: 'default' }, time });
  t.same(of('192.0.2.15', '2026-12-05T03:58:04.959Z'), [listed]);
  t.same(of('192.0.2.15', '2026-12-05T03:58:04.960Z'), [], 'a hit of another moment is none of it');
  t.same(of('192.0.2.14', '2026-12-05T03:58:04.959Z'), [], 'nor one of who asked nothing');
});
