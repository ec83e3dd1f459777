import t from 'tap';
import { type Batch, readBatch, writeBatch } from '../../../src/fleet/messages/batch.ts';
import { Database, isOfValues } from '../../../src/fleet/store/connection.ts';
import { huntHits } from '../../../src/fleet/store/hunt-hits.ts';
import { readCoverage } from '../../../src/fleet/store/read-coverage.ts';
import { readHits } from '../../../src/fleet/store/read-hits.ts';
import { readIncidents } from '../../../src/fleet/store/read-incidents.ts';
import { readFinds, readTroubles } from '../../../src/fleet/store/read-told.ts';
import { BatchTaker } from '../../../src/fleet/store/take-batch.ts';
import { ulidOfUuid, uuidOfUlid } from '../../../src/fleet/store/ulid-octets.ts';
import { createUlidMaker } from '../../../src/hits/ulid.ts';
import { BatchMaker, type SiteHit } from '../../support/fleet-batch.ts';
import { missingPostgres, Postgres } from '../../support/postgres.ts';

const NOW = Date.UTC(2026, 10, 23, 9);
const skip = missingPostgres();

const hitsOf = (count: number, name = 'c2.example'): SiteHit[] =>
  Array.from({ length: count }, (_, i) => ({ name: `w${i}.${name}`, timeMs: NOW + i }));

t.test('a ULID is the same after its way through a UUID', async (t) => {
  const ulid = createUlidMaker();
  for (const id of [ulid(0), ulid(NOW), '7ZZZZZZZZZZZZZZZZZZZZZZZZZ'])
    t.equal(ulidOfUuid(uuidOfUlid(id)), id);
});

t.test('a batch that is no batch is refused with what is wrong of it', async (t) => {
  const good = new BatchMaker().next(hitsOf(2), [{ kind: 'find', id: 'f', body: '{}' }]);
  const { hits, notes } = good;
  t.same(readBatch(writeBatch(good)), good);
  const wrong: [unknown, RegExp][] = [
    [null, /no object/],
    [{ ...good, epoch: "'; DROP" }, /epoch/],
    [{ ...good, atMs: -1 }, /atMs/],
    [{ ...good, hits: { ...hits, through: 3 } }, /through/],
    [{ ...good, hits: { ...hits, client: [0, 1] } }, /hits\.client/],
    [{ ...good, hits: { ...hits, timeMs: [NOW, 1e300] } }, /hits\.timeMs/],
    [{ ...good, hits: { ...hits, name: ['a', 'b\0'] } }, /hits\.name/],
    [{ ...good, hits: { ...hits, id: ['a', 'b'] } }, /hits\.id/],
    [{ ...good, hits: { ...hits, kinds: ['[]'] } }, /no JSON/],
    [{ ...good, hits: { ...hits, matches: [null, 'x'] } }, /hits\.matches/],
    [{ ...good, notes: { ...notes, rows: [{ ...notes.rows[0], kind: 'policy' }] } }, /notes\.rows/],
    [{ ...good, notes: { ...notes, through: 0 } }, /notes\.through/],
  ];
  for (const [batch, why] of wrong) t.throws(() => readBatch(writeBatch(batch as Batch)), why);
  t.throws(() => readBatch(new Uint8Array(10)));
});

