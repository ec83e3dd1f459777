import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { VERSION } from '../../src/config/version.ts';
import { sentences } from '../../src/fleet/state/sentences.ts';
import { readState, type SiteState, stateOctets } from '../../src/fleet/state/site-state.ts';
import { SiteTable } from '../../src/fleet/state/site-table.ts';

const NOON = Date.parse('2026-11-29T12:00:00Z');
const MINUTE = 60_000;
const NEWEST = { revision: 123, publishedMs: NOON - 2 * MINUTE, change: '3cx: 21 names more' };

function stateOf(site: string, change: Partial<SiteState> = {}): SiteState {
  return {
    ...{ site, sentMs: NOON, startedMs: NOON - 60 * MINUTE, version: VERSION, revision: 123 },
    ...{
      sinceMs: NOON - MINUTE,
      refused: null,
      behind: null,
      own: null,
      unused: [],
      names: 21,
      backlog: null,
    },
    ...{ lists: [], upstreams: [] },
    ...change,
  };
}

t.test('a message that was long on its way says no later time of what is in force', (t) => {
  const table = new SiteTable(NOON - 10 * MINUTE);
  const tell = (sentMs: number, cameMs: number, change: Partial<SiteState> = {}): void =>
    void table.hear('site-1', stateOctets(stateOf('site-1', { sentMs, ...change })), cameMs, null);
  const since = (nowMs: number): number | null => table.rows(NEWEST, [], nowMs)[0]?.inForceMs ?? null;
  const began = NOON - MINUTE;
  tell(NOON, NOON + 20_000);
  t.equal(since(NOON + 20_000), began + 20_000, 'nothing else is known of its clock');
  tell(NOON + 30_000, NOON + 30_000);
  t.equal(since(NOON + 30_000), began);
  tell(NOON + MINUTE, NOON + MINUTE + 20_000);
  t.equal(since(NOON + MINUTE + 20_000), began, 'it is not later since another message came late');
  table.clockSet(-5_000, NOON + MINUTE + 20_000);
  t.equal(since(NOON + MINUTE + 15_000), began - 5_000, 'it moves with the clock of the head');
  tell(NOON + 2 * MINUTE, NOON + 2 * MINUTE + 5_000, { sinceMs: NOON + MINUTE + 30_000 });
  t.equal(since(NOON + 2 * MINUTE + 5_000), NOON + MINUTE + 35_000, 'put into force anew');
  t.end();
});

t.test('a message that was long on its way says no later time of a refusal', (t) => {
  const table = new SiteTable(NOON - 10 * MINUTE);
  const tell = (sentMs: number, cameMs: number, refused: SiteState['refused']): void =>
    void table.hear(
      'site-1',
      stateOctets(stateOf('site-1', { sentMs, revision: 122, refused })),
      cameMs,
      null,
    );
  const since = (nowMs: number): unknown =>
    table.rows(NEWEST, [], nowMs).map(({ condition, sinceMs }) => [condition, sinceMs])[0];
  const [began, again] = [NOON - MINUTE, NOON + MINUTE];
  const refusal = { revision: 123, why: 'it does not load', sinceMs: began };
  tell(NOON, NOON, refusal);
  tell(NOON + 30_000, NOON + 50_000, refusal);
  t.same(since(NOON + 50_000), ['refused', began]);
  table.clockSet(-5_000, NOON + 45_000);
  t.same(since(NOON + 45_000), ['refused', began - 5_000], 'it moves with the clock of the head');
  tell(NOON + 65_000, NOON + 65_000, { ...refusal, sinceMs: again });
  t.same(since(NOON + 65_000), ['refused', again], 'refused anew');
  t.end();
});

