// Names allowed or blocked by hand: what they become, how long they last, and that a refusal leaves everything as it was.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import t, { type Test } from 'tap';
import type { Identity } from '../../../src/clients/machine.ts';
import { MachineTable } from '../../../src/clients/machine-table.ts';
import type { Config } from '../../../src/config/config.ts';
import { SteadyClock } from '../../../src/config/steady-clock.ts';
import { addressesOf, machineText } from '../../../src/daemon/by-hand/addresses.ts';
import { type MeantMachine, type Override, withOverrides } from '../../../src/daemon/by-hand/override.ts';
import { Overrides } from '../../../src/daemon/by-hand/overrides.ts';
import { isBroad, problemOf } from '../../../src/daemon/by-hand/usable.ts';
import { textToAddress } from '../../../src/wire/names/address.ts';
import { configOf } from '../../support/config-text.ts';
import { fill, smallDisk } from '../../support/hits-small-disk.ts';

const BASE: Config = configOf(`
lists:
  bad: { names: [evil.example] }
  by-hand-allow: { names: [good.example], action: allow }
groups:
  default: { clients: [any], lists: [bad, by-hand-allow] }
  kids: { clients: [192.0.2.7], lists: [bad], schedule: "Mon-Fri 08:00-18:00" }
`);
const EVERYBODY = { machine: null, group: null, reason: null, untilMs: null };

function override(change: Partial<Override> = {}): Override {
  return { id: 'aaaaa', action: 'allow', name: 'cdn.example', sinceMs: 0, ...EVERYBODY, ...change };
}

const LAPTOP: MeantMachine = { said: 'laptop', ids: ['m-1'], ip: null };
const octets = (...texts: string[]): Uint8Array[] => texts.flatMap((text) => textToAddress(text) ?? []);

t.test('they are lists before all others, at every hour, of their groups alone', async (t) => {
  const made = withOverrides(
    BASE,
    [
      override(),
      override({ action: 'block', name: 'game.example', group: 'kids' }),
      override({ name: 'x.example', machine: LAPTOP }),
      override({ name: 'y.example', machine: { ...LAPTOP, ids: ['m-2'] } }),
      override({ name: 'z.example', group: 'no-more' }),
    ],
    ({ ids: [id] }) => (id === 'm-1' ? octets('2001:db8::7', '192.0.2.9') : []),
  );
  t.match(made.lists.slice(0, 2), [
    {
      name: 'by-hand-allow-',
      action: 'allow',
      alert: false,
      names: ['@@||cdn.example^$important', '@@||x.example^$important,client=192.0.2.9|2001:db8::7'],
    },
    { name: 'by-hand-block-kids', action: 'sinkhole', names: ['||game.example^$important'] },
  ]);
  t.same(
    made.groups.map(({ lists, alwaysLists }) => [lists, alwaysLists]),
    [
      [['by-hand-allow-', 'bad', 'by-hand-allow'], ['by-hand-allow-']],
      [
        ['by-hand-allow-', 'by-hand-block-kids', 'bad'],
        ['by-hand-allow-', 'by-hand-block-kids'],
      ],
    ],
  );
  t.equal(
    withOverrides(BASE, [], () => []),
    BASE,
    'without any, nothing is made',
  );
});

t.test(
  'a machine is meant at the addresses that it has now; one that is only its address at that',
  async (t) => {
    const table = new MachineTable();
    t.same(addressesOf(table, { said: '192.0.2.7', ids: [], ip: '192.0.2.7' }), octets('192.0.2.7'));
    t.same(addressesOf(table, LAPTOP), []);
  },
);

t.test('whose it is reads as the person said it, an id as what the machine is called now', async (t) => {
  const table = new MachineTable();
  const id = 'm-0123456789';
  const who: Identity = { id, name: null, nameFrom: null, mac: null };
  const [address] = octets('192.0.2.7');
  const meant = { said: id, ids: [id], ip: null };
  t.equal(machineText(table, meant), id, 'nothing is known of it');
  table.apply({ machines: [], merges: [], bindings: [{ address: address!, who, fromMs: 1, toMs: null }] });
  t.equal(machineText(table, meant), '192.0.2.7');
  table.apply({
    machines: [],
    merges: [],
    bindings: [{ address: address!, who: { ...who, name: 'laptop' }, fromMs: 2, toMs: null }],
  });
  t.equal(machineText(table, meant), 'laptop');
  t.equal(machineText(table, { ...meant, said: '192.0.2.7' }), '192.0.2.7');
});

/** Overrides whose changes a test lets through or refuses. */
function house(t: Test, dir: string = t.testdir({})) {
  const world = {
    nowMs: 1000,
    aheadMs: 0,
    refusal: null as Error | null,
    config: BASE,
    uses: 0,
    at: octets('192.0.2.7'),
  };
  const open = (): Overrides =>
    new Overrides({
      dir,
      log: pino({ level: 'silent' }),
      clock: new SteadyClock(
        () => world.nowMs + world.aheadMs,
        () => world.nowMs,
      ),
      addressesOf: () => world.at,
      inForce: () => world.config,
      use: async (config) => {
        if (world.refusal !== null) throw world.refusal;
        world.config = config;
        world.uses += 1;
      },
    });
  return { world, open, path: join(dir, 'overrides.json') };
}

