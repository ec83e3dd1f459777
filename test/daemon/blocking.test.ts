// Reports blocked from the admin interface: several at once, into lists that are there already, and from where they are fetched.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { ReportAsked } from '../../src/admin/lists/report-routes.ts';
import type { Config } from '../../src/config/config.ts';
import { loadedOnce } from '../../src/config/disk/loaded-once.ts';
import { loadConfig } from '../../src/config/load.ts';
import { realFiles } from '../../src/config/read/files.ts';
import { reportsState } from '../../src/daemon/editing/blocking.ts';
import { edited } from '../../src/daemon/editing/edits.ts';
import { SettingsFile } from '../../src/daemon/editing/settings-file.ts';
import { coverageOf } from '../../src/hits/coverage.ts';
import type { ListStatus } from '../../src/lists/library/list-status.ts';
import { smallDisk } from '../support/hits-small-disk.ts';

const asked = (name: string, change: Partial<ReportAsked>): ReportAsked => ({
  text: null,
  bytes: null,
  url: null,
  mayAskAnywhere: false,
  fileName: null,
  name,
  take: [],
  leaveOut: [],
  ...change,
});
const report = (name: string, ...names: string[]): ReportAsked =>
  asked(name, { text: `Domains:\n${names.map((one) => `  ${one}\n`).join('')}` });

const COVERAGE = coverageOf({
  watched: [],
  nowMs: 0,
  of: 'history',
  sinceMs: 0,
  keptSinceMs: 0,
  untilMs: 1,
  waiting: 0,
});

const LIST = 'name: a list\nindicators:\n  - old.example\n';

const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

/** A configuration with what would read it: a list is in force when its file has names. */
function office(t: Test, more = '', disk: string | null = null) {
  const text = `listen: { dns: '127.0.0.1:5335' }\nevents: { dir: . }\n${more}`;
  const dir = disk ?? t.testdir({ lists: { 'kids.yaml': LIST, 'seen.yaml': LIST }, 'c.yaml': text });
  if (disk !== null) writeFileSync(join(disk, 'c.yaml'), text);
  const file = join(dir, 'c.yaml');
  const load = (text: string) =>
    loadConfig({
      file,
      environment: {},
      files: {
        ...realFiles,
        read: (path, most) => (path === file ? Buffer.from(text) : realFiles.read(path, most)),
      },
    });
  const refusals: string[] = [];
  const inForce = (loaded: ReturnType<typeof load>): Config => {
    if (loaded.config === null) throw new Error(JSON.stringify(loaded.problems));
    return loaded.config;
  };
  let config = inForce(load(readFileSync(file, 'utf8')));
  const settings = new SettingsFile({
    file: () => file,
    load,
    edited: async (asked) => edited(asked),
    use: async (loaded, write) => {
      await new Promise(setImmediate);
      const why = refusals.shift();
      if (why !== undefined) throw new Error(why);
      config = inForce(loaded);
      write();
    },
  });
  const status = ({ name, source }: Config['lists'][number]): ListStatus => {
    const entries = textOf(source).match(/^ *- .*\.example/gm)?.length ?? 0;
    return {
      ...{
        name,
        source,
        byHand: false,
        action: 'sinkhole',
        mode: 'enforce',
        format: 'indicators',
        reason: '',
        entries,
      },
      ...{
        patterns: 0,
        skipped: 0,
        skips: [],
        expired: 0,
        nextExpiryMs: null,
        undated: 0,
        condition: 'good',
      },
      ...{
        sinceMs: 0,
        inForce: entries > 0,
        isFetching: false,
        overdue: false,
        lastGoodMs: 0,
        lastChangeMs: 0,
      },
      ...{ lastCheckMs: 0, nextCheckMs: null, lastError: null },
    };
  };
  const rules = { lists: () => config.lists.map(status), refresh: async () => undefined };
  const state = reportsState(
    settings,
    { get config() { return config; }, rules, waits: { settings: [], sinceMs: null } }, // biome-ignore format: one line
    {
      hunt: async () => [],
      coverage: async () => COVERAGE,
      keepsHistory: () => true,
    },
  );
  const namesOf = (list: string): string[] => {
    const { source } = config.lists.find(({ name }) => name === list) ?? { source: '' };
    return (textOf(source).match(/[a-z0-9]+\.example/g) ?? []).sort();
  };
  return { state, refusals, namesOf, text: () => readFileSync(file, 'utf8'), dir };
}