t.test('a site is current, late, refusing, silent or not heard of, each in its sentence', async (t) => {
  const table = new SiteTable(NOON - 10 * MINUTE);
  const tell = (state: SiteState, heardMs = NOON): void =>
    void table.hear(state.site, stateOctets(state), heardMs, null);
  tell(stateOf('site-1'));
  // Its clock is an hour fast: what it says is told by ours.
  tell(stateOf('site-2', { sentMs: NOON + 60 * MINUTE, sinceMs: NOON + 60 * MINUTE - 30_000 }));
  tell(stateOf('site-3', { revision: 122, behind: 'part 2 of 3 of a text is not there' }));
  const refused = { revision: 123, why: 'the disk is full', sinceMs: NOON - MINUTE };
  tell(stateOf('site-4', { revision: 122, refused, version: '0.0.1' }));
  tell(stateOf('site-7', { revision: 122 }), NOON - 5 * MINUTE);
  const rows = table.rows(NEWEST, [{ site: 'site-9', sinceMs: NOON - MINUTE }], NOON);
  t.same(
    rows.map(({ site, condition, isClockWrong }) => [site, condition, isClockWrong]),
    [
      ['site-1', 'current', false],
      ['site-2', 'current', true],
      ['site-3', 'late', false],
      ['site-4', 'refused', false],
      ['site-7', 'silent', true],
      ['site-9', 'expected', false],
    ],
  );
  t.same(sentences(NEWEST, rows, NOON), [
    'Revision 123 (3cx: 21 names more) is in force at 2 of 6 sites, at the last of them since 11:59:30 UTC.',
    'site-3 is late and holds revision 122: part 2 of 3 of a text is not there.',
    'site-4 refuses revision 123 since 11:59:00 UTC and holds revision 122: the disk is full (it runs cenote 0.0.1, this head ' +
      `${VERSION})`,
    'site-7 is cut off since 11:55:00 UTC and held revision 122 then.',
    'site-9 was invited at 11:59:00 UTC and has not been heard of.',
  ]);
  const restarted = new SiteTable(NOON - 30_000).rows(
    NEWEST,
    [{ site: 'site-9', sinceMs: NOON - MINUTE }],
    NOON,
  );
  t.equal(
    sentences(NEWEST, restarted, NOON)[1],
    'site-9 was invited at 11:59:00 UTC and has not been heard of since this head was started at 11:59:30 UTC.',
    'a head that was started anew does not say of before what it does not know',
  );
  t.same(sentences(null, rows, NOON), ['Nothing is published yet: `cenote fleet publish`.']);
  const unmeasured = table.rows(null, [{ site: 'site-9', sinceMs: NOON - MINUTE }], NOON);
  t.same(
    unmeasured.map(({ condition }) => condition),
    ['heard', 'heard', 'heard', 'heard', 'silent', 'expected'],
    'nobody has the newest, or lacks it, where that is not known',
  );
  t.same(
    table.rows({ ...NEWEST, revision: 124, publishedMs: NOON - 1000 }, [], NOON).map((row) => row.condition),
    [...['changing', 'changing', 'changing', 'changing', 'silent']],
  );
});

t.test('what is no state of that site is not believed', async (t) => {
  const good = stateOctets(stateOf('site-1'));
  t.ok(readState(good, 'site-1'));
  t.equal(readState(good, 'site-2'), null, 'a state of another');
  const wrong: unknown[] = [
    null,
    [],
    {},
    { ...stateOf('site-1'), revision: -1 },
    { ...stateOf('site-1'), revision: 1.5 },
    { ...stateOf('site-1'), sinceMs: 1e300 },
    { ...stateOf('site-1'), sinceMs: 8.64e15, sentMs: 0 },
    { ...stateOf('site-1'), version: 'v'.repeat(1000) },
    { ...stateOf('site-1'), lists: Array(1000).fill({ name: 'a', state: 'good', entries: 1, goodMs: null }) },
  ];
  for (const one of wrong) t.equal(readState(Buffer.from(JSON.stringify(one) ?? ''), 'site-1'), null);
  t.equal(readState(Buffer.from('{"site":'), 'site-1'), null);
  t.equal(
    readState(Buffer.concat([good, Buffer.alloc(32_768, ' ')]), 'site-1'),
    null,
    'nor what is too long',
  );
  const long = stateOf('site-1', {
    behind: 'x'.repeat(10_000),
    lists: Array(500).fill({ name: 'a', state: 'good', entries: 1, goodMs: null }),
  });
  t.ok(
    stateOctets(long).length < 32_768 && readState(stateOctets(long), 'site-1'),
    'what is too much is left out',
  );
});