t.test('they outlive a restart, end at their time, and the later word about a name counts', async (t) => {
  const { world, open } = house(t);
  const overrides = open();
  await overrides.add({ ...EVERYBODY, action: 'allow', name: 'cdn.example', untilMs: 5000 });
  await overrides.add({ ...EVERYBODY, action: 'allow', name: 'shop.example', reason: 'the till' });
  const later = await overrides.add({ ...EVERYBODY, action: 'block', name: 'shop.example' });
  await overrides.add({ ...EVERYBODY, action: 'allow', name: 'shop.example', group: 'kids' });
  const told = (of: Overrides) =>
    of.all.map(({ action, name, group }) => `${action} ${name} ${group ?? ''}`.trim());
  const all = ['allow cdn.example', 'block shop.example', 'allow shop.example kids'];
  t.same(told(overrides), all);
  t.same(told(open()), all, 'after a restart');

  world.nowMs = 5000;
  t.same(told(overrides), all.slice(1));
  t.same(told(open()), all.slice(1));

  t.match(await overrides.remove(later.id), { name: 'shop.example', action: 'block' });
  t.equal(await overrides.remove(later.id), null);
  t.same(told(open()), all.slice(2));
});

t.test('what is for five minutes lasts five minutes, wherever the clock is set meanwhile', async (t) => {
  const YEARS_MS = 20 * 365 * 86_400_000;
  for (const setMs of [YEARS_MS, -3_600_000]) {
    const { world, open } = house(t, t.testdir({ [String(setMs)]: {} }));
    const overrides = open();
    world.aheadMs = YEARS_MS;
    const untilMs = world.nowMs + world.aheadMs + 300_000;
    await overrides.add({ ...EVERYBODY, action: 'allow', name: 'cdn.example', untilMs });
    world.aheadMs += setMs;
    t.match(overrides.all, [{ sinceMs: 1000 + world.aheadMs, untilMs: untilMs + setMs }], 'as it is now');
    await overrides.look();
    t.match(open().all, [{ untilMs: untilMs + setMs }], 'and after a restart');
    world.nowMs += 299_000;
    await overrides.look();
    t.equal(overrides.all.length, 1);
    world.nowMs += 1000;
    await overrides.look();
    t.same(overrides.all, []);
    t.equal(world.config.lists.length, BASE.lists.length);
  }
});

t.test('a start with a clock that is years behind keeps none longer than was said', async (t) => {
  const { world, open } = house(t);
  world.aheadMs = 1_700_000_000_000;
  const untilMs = world.nowMs + world.aheadMs + 300_000;
  await open().add({ ...EVERYBODY, action: 'allow', name: 'cdn.example', untilMs });
  world.aheadMs = 0;
  const overrides = open();
  t.match(overrides.all, [{ sinceMs: 1000, untilMs: 301_000 }]);
  world.aheadMs = 1_700_000_000_000;
  t.match(overrides.all, [{ untilMs }], 'and set right: as it was');
});

t.test('what no list can hold is told, and is nothing that is said to be in force', async (t) => {
  const none: [name: string, problem: RegExp][] = [
    ['0', /^not a domain name$/],
    ['12.34', /^not a domain name$/],
    ['a\\032b.example', /^not a domain name$/],
    ['\\255x.example', /^not a domain name$/],
    ['local', /^a name of the machine itself$/],
  ];
  for (const [name, problem] of none)
    for (const action of ['allow', 'block'] as const) t.match(problemOf(action, name), problem, name);
  const good = [
    'com',
    'x_y.example',
    'xn--bcher-kva.example',
    '*.parts.example',
    '10.example',
    '-a.example',
    '192.0.2.1',
  ];
  for (const name of good)
    for (const action of ['allow', 'block'] as const) t.equal(problemOf(action, name), null, name);
  for (const name of [
    'com',
    '*.com',
    'co.uk',
    'xn--p1ai',
    'nas',
    'localdomain',
    'github.io',
    '*.Workers.dev',
    'core.windows.net',
  ])
    t.ok(isBroad('allow', name), `${name} is much at once`);
  for (const name of [...good.filter((name) => name !== 'com'), 'evil.github.io', 'cenote.example.co.uk'])
    t.notOk(isBroad('block', name), `${name} is a domain`);
});

t.test('what was refused is not kept, and what stood stands', async (t) => {
  const { world, open, path } = house(t);
  const overrides = open();
  const { id } = await overrides.add({ ...EVERYBODY, action: 'allow', name: 'cdn.example' });
  const before = readFileSync(path, 'utf8');
  world.refusal = new Error('resolver 0: no memory');
  await t.rejects(overrides.add({ ...EVERYBODY, action: 'block', name: 'x.example' }), world.refusal);
  await t.rejects(overrides.remove(id), world.refusal);
  t.match(overrides.all, [{ id }]);
  t.equal(overrides.all.length, 1);
  t.equal(readFileSync(path, 'utf8'), before);
});