t.test('the central store', { skip }, async (t) => {
  const postgres = new Postgres();
  await postgres.start();
  let database = new Database({ url: postgres.url });
  t.teardown(async () => {
    await database.close();
    await postgres.stop();
  });
  let taker = new BatchTaker(database, () => NOW);
  const count = async (site: string): Promise<number> =>
    Number(
      (
        await database.query(
          'SELECT count(*) AS n FROM cenote.hits h JOIN cenote.lives l ON l.id = h.life WHERE site = $1',
          [site],
        )
      )[0]?.['n'],
    );

  await t.test('a hit that is sent again, alone or beside new ones, is there once', async (t) => {
    const maker = new BatchMaker();
    const first = maker.next(hitsOf(3));
    const second = maker.next(hitsOf(2));
    t.match(await taker.store('once', first), {
      isTaken: true,
      hits: 3,
      mark: { hits: 3, lastId: first.hits.id[2] },
    });
    t.match(await taker.store('once', first), { isTaken: true, hits: 0, mark: { hits: 3 } });
    const both: Batch = {
      ...second,
      hits: {
        ...second.hits,
        after: 0,
        ...Object.fromEntries(
          (
            ['id', 'timeMs', 'count', 'client', 'kind', 'name', 'rule', 'via', 'matches', 'visit'] as const
          ).map((column) => [column, [...first.hits[column], ...second.hits[column]]]),
        ),
      },
    };
    t.match(await taker.store('once', both), { isTaken: true, hits: 2, mark: { hits: 5 } });
    t.equal(await count('once'), 5);
  });

  await t.test('values that no column takes are of the batch, not of the store', async (t) => {
    const maker = new BatchMaker();
    const taking = taker.store('odd', maker.next([{ name: 'c2.example', timeMs: NOW, list: 'a\0' }]));
    const error = await taking.then(
      () => null,
      (failed: unknown) => failed,
    );
    t.ok(isOfValues(error));
    t.notOk(isOfValues(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })));
    t.match(await taker.store('odd', new BatchMaker().next(hitsOf(1))), { isTaken: true, hits: 1 });
  });

  await t.test('hits of a site whose clock is wrong are asked for by the time that it was', async (t) => {
    const hourMs = 3_600_000;
    const askedMs = NOW - 400 * 24 * hourMs;
    const at = (timeMs: number, site: string): Promise<unknown> =>
      taker.store(site, new BatchMaker().next([{ name: `${site}.example`, timeMs }]));
    await at(askedMs - 3 * hourMs, 'slow');
    await at(askedMs + 5 * hourMs, 'fast');
    await at(askedMs, 'right');
    await at(askedMs - 3 * hourMs, 'before');
    const clocks = [
      { site: 'slow', offsetMs: -3 * hourMs },
      { site: 'fast', offsetMs: 5 * hourMs },
    ];
    const about = { sinceMs: askedMs - 60_000, untilMs: askedMs + 60_000, limit: 10 };
    const sites = async (of: typeof clocks): Promise<string[]> =>
      (await readHits(about, of, database)).map(({ site }) => site).sort();
    t.same(await sites(clocks), ['fast', 'right', 'slow']);
    t.same(await sites([]), ['right']);
    const known = await readCoverage(['slow', 'fast', 'right'], askedMs, clocks, database);
    t.match(known, { whole: 3, behind: [], clocks }, 'and it is said');
    const names = ['slow', 'fast', 'right', 'before'].map((site) => `${site}.example`);
    const hunted = async (of: typeof clocks): Promise<string[]> => {
      const targets = names.map((name) => ({ name, covers: 'exact' as const }));
      const found = await huntHits({ targets, sinceMs: about.sinceMs, clocks: of }, database);
      return found.machines.flatMap((machine) => machine.names.map(({ name }) => name)).sort();
    };
    t.same(await hunted(clocks), ['fast.example', 'right.example', 'slow.example'], 'by a hunt as well');
    t.same(await hunted([]), ['fast.example', 'right.example']);
  });

  await t.test('of a site that sends what waited for long it is said until when that is here', async (t) => {
    const maker = new BatchMaker();
    const hits = hitsOf(2);
    await taker.store('sending', { ...maker.next(hits), isAll: false });
    const until = async (): Promise<unknown> =>
      (await readCoverage(['sending'], NOW + 86_400_000, [], database)).behind[0]?.until;
    t.equal(await until(), new Date(NOW + 1).toISOString());
    const at = { ...maker.next([]), atMs: NOW + 3_600_000 };
    await taker.store('sending', at);
    t.equal(await until(), new Date(NOW + 3_600_000).toISOString(), 'nothing waited then');
    const ahead = maker.next([{ name: 'c2.example', timeMs: NOW + 40 * 86_400_000 }]);
    await taker.store('sending', { ...ahead, isAll: false });
    t.equal(await until(), new Date(NOW + 3_600_000).toISOString(), 'its clock was fast for a hit');
  });

  await t.test('a site whose clock is wrong by decades takes no place of others', async (t) => {
    const dayMs = 86_400_000;
    const yearsMs = 30 * 365 * dayMs;
    const askedMs = NOW - 500 * dayMs;
    const at = (site: string, timesMs: readonly number[]): Promise<unknown> =>
      taker.store(
        site,
        new BatchMaker().next(timesMs.map((timeMs, i) => ({ name: `d${i}.${site}.example`, timeMs }))),
      );
    await at(
      'future',
      [100, 1_100, 2_100, 3_100].map((n) => askedMs + yearsMs + n),
    );
    await at(
      'past',
      [0, 2].map((n) => askedMs - yearsMs + n * 1_000),
    );
    await at(
      'today',
      [500, 1_500, 86_400_000].map((n) => askedMs + n),
    );
    const clocks = [
      { site: 'future', offsetMs: yearsMs },
      { site: 'past', offsetMs: -yearsMs },
    ];
    const asked = { sinceMs: askedMs - 60_000, untilMs: askedMs + 60_000 };
    const found = await readHits({ ...asked, limit: 5 }, clocks, database);
    t.same(
      found.map(({ site }) => site),
      ['future', 'future', 'past', 'today', 'future'],
      'the newest by the clock of the head',
    );
    t.match(found[2], { time: new Date(askedMs - yearsMs + 2_000).toISOString() }, 'as the site wrote it');
    t.equal((await readHits({ ...asked, limit: 20 }, clocks, database)).length, 8);
    t.equal((await readHits({ ...asked, site: 'past', limit: 20 }, clocks, database)).length, 2);
  });

  await t.test('what happened at sites with other clocks is joined by that of the head', async (t) => {
    const hourMs = 3_600_000;
    const iso = (ms: number): string => new Date(ms).toISOString();
    const client = { ip: '192.0.2.77', mac: 'aa:bb:cc:00:00:77', name: null, group: 'default' };
    const beganMs = NOW + 50 * 24 * hourMs;
    const incident = (id: string, firstMs: number): string =>
      JSON.stringify({
        ...{
          id,
          client,
          machine: 'm',
          campaign: 'travels',
          list: 'threats',
          state: 'open',
          severity: 'high',
        },
        ...{ opened: iso(firstMs), first: iso(firstMs), last: iso(firstMs + 60_000), hits: 1, visits: 1 },
      });
    const trouble = (sinceMs: number): string =>
      JSON.stringify({ state: 'begun', since: iso(sinceMs), text: 'the disk is full' });
    const tell = (site: string, aheadMs: number, afterMs: number): Promise<unknown> => {
      const atMs = beganMs + aheadMs + afterMs;
      const notes = [
        { kind: 'incident' as const, id: `i-${site}`, body: incident(`i-${site}`, atMs) },
        { kind: 'trouble' as const, id: `t-${site}`, body: trouble(atMs) },
      ];
      return taker.store(site, new BatchMaker().next([], notes));
    };
    await tell('ahead', 5 * hourMs, 0);
    await tell('late', -3 * hourMs, hourMs);
    const clocks = [
      { site: 'ahead', offsetMs: 5 * hourMs },
      { site: 'late', offsetMs: -3 * hourMs },
    ];
    const [one, ...more] = await readIncidents(
      { sinceMs: beganMs + 30 * 60_000, client: client.mac, limit: 9 },
      clocks,
      database,
    );
    t.same(more, []);
    t.match(one, {
      ...{ first: iso(beganMs), last: iso(beganMs + hourMs + 60_000), sites: ['late', 'ahead'] },
      incidents: [{ site: 'late', first: iso(beganMs - 2 * hourMs) }, { site: 'ahead' }],
    });
    const troubles = await readTroubles({ sinceMs: beganMs, limit: 2 }, clocks, database);
    t.same(
      troubles.map(({ site }) => site),
      ['late', 'ahead'],
    );
  });

  await t.test('what does not follow the mark is refused, and the answer says where to begin', async (t) => {
    const maker = new BatchMaker();
    await taker.store('gap', maker.next(hitsOf(2)));
    maker.next(hitsOf(4));
    const late = maker.next(hitsOf(1));
    t.match(await taker.store('gap', late), { isTaken: false, mark: { hits: 2 } });
    t.equal(await count('gap'), 2);
    t.match(
      await taker.store('gap', { ...late, removedThrough: 6 }),
      { isTaken: true, mark: { hits: 7 } },
      'unless the site says that it has no more what is between',
    );
    const [gap] = await database.query('SELECT hitsAfter AS a, hitsThrough AS b FROM cenote.removed');
    t.match(gap, { a: '2', b: '6' }, 'and this is noted');
  });

  await t.test('a store that a site began anew sends all again, and it is there once', async (t) => {
    const before = new BatchMaker('b'.repeat(32)).next(hitsOf(3));
    await taker.store('anew', before);
    t.match(await taker.store('anew', { ...before, epoch: 'c'.repeat(32) }), {
      isTaken: true,
      hits: 0,
      mark: { hits: 3 },
    });
    t.equal(await count('anew'), 3);
  });

  await t.test('after a kill of the database rows and mark agree', async (t) => {
    const maker = new BatchMaker();
    const taken = taker.store('killed', maker.next(hitsOf(500))).then(
      ({ mark }) => mark.hits,
      () => null,
    );
    await postgres.kill();
    const said = await taken;
    await postgres.start();
    await database.close();
    database = new Database({ url: postgres.url });
    taker = new BatchTaker(database, () => NOW);
    const stored = await count('killed');
    t.ok(stored === 0 || stored === 500);
    if (said !== null) t.equal(stored, said);
    const { mark } = await taker.store('killed', { ...new BatchMaker().next([]), epoch: maker.epoch });
    t.equal(mark.hits, stored);
  });

  await t.test(
    'hits of a clock that is wrong by years are kept, and move when their month comes',
    async (t) => {
      const timeMs = Date.UTC(2031, 4, 5);
      await taker.store(
        'skewed',
        new BatchMaker().next([
          { name: 'early.example', timeMs },
          { name: 'late.example', timeMs: 0 },
        ]),
      );
      t.equal(await count('skewed'), 2);
      const later = new BatchTaker(database, () => timeMs);
      await later.store('other', new BatchMaker().next([{ name: 'then.example', timeMs }]));
      const tables = await database.query(
        'SELECT c.relname AS name FROM cenote.hits h JOIN pg_class c ON c.oid = h.tableoid WHERE time = $1',
        [new Date(timeMs)],
      );
      t.same(
        tables.map(({ name }) => name),
        ['hits_2031_05', 'hits_2031_05'],
      );
      t.equal(await count('skewed'), 2);
      await later.removeBefore(timeMs - 1000);
      t.equal(await count('skewed'), 1);
      t.equal(await count('once'), 0, 'whole months go as tables');
    },
  );

  await t.test('hits are read as their site wrote them, and a machine that travels is one', async (t) => {
    const mac = 'aa:bb:cc:dd:ee:01';
    const docker = '02:42:ac:11:00:02';
    const travels = { name: 'a.travels.example', timeMs: NOW, mac };
    const batch = new BatchMaker().next([{ ...travels, ip: '192.0.2.5', via: 'cdn.example', count: 3 }]);
    await taker.store('north', batch);
    await taker.store('south', new BatchMaker().next([{ ...travels, ip: '198.51.100.5', timeMs: NOW + 5 }]));
    for (const site of ['north', 'south'])
      await taker.store(
        site,
        new BatchMaker('d'.repeat(32)).next([
          { name: 'box.example', timeMs: NOW, mac: docker, ip: '192.0.2.99' },
        ]),
      );
    const all = await readHits({ sinceMs: NOW, client: mac, limit: 10 }, [], database);
    t.match(all, [
      { site: 'south', client: { ip: '198.51.100.5', mac } },
      {
        event: 'hit',
        site: 'north',
        id: batch.hits.id[0],
        count: 3,
        question: { name: 'a.travels.example', type: 'A' },
        via: 'cdn.example',
        rule: 'a.travels.example',
        list: 'threats',
        verdict: 'sinkhole',
      },
    ]);
    t.match(
      await readHits({ sinceMs: NOW, client: '192.0.2.5', limit: 10 }, [], database),
      { length: 2 },
      'by an address, all of its machine',
    );
    t.match(await readHits({ sinceMs: NOW, client: '192.0.2.5', site: 'south', limit: 10 }, [], database), [
      { site: 'south' },
    ]);
    t.match(await readHits({ sinceMs: NOW, list: 'none', limit: 10 }, [], database), { length: 0 });
    const below = [{ name: 'travels.example', covers: 'subtree' }] as const;
    const { machines: hunted } = await huntHits({ targets: below, sinceMs: NOW }, database);
    t.match(hunted, { length: 1 });
    t.match(hunted[0], {
      machine: mac,
      sites: ['south', 'north'],
      names: [
        { site: 'south', count: 1 },
        { site: 'north', count: 3 },
      ],
    });
    t.match(
      (await huntHits({ targets: below, sinceMs: NOW, besides: ['south'] }, database)).machines,
      [{ sites: ['north'], names: { length: 1 } }],
      'but for what a site has answered itself',
    );
    t.same(await huntHits({ targets: below, sinceMs: NOW, besides: ['south', 'north'] }, database), {
      machines: [],
      isCut: false,
    });
    const boxes = await huntHits(
      { targets: [{ name: 'box.example', covers: 'exact' }], sinceMs: NOW },
      database,
    );
    t.match(boxes.machines, { length: 2 }, "a container's MAC is that of every container with its address");
    t.match(
      (await huntHits({ targets: [{ name: 'cdn.example', covers: 'exact' }], sinceMs: NOW }, database))
        .machines,
      [{ names: [{ name: 'a.travels.example', via: 'cdn.example' }] }],
    );
    t.match(
      await huntHits({ targets: [{ name: 'avels.example', covers: 'subtree' }], sinceMs: NOW }, database),
      {
        machines: [],
      },
    );
  });

  await t.test('an incident is there as it was last told, whatever comes again', async (t) => {
    const maker = new BatchMaker();
    const told = (state: string): string =>
      JSON.stringify({
        id: 'I1',
        state,
        client: { ip: '192.0.2.1' },
        machine: 'm',
        list: 'l',
        campaign: null,
        opened: '2026-11-23T09:00:00Z',
      });
    const open = maker.next(
      [],
      [
        { kind: 'incident', id: 'I1', body: told('open') },
        { kind: 'trouble', id: 'disk', body: '{"state":"begun","since":"no time"}' },
      ],
    );
    const closed = maker.next([], [{ kind: 'incident', id: 'I1', body: told('closed') }]);
    await taker.store('told', open);
    await taker.store('told', closed);
    await taker.store('told', open);
    t.match(await database.query("SELECT state, concern FROM cenote.incidents WHERE site = 'told'"), [
      { state: 'closed', concern: 'list l' },
    ]);
    t.match(await database.query("SELECT state FROM cenote.troubles WHERE site = 'told'"), [
      { state: 'begun' },
    ]);
  });

  await t.test('what a site calls an incident and is none takes away no other', async (t) => {
    const moment = '2026-11-23T09:00:00Z';
    const sound = {
      client: { ip: '192.0.2.2' },
      machine: 'm2',
      list: 'l',
      state: 'open',
      hits: 1,
      visits: 1,
    };
    const told = (id: string, body: object) => ({
      kind: 'incident' as const,
      id,
      body: JSON.stringify(body),
    });
    const times = { opened: moment, first: moment, last: moment };
    await taker.store(
      'odd-one',
      new BatchMaker().next(
        [],
        [
          told('I2', { opened: moment, client: 7 }),
          told('I3', { ...sound, ...times }),
          told('I4', { ...sound, ...times, machine: 'm3', lists: 'l' }),
        ],
      ),
    );
    const found = await readIncidents({ sinceMs: 0, site: 'odd-one', limit: 9 }, [], database);
    t.match(found, [{ client: { ip: '192.0.2.2' }, first: moment, sites: ['odd-one'] }]);
    t.equal(found.length, 1);
  });

  await t.test('an incident is about all lists of it at all sites, as they are called now', async (t) => {
    const moment = '2026-11-23T09:00:00Z';
    const incident = (id: string, own: object) => ({
      kind: 'incident' as const,
      id,
      body: JSON.stringify({
        ...{ client: { ip: '192.0.2.3', mac: 'aa:bb:cc:dd:ee:0b' }, state: 'open', hits: 1, visits: 1 },
        ...{ opened: moment, first: moment, last: moment, list: 'before', ...own },
      }),
    });
    const two = { lists: ['before', 'after', 'threats'], formerLists: ['before'] };
    const one = { lists: ['before', 'after'], formerLists: ['before'] };
    const makers = { 'lists-one': new BatchMaker(), 'lists-two': new BatchMaker() };
    const tell = (site: keyof typeof makers, own: object) =>
      taker.store(site, makers[site].next([], [incident('I5', own)]));
    await tell('lists-one', { ...one, campaign: null });
    await tell('lists-two', { ...two, campaign: null });
    const about = async (): Promise<unknown> =>
      (await readIncidents({ sinceMs: 0, site: 'lists-two', limit: 9 }, [], database)).map(
        ({ about, lists, sites }) => ({ about, lists, sites: [...sites].sort() }),
      );
    t.same(await about(), [{ about: 'after, threats', lists: two.lists, sites: ['lists-one', 'lists-two'] }]);
    await tell('lists-one', { lists: ['before'], campaign: null });
    t.match(await about(), [{ about: /before/ }], 'where one site calls it so still, it is its name there');
  });

  await t.test(
    'what a machine had asked for at two sites is one, under the name that one has for it',
    async (t) => {
      const at = (hour: number): string => new Date(NOW + hour * 3_600_000).toISOString();
      const none = { answered: 0, failed: 0, blocked: 0, refused: 0, local: 0, unrecorded: 0 };
      const find = (id: string, name: string | null, hour: number, mac = 'aa:bb:cc:dd:ee:02') => ({
        ...{ id, event: 'find', time: at(hour), listedAt: at(hour), first: at(-hour), last: at(-1) },
        client: { ip: '192.0.2.3', name, mac, group: 'default' },
        ...{
          machine: 'm3',
          list: 'threats',
          lists: ['threats'],
          rules: ['found.example'],
          ...none,
          count: 2,
        },
        indicator: { campaign: '3cx', source: null, firstPublished: null, confidence: null },
        names: [
          {
            name: 'found.example',
            via: null,
            count: 2,
            countMax: 2,
            visits: 1,
            first: at(-hour),
            last: at(-1),
            ...none,
            allowed: 0,
          },
        ],
        furtherNames: 0,
      });
      const note = (kind: 'find' | 'trouble' | 'incident', id: string, body: object) => ({
        kind,
        id,
        body: JSON.stringify(body),
      });
      const incident = (id: string, name: string | null, last: number) => ({
        ...{
          id,
          client: find(id, name, 1).client,
          machine: 'm3',
          list: 'threats',
          campaign: '3cx',
          state: 'open',
        },
        ...{ opened: at(1), first: at(1), last: at(last), severity: 'low', hits: 1, visits: 1 },
      });
      const east = new BatchMaker();
      await taker.store(
        'east',
        east.next(
          [],
          [
            note('find', 'F1', find('F1', 'laptop-4', 3)),
            note('find', 'F9', { ...find('F9', null, 9), names: 'none' }),
            note('trouble', 'disk', { id: 'disk', text: 'the disk is full', since: at(1), state: 'begun' }),
            note('incident', 'I7', incident('I7', 'laptop-4', 2)),
          ],
        ),
      );
      await taker.store(
        'west',
        new BatchMaker().next(
          [],
          [
            note('find', 'F2', find('F2', null, 5)),
            note('find', 'F3', find('F3', null, 4, 'aa:bb:cc:dd:ee:03')),
            note('incident', 'I8', incident('I8', null, 3)),
          ],
        ),
      );
      t.match(await readFinds({ sinceMs: NOW, client: 'aa:bb:cc:dd:ee:02', limit: 9 }, [], database), [
        {
          client: { name: 'laptop-4' },
          campaign: '3cx',
          sites: ['west', 'east'],
          count: 4,
          first: at(-5),
          finds: [
            { site: 'west', id: 'F2' },
            { site: 'east', id: 'F1' },
          ],
        },
      ]);
      t.equal((await readFinds({ sinceMs: NOW, site: 'west', limit: 9 }, [], database)).length, 2);
      t.match(await readIncidents({ sinceMs: NOW, client: 'aa:bb:cc:dd:ee:02', limit: 9 }, [], database), [
        { client: { name: 'laptop-4' }, sites: ['west', 'east'], hits: 2 },
      ]);
      const troubles = () =>
        readTroubles({ sinceMs: NOW + 86_400_000, site: 'east', limit: 9 }, [], database);
      const disk = { site: 'east', id: 'disk', text: 'the disk is full', since: at(1) };
      t.same(
        await troubles(),
        [{ ...disk, state: 'begun', over: null }],
        'what lasts is told, however old it is',
      );
      await taker.store(
        'east',
        east.next([], [note('trouble', 'disk', { text: '', since: at(30), state: 'over' })]),
      );
      t.same(await troubles(), [{ ...disk, state: 'over', over: at(30) }]);
    },
  );
});