t.test('whatever moments a site tells, they can be said', async (t) => {
  const latest = Date.parse('9999-12-31T23:59:59.999Z');
  const table = new SiteTable(NOON);
  for (const [site, sinceMs, sentMs] of [
    ['site-1', latest, 0],
    ['site-2', 0, latest],
  ] as const)
    t.ok(table.hear(site, stateOctets(stateOf(site, { sinceMs, sentMs })), NOON, null));
  t.match(sentences(NEWEST, table.rows(NEWEST, [], NOON), NOON), [/in force at 2 of 2 sites/]);
});

t.test(
  'a site whose clock was wrong, or set right since, has its revision since a moment that is so',
  async (t) => {
    const table = new SiteTable(NOON - 10 * MINUTE);
    const hour = 60 * MINUTE;
    const published = NEWEST.publishedMs;
    // Without a battery its clock began in 2024, and was set right when the network was there.
    const began = Date.parse('2024-01-01T00:00:00Z');
    table.hear('site-1', stateOctets(stateOf('site-1', { sinceMs: began })), NOON, null);
    // It was three hours behind until it was set right.
    table.hear('site-2', stateOctets(stateOf('site-2', { sinceMs: NOON + 3 * hour })), NOON, null);
    // An hour fast, and heard by what the stream kept: the server says when it took it.
    const fast = stateOf('site-3', { sentMs: NOON + hour - 5_000, sinceMs: NOON + hour - 50_000 });
    table.hear('site-3', stateOctets(fast), NOON, { atMs: NOON - 5_000 });
    t.same(
      table.rows(NEWEST, [], NOON).map((row) => [row.inForceMs, row.heardMs, row.isClockWrong]),
      [
        [published, NOON, false],
        [NOON, NOON, false],
        [NOON - 50_000, NOON - 5_000, true],
      ],
    );
    // What the stream kept while this head was cut off is newer than what it had heard, or is not.
    table.hear('site-3', stateOctets(stateOf('site-3', { revision: 1 })), NOON, { atMs: NOON - 6_000 });
    t.equal(table.rows(NEWEST, [], NOON)[2]?.state?.revision, 123);
    table.hear('site-3', stateOctets(stateOf('site-3', { revision: 122 })), NOON, { atMs: NOON - 1_000 });
    t.equal(table.rows(NEWEST, [], NOON)[2]?.state?.revision, 122);
  },
);

t.test('a head that has just started does not call a site silent before it could be heard', async (t) => {
  const table = new SiteTable(NOON);
  table.hear('site-1', stateOctets(stateOf('site-1', { sentMs: NOON - 10 * MINUTE })), NOON, { atMs: null });
  const conditions = [1, 2].map((minutes) => table.rows(NEWEST, [], NOON + minutes * MINUTE)[0]?.condition);
  t.same(conditions, ['current', 'silent']);
});

