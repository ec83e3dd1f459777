// The short form of `npm run witness`: some days of some offices, and nothing that cenote says of them is false.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Hit } from '../../src/hits/hit.ts';
import { countedOf, gotThat } from './compare/counted.ts';
import { matchesThen } from './compare/details.ts';
import { compareHits } from './compare/hits.ts';
import { Report } from './compare/report.ts';
import { MUTATIONS } from './mends.ts';
import { playOffice } from './office.ts';
import type { Asking } from './truth/asking.ts';
import type { Match } from './truth/judge.ts';
import type { Ledger } from './truth/ledger.ts';

t.test('each mend that is taken out is there', (t) => {
  const root = join(import.meta.dirname, '..', '..');
  const moved = MUTATIONS.filter(({ file, from }) => !readFileSync(join(root, file), 'utf8').includes(from));
  t.same(
    moved.map(({ what }) => what),
    [],
  );
  t.end();
});

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

t.test(
  'two hits of one millisecond, from an upstream and from the cache, tell of as many askings as there were',
  async (t) => {
    const startMs = Date.parse('2026-12-21T10:47:18.880Z');
    const asked = (number: number, afterMs: number): Asking =>
      ({
        number,
        machine: { mac: '02:00:00:00:00:10' },
        atMs: afterMs,
        wallMs: startMs + afterMs,
        ip: '192.0.2.16',
        name: 'c2-5.example',
        type: 'A',
        transport: 'udp',
        got: 'data',
        worker: 0,
        group: 'default',
        decidedBy: null,
        isBlocked: false,
        isHit: true,
        isInForce: true,
        matches: [{ listName: 'list-17', mode: 'monitor', entry: { campaign: null, confidence: null } }],
      }) as unknown as Asking;
    const hit = (count: number, afterMs = 0): Hit =>
      ({
        time: new Date(startMs + afterMs).toISOString(),
        count,
        client: { ip: '192.0.2.16', group: 'default' },
        question: { name: 'c2-5.example', type: 'A' },
        transport: 'udp',
        outcome: 'data',
        verdict: 'monitor',
        worker: 0,
        matches: [{ list: 'list-17', mode: 'monitor' }],
      }) as unknown as Hit;
    const told = (hits: readonly Hit[], askings: readonly Asking[]): string[] => {
      const report = new Report();
      compareHits(hits, { askings, meant: () => null } as unknown as Ledger, report, null);
      return report.stories.map(({ fault }) => fault);
    };
    const askings = [asked(0, 0), asked(1, 0), asked(2, 1490), asked(3, 1490)];
    t.same(told([hit(3), hit(1)], askings), []);
    t.same(told([hit(1), hit(3)], askings), []);
    t.same(told([hit(1), hit(1), hit(2, 1490)], askings), []);
    t.same(told([hit(3), hit(2)], askings), ['false'], 'one more than were asked');
    t.same(told([hit(1), hit(2)], askings), ['missed'], 'one less');
    const by = (list: string) => ({ list }) as Partial<Hit>;
    const decided = (number: number, decidedBy: string): Asking => ({ ...asked(number, 0), decidedBy });
    const between = [decided(0, 'list-2'), decided(1, 'list-1')];
    t.same(
      told(
        [
          { ...hit(1), ...by('list-1') },
          { ...hit(1), ...by('list-2') },
        ],
        between,
      ),
      [],
      'a list came between',
    );
    t.same(told([hit(4)], askings.with(3, asked(3, 2000))), ['false', 'missed'], 'nobody holds it so long');
  },
);

t.test(
  'a find that tells of some askings leaves those to a later one which it did not tell of',
  async (t) => {
    const asked = (type: string, got: string, time: string): Asking =>
      ({ type, got, wallMs: Date.parse(time) }) as unknown as Asking;
    const early = asked('TXT', 'nodata', '2026-11-24T15:02:30.219Z');
    const answered = asked('A', 'data', '2026-12-02T14:27:23.429Z');
    const failed = asked('AAAA', 'nodata', '2026-12-02T14:27:23.906Z');
    const said = { first: '2026-12-02T14:27:23.000Z', last: '2026-12-02T14:27:23.000Z', via: '203.0.113.66' };
    const none = { answered: 0, failed: 0, blocked: 0, rewritten: 0 };
    const all = [early, answered, failed];
    t.same(countedOf(all, { ...said, ...none, answered: 1 }), [answered], 'by what was got');
    t.same(countedOf(all, { ...said, ...none, failed: 1 }), [failed], 'by when');
    const hints = { ...failed, type: 'HTTPS' } as Asking;
    t.same(countedOf([failed, hints], { ...said, ...none, failed: 1 }), [hints], 'by what has an address');
    const later = asked('AAAA', 'nodata', '2026-12-02T14:27:24.100Z');
    const ofRow = countedOf([early, failed, later, hints], { ...said, ...none, failed: 3 });
    t.same(ofRow, [hints, failed, later], 'and all of its row');
    t.ok(gotThat(all, { ...said, ...none, answered: 1, failed: 2 }));
    t.notOk(gotThat(all, { ...said, ...none, answered: 2, failed: 1 }), 'one was not answered');
  },
);