t.test('of two reports at once for one list, each has its names in it', async (t) => {
  const { state, namesOf, text } = office(t);
  await Promise.all(['one', 'two'].map((name) => state.blockReport(report('x', `${name}.example`), null)));
  t.same(namesOf('x'), ['one.example', 'two.example']);
  t.equal(text().match(/^ *x:/gm)?.length, 1);
});

t.test('one that is refused takes away nothing of the next', async (t) => {
  const { state, refusals, namesOf } = office(t);
  refusals.push('no room');
  const names = ['one.example', 'two.example'];
  const done = await Promise.allSettled(names.map((name) => state.blockReport(report('x', name), null)));
  const [refused, ...others] = done.filter(({ status }) => status === 'rejected');
  t.match(refused, { reason: { code: 'EDIT_REFUSED' } });
  t.equal(others.length, 0);
  t.same(
    namesOf('x'),
    names.filter((_, i) => done[i]?.status === 'fulfilled'),
  );
});

t.test('a list that was to grow is as it was where the disk is full by then', async (t) => {
  const disk = smallDisk(t, 128 * 1024);
  if (disk === null) return;
  const list = `${LIST}${Array.from({ length: 2000 }, (_, i) => `  - old${i}.example\n`).join('')}`;
  const path = join(disk.path, 'kids.yaml');
  writeFileSync(path, list);
  // Room for the list that grew beside the one that was, and for no third.
  writeFileSync(join(disk.path, 'other'), Buffer.alloc(32 * 1024));
  const more = `lists: { kids: { source: kids.yaml } }
groups:
  default: { clients: [any], lists: [] }
  small: { clients: [192.0.2.0/24], lists: [kids] }
`;
  const { state, refusals } = office(t, more, disk.path);
  refusals.push('it does not start');
  await t.rejects(state.blockReport(report('kids', 'one.example'), null), { code: 'EDIT_REFUSED' });
  t.equal(readFileSync(path, 'utf8'), list);
  t.same(readdirSync(disk.path).sort(), ['c.yaml', 'kids.yaml', 'other']);
});

t.test(
  'a list that grows is for whom the report is blocked, and one that blocks nobody does not grow',
  async (t) => {
    const more = `lists:
  kids: { source: lists/kids.yaml }
  seen: { source: lists/seen.yaml, mode: monitor }
groups:
  default: { clients: [any], lists: [seen] }
  small: { clients: [192.0.2.0/24], lists: [kids] }
`;
    const { state, text } = office(t, more);
    await state.blockReport(report('kids', 'one.example'), ['default']);
    t.match(text(), /default: \{ clients: \[ ?any ?\], lists: \[ ?seen, kids ?\] \}/);
    t.notMatch(text(), /for: all/);
    await state.blockReport(report('kids', 'two.example'), null);
    t.match(text(), /kids: \{ source: lists\/kids\.yaml, for: all \}/);
    await t.rejects(state.blockReport(report('seen', 'one.example'), null), {
      code: 'EDIT_EXISTS',
      message: /only watches/,
    });
  },
);

t.test(
  'a report is fetched from this network for an admin, and where an admin has a list from',
  async (t) => {
    let asks = 0;
    const server = createServer((_, response) => {
      asks += 1;
      response.end('Domains: one.example\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.teardown(() => server.close());
    const address = server.address();
    const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    const url = `${origin}/report.txt`;
    const alone = office(t);
    await t.rejects(alone.state.readReport(asked('x', { url })), {
      code: 'REPORT_UNREACHABLE',
      message: /only an admin/,
    });
    t.equal(asks, 0, 'nobody was asked');
    t.match(await alone.state.readReport(asked('x', { url, mayAskAnywhere: true })), {
      taken: [{ name: 'one.example' }],
    });
    const named = office(t, `lists: { feed: { source: "${origin}/feed.txt", for: all } }\n`);
    t.match(await named.state.readReport(asked('x', { url })), { taken: [{ name: 'one.example' }] });
  },
);

t.test('what could not be loaded once is loaded by the next who asks', async (t) => {
  let times = 0;
  const load = loadedOnce(async () => {
    times += 1;
    if (times === 1) throw new Error('too many open files');
    return times;
  });
  await t.rejects(load());
  t.same(await Promise.all([load(), load()]), [2, 2]);
});
