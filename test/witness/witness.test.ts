// The short form of `npm run witness`: some days of some offices, and nothing that cenote says of them is false.
import t from 'tap';
import { playOffice } from './office.ts';

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