t.test(
  'the same configuration with the same overrides is the same value, with other addresses another',
  async (t) => {
    const { world, open } = house(t);
    const overrides = open();
    t.equal(overrides.over(BASE), BASE);
    await overrides.add({ ...EVERYBODY, action: 'allow', name: 'cdn.example', machine: LAPTOP });
    const made = overrides.over(BASE);
    t.equal(overrides.over(BASE), made);
    t.equal(world.config, made, 'and that is in force');
    await overrides.add({ ...EVERYBODY, action: 'allow', name: 'cdn.example', machine: LAPTOP });
    t.equal(world.config.lists.length, BASE.lists.length + 1, 'the next one is put over what was beneath');
    world.at = octets('192.0.2.8');
    const moved = overrides.over(BASE);
    t.same(moved.lists[0]?.names, ['@@||cdn.example^$important,client=192.0.2.8']);
  },
);

t.test(
  'a machine is followed to another address, one that ended is out of force, and what was refused is tried again',
  async (t) => {
    const { world, open } = house(t);
    const overrides = open();
    const lines = (): readonly string[] =>
      world.config.lists.flatMap(({ name, names }) =>
        name.startsWith('by-hand-block') ? (names ?? []) : [],
      );
    await overrides.add({ ...EVERYBODY, action: 'block', name: 'game.example', machine: LAPTOP });
    await overrides.add({ ...EVERYBODY, action: 'block', name: 'x.example', untilMs: 5000 });
    const before = world.config;
    await overrides.look();
    t.equal(world.config, before, 'nothing is other than it was');

    world.at = octets('192.0.2.8');
    world.nowMs = 5000;
    world.refusal = new Error('resolver 0: no memory');
    await overrides.look();
    t.equal(world.config, before);
    world.refusal = null;
    await overrides.look();
    t.same(lines(), ['||game.example^$important,client=192.0.2.8']);
    t.same(
      open().all.map(({ name }) => name),
      ['game.example'],
      'kept',
    );
  },
);

t.test('what no disk takes is told and changes nothing, and what ends then ends once', async (t) => {
  const { world, open, path } = house(t);
  const overrides = open();
  const { id } = await overrides.add({ ...EVERYBODY, action: 'allow', name: 'cdn.example' });
  await overrides.add({ ...EVERYBODY, action: 'block', name: 'game.example', untilMs: 5000 });
  const before = world.config;
  rmSync(path);
  // A rename onto a folder fails, as a full disk does.
  mkdirSync(join(path, 'in the way'), { recursive: true });
  const notKept = {
    code: 'NOT_KEPT',
    status: 507,
    message: /nothing changed: .*overrides\.json\); make room there/,
  };
  await t.rejects(overrides.add({ ...EVERYBODY, action: 'block', name: 'x.example' }), notKept);
  await t.rejects(overrides.remove(id), notKept);
  t.throws(() => overrides.keep(), { code: 'EISDIR' }, 'who asked for no change hears what the disk says');
  t.same(world.config, before);

  world.nowMs = 5000;
  await overrides.look();
  t.same(
    world.config.lists.map(({ name }) => name).filter((name) => name.startsWith('by-hand-block-')),
    [],
  );
  const { uses } = world;
  await overrides.look();
  t.equal(world.uses, uses, 'nothing is put into force again at each look');
});

t.test(
  'on a full disk each is as it was, until it can be written down; one whose time is over ends',
  async (t) => {
    const disk = smallDisk(t, 64 * 1024);
    if (disk === null) return;
    const { world, open, path } = house(t, disk.path);
    const overrides = open();
    const { id } = await overrides.add({ ...EVERYBODY, action: 'allow', name: 'cdn.example' });
    await overrides.add({ ...EVERYBODY, action: 'block', name: 'game.example', untilMs: 5000 });
    const before = { config: world.config, all: overrides.all, text: readFileSync(path, 'utf8') };
    const empty = fill(disk);
    const notKept = { code: 'NOT_KEPT', status: 507, message: /nothing changed: ENOSPC.*make room there/ };
    await t.rejects(overrides.remove(id), notKept);
    await t.rejects(overrides.add({ ...EVERYBODY, action: 'block', name: 'game.example' }), notKept);
    await t.rejects(overrides.add({ ...EVERYBODY, action: 'block', name: 'x.example' }), notKept);
    t.same({ config: world.config, all: overrides.all, text: readFileSync(path, 'utf8') }, before);
    t.same(open().all, before.all, 'a start then has the same');
    t.same(readdirSync(disk.path).sort(), ['filler', 'overrides.json'], 'nothing is left of the tries');
    world.nowMs = 5000;
    await overrides.look();
    for (const one of [overrides, open()])
      t.same(
        one.all.map(({ name }) => name),
        ['cdn.example'],
      );
    empty();
    await overrides.remove(id);
    t.same(open().all, []);
    t.same(world.config.lists, BASE.lists);
  },
);

t.test('a file that cannot be read costs the overrides, not the start', async (t) => {
  const { open, path } = house(t);
  writeFileSync(path, '{"half":');
  t.same(open().all, []);
});