t.test('what docs/fleet.md shows of a status is what is said of such a fleet', async (t) => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/fleet.md'), 'utf8');
  const shown = /```text\n(Revision 123 [^`]*)\n```/.exec(page)?.[1]?.split('\n');
  const at = (clock: string): number => Date.parse(`2026-11-29T${clock}Z`);
  const now = at('10:05:00');
  const table = new SiteTable(at('08:00:00'));
  const tell = (site: string, revision: number, sinceMs: number, heardMs: number): void =>
    void table.hear(site, stateOctets(stateOf(site, { revision, sinceMs, sentMs: heardMs })), heardMs, null);
  for (let i = 1; i <= 41; i += 1)
    if (i === 7) tell('site-7', 122, at('09:00:00'), at('09:30:12'));
    else tell(`site-${i}`, 123, at(i === 20 ? '10:02:07' : '10:02:03'), now);
  const newest = { revision: 123, publishedMs: at('10:02:02'), change: '3cx-2023: 21 names more' };
  t.same(sentences(newest, table.rows(newest, [], now), now), shown);
});

t.test('a revision that this head did not publish is told as that', async (t) => {
  const table = new SiteTable(NOON - 10 * MINUTE);
  table.hear('site-1', stateOctets(stateOf('site-1', { revision: 124 })), NOON, null);
  const rows = table.rows(NEWEST, [], NOON);
  t.equal(rows[0]?.condition, 'ahead');
  t.equal(
    sentences(NEWEST, rows, NOON)[1],
    'site-1 holds revision 124 since 11:59:00 UTC, which this head did not publish.',
  );
});

t.test('two daemons that tell under one name are told, one that was started again is not', async (t) => {
  const table = new SiteTable(NOON - 60 * MINUTE);
  const tell = (startedMs: number, atMs: number): string[] => {
    const state = stateOf('site-1', { startedMs, sentMs: atMs, sinceMs: NOON - 90 * MINUTE });
    table.hear('site-1', stateOctets(state), atMs, null);
    return sentences(NEWEST, table.rows(NEWEST, [], atMs), atMs).slice(1);
  };
  const [first, clone] = [NOON - 50 * MINUTE, NOON - 20 * MINUTE];
  t.same(tell(first, NOON), []);
  t.same(tell(first, NOON + 30_000), []);
  t.same(tell(clone, NOON + 40_000), [], 'it may have been started again, also by a clock that was set back');
  t.match(tell(first, NOON + 60_000), [
    /^Two daemons tell by turns that they are site-1, the other of them last at 12:01:00 UTC: its machine was cloned/,
  ]);
  t.equal(tell(clone, NOON + 70_000).length, 1);
  t.equal(tell(clone, NOON + 5 * MINUTE).length, 1);
  t.same(tell(clone, NOON + 12 * MINUTE), [], 'one of them was ended');
});

t.test("a head's clock that was wrong, and is set right", async (t) => {
  const dayMs = 24 * 60 * MINUTE;
  const ahead = NOON + dayMs;
  const table = new SiteTable(ahead - MINUTE);
  const tell = (site: string, nowMs: number, trueMs: number): void =>
    void table.hear(
      site,
      stateOctets(stateOf(site, { sentMs: trueMs, sinceMs: trueMs - MINUTE })),
      nowMs,
      null,
    );
  const says = (nowMs: number): string[] => {
    const newest = { ...NEWEST, publishedMs: ahead - 2 * MINUTE };
    return sentences(newest, table.rows(newest, [], nowMs), nowMs);
  };
  for (const site of ['site-1', 'site-2']) tell(site, ahead, NOON);
  const fast = "By the clocks of all 2 sites that are heard, this head's is 1 d 0 h fast.";
  t.match(says(ahead), [/is in force at 2 of 2 sites/, fast]);
  tell('site-2', ahead + 1_000, NOON - 60 * MINUTE);
  t.equal(says(ahead + 1_000).length, 1, 'where the sites differ nobody can tell');
  tell('site-2', ahead + 2_000, NOON + 2_000);
  t.equal(says(ahead + 2_000).at(-1), fast);

  // Set right; site-2 is cut off from now on.
  table.clockSet(-dayMs, NOON + 3_000);
  t.same(says(NOON + 3_000).slice(1), [], 'what was heard before is reckoned by the clock that is right');
  tell('site-1', NOON + 3 * MINUTE, NOON + 3 * MINUTE);
  t.same(says(NOON + 3 * MINUTE).slice(1), [
    'site-2 is cut off since 12:00:02 UTC and held revision 123 then.',
  ]);
  // Of a publication in the future nobody says that it was a moment ago.
  table.hear(
    'site-1',
    stateOctets(stateOf('site-1', { revision: 122, sentMs: NOON + 3 * MINUTE })),
    NOON + 3 * MINUTE,
    null,
  );
  t.match(says(NOON + 3 * MINUTE)[1], /^site-1 is late and holds revision 122/);
  // Set on by a day, or the head slept: nobody is cut off by that, and who was is since when it was.
  table.clockSet(dayMs, ahead + 3 * MINUTE);
  t.match(says(ahead + 3 * MINUTE).slice(1), [
    /^site-1 is late/,
    /^site-2 is cut off since 2026-11-29 12:00 UTC/,
  ]);
});
