// The configuration changed from the admin interface: in its place, comments and other lines as they were, secrets in nobody's hands.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { loadConfig } from '../../src/config/load.ts';
import { realFiles } from '../../src/config/read/files.ts';
import { type Edit, edited } from '../../src/daemon/editing/edits.ts';
import { withGroup, withGroupChanged, withoutGroup } from '../../src/daemon/editing/groups-section.ts';
import {
  addListEntry,
  addToGroups,
  documentOf,
  takeFromGroups,
  textOf,
} from '../../src/daemon/editing/lists-section.ts';
import { withSetting } from '../../src/daemon/editing/one-setting.ts';
import { SettingsFile } from '../../src/daemon/editing/settings-file.ts';
import { shownLines, withoutSecrets } from '../../src/daemon/editing/shown-lines.ts';

const TEXT = `# the office
listen: { dns: ["127.0.0.1:5335"], admin: '127.0.0.1:5380' } # both

cache:
  entries: 20000 # enough
  prefetch:   true
lists:
  ads: { names: [ads.example] } # what nobody wants
  feed: { source: "https://user:pass@feed.example/a?key=hush", bearer: hush }
groups:
  default: { clients: [any], lists: [ads] }
  kids:
    clients: [192.0.2.0/24]
    lists:
      - ads # first
alerts:
  - { webhook: "https://hooks.example/services/T0/B0/hush", secret: hush } # the chat
`;

/** Lines that are not in both. */
const changedLines = (before: string, after: string): string[] => {
  const had = before.split('\n');
  const has = after.split('\n');
  return [
    ...had.filter((line) => !has.includes(line)).map((line) => `- ${line}`),
    ...has.filter((line) => !had.includes(line)).map((line) => `+ ${line}`),
  ];
};

t.test('one setting is changed in its place, and no other octet', async (t) => {
  const changes: [string[], string | null, string[]][] = [
    [['cache', 'entries'], '30000', ['-   entries: 20000 # enough', '+   entries: 30000 # enough']],
    [['cache', 'prefetch'], 'false', ['-   prefetch:   true', '+   prefetch:   false']],
    [['listen', 'admin'], '"[::1]:5380"', [`- listen: { dns: ["127.0.0.1:5335"], admin: '127.0.0.1:5380' } # both`, '+ listen: { dns: ["127.0.0.1:5335"], admin: "[::1]:5380" } # both']],
    [['groups', 'kids', 'clients'], '[192.0.2.0/25]', ['-     clients: [192.0.2.0/24]', '+     clients: [192.0.2.0/25]']],
    [['cache', 'minTtl'], '10s', ['+   minTtl: 10s']],
    [['lists', 'ads', 'alert'], 'true', ['-   ads: { names: [ads.example] } # what nobody wants', '+   ads: { names: [ ads.example ], alert: true } # what nobody wants']],
    [['cache', 'prefetch'], null, ['-   prefetch:   true']],
    [['metrics'], 'false', ['+ metrics: false']],
  ]; // biome-ignore format: a table
  for (const [path, value, lines] of changes)
    t.same(changedLines(TEXT, withSetting(TEXT, path, value)), lines, path.join('.'));
  t.throws(() => withSetting(TEXT, ['cache', 'entries'], '[1'), { code: 'EDIT_BAD_VALUE' });
  t.throws(() => withSetting(TEXT, ['cache', 'nothing'], null), { code: 'EDIT_NO_SETTING' });
  t.throws(() => withSetting('a: [', ['a'], '1'), { code: 'EDIT_BROKEN' });
});

t.test('a list comes and goes in lines of its own', async (t) => {
  const document = documentOf(TEXT);
  addListEntry(document, 'new', { source: '/lists/new.txt', action: 'sinkhole' });
  addToGroups(document, 'new', ['kids']);
  const added = textOf(TEXT, document);
  t.same(changedLines(TEXT, added), [
    '+   new: { source: /lists/new.txt, action: sinkhole }',
    '+       - new',
  ]);
  const again = documentOf(added);
  again.deleteIn(['lists', 'new']);
  takeFromGroups(again, 'new');
  t.equal(textOf(added, again), TEXT, 'and is gone without a trace');
});

t.test('a group comes, changes and goes in lines of its own, written as its neighbours are', async (t) => {
  const tills = { name: 'tills', clients: ['192.0.2.7', 'till*'], lists: ['ads'], schedule: null };
  const added = withGroup(TEXT, { ...tills, schedule: 'mon-fri 08:00-18:00', upstreams: null });
  t.same(changedLines(TEXT, added), [
    '+   tills:',
    '+     clients: [ 192.0.2.7, till* ]',
    '+     lists: [ ads ]',
    '+     schedule: mon-fri 08:00-18:00',
  ]);
  const changed = withGroupChanged(added, { ...tills, upstreams: ['192.0.2.53'] });
  t.same(changedLines(added, changed), [
    '-     schedule: mon-fri 08:00-18:00',
    '+     upstreams: [ 192.0.2.53 ]',
  ]);
  t.equal(withoutGroup(changed, 'tills'), TEXT, 'and is gone without a trace');
  const kids = { name: 'kids', lists: ['ads'], clients: ['192.0.2.0/25'] };
  t.same(
    changedLines(TEXT, withGroupChanged(TEXT, kids)),
    ['-     clients: [192.0.2.0/24]', '+     clients: [ 192.0.2.0/25 ]'],
    'a setting that says the same keeps its comment',
  );
  const bare = { name: 'all', clients: ['any'], lists: [] };
  t.equal(
    withGroup('metrics: true\n', bare),
    'metrics: true\ngroups:\n  all: { clients: [ any ], lists: [] }\n',
  );
  const json = JSON.stringify({ metrics: true, groups: {} }, null, 2);
  t.equal(
    withGroup(`${json}\n`, bare),
    `${JSON.stringify({ metrics: true, groups: { all: { clients: ['any'], lists: [] } } }, null, 2)}\n`,
    'JSON stays JSON',
  );
  t.throws(() => withGroup(TEXT, { ...tills, name: 'kids' }), { code: 'EDIT_EXISTS' });
  t.throws(() => withGroupChanged(TEXT, tills), { code: 'EDIT_NO_GROUP' });
  t.throws(() => withoutGroup(TEXT, 'tills'), { code: 'EDIT_NO_GROUP' });
  const alias = TEXT.replace('kids:', 'kids: &kids').replace('alerts:', '  more: *kids\nalerts:');
  t.throws(() => withGroupChanged(alias, { name: 'more', lists: [] }), { code: 'EDIT_BROKEN' });
});

t.test('secrets are shown to nobody, and each line says which setting it is', async (t) => {
  t.notMatch(withoutSecrets(TEXT), /hush|pass/);
  const lines = shownLines(TEXT);
  t.notMatch(JSON.stringify(lines), /hush|pass/);
  t.same(
    lines.map(({ text }) => text.split(':')[0]),
    TEXT.split('\n').map((line) => line.split(':')[0]),
    'line by line',
  );
  const settings = lines
    .filter(({ path }) => path !== null)
    .map(({ line, path, value }) => [line, path?.join('.'), value]);
  t.same(settings, [
    [2, 'listen', `{ dns: ["127.0.0.1:5335"], admin: '127.0.0.1:5380' }`],
    [5, 'cache.entries', '20000'],
    [6, 'cache.prefetch', 'true'],
    [8, 'lists.ads', '{ names: [ads.example] }'],
    [9, 'lists.feed', null],
    [11, 'groups.default', '{ clients: [any], lists: [ads] }'],
    [13, 'groups.kids.clients', '[192.0.2.0/24]'],
  ]);
});

t.test(
  "of a receiver's address the user and the path are hidden, and nothing where there is neither",
  async (t) => {
    const shownOf = (url: string) =>
      /url: (.*) \}/.exec(
        shownLines(`alerts: [{ name: x }, { url: ${JSON.stringify(url)} }]`)[0]?.text ?? '',
      )?.[1];
    const rows: [written: string, shown: string][] = [
      ['https://anna:hush@hooks.example/T1?k=hush#hush', 'https://•••@hooks.example/•••'],
      ['https://hush@hooks.example', 'https://•••@hooks.example'],
      ['smtps://cenote@mail.example:465', 'smtps://•••@mail.example:465'],
      [' https://anna:hush@hooks.example\\hush', 'https://•••@hooks.example/•••'],
      ['https://anna:hu/sh@hooks.example/hush', '•••'],
      ['https://hooks.example/', 'https://hooks.example/'],
      ['tcp://wazuh.example:514', 'tcp://wazuh.example:514'],
    ];
    for (const [written, shown] of rows) t.equal(shownOf(written), JSON.stringify(shown), written);
  },
);

t.test('a secret that is a number is one, and so is any in a text that is no YAML', async (t) => {
  const text = 'listen: { admin: { users: { anna: { password: 12345678 } } } }\n';
  t.notMatch(JSON.stringify(shownLines(text)) + withoutSecrets(text), /12345678/);
  t.throws(() => shownLines(text.replace(' }\n', '\n')), { code: 'EDIT_BROKEN' });
});

t.test('a change is looked at first, put into force, then written; what is refused is not', async (t) => {
  const file = join(t.testdir({ 'c.yaml': TEXT.replace(/ {2}feed.*\n/, '') }), 'c.yaml');
  const before = readFileSync(file, 'utf8');
  const used: (number | undefined)[] = [];
  let refusal: string | null = null;
  let meanwhile = (): void => undefined;
  const settings = new SettingsFile({
    file: () => file,
    edited: async (asked) => edited(asked),
    load: (text) =>
      loadConfig({
        file,
        environment: {},
        files: {
          ...realFiles,
          read: (path, most) => (path === file ? Buffer.from(text) : realFiles.read(path, most)),
        },
      }),
    use: async ({ config }, write) => {
      if (refusal !== null) throw new Error(refusal);
      t.equal(readFileSync(file, 'utf8'), before, 'not written before it is in force');
      used.push(config?.cache.entries);
      meanwhile();
      write();
    },
  });
  const entries = (value: string): Edit => ({ to: 'setting', path: ['cache', 'entries'], value });
  const looked = await settings.change(entries('30000'), { dryRun: true });
  t.match(looked, {
    isWritten: false,
    diff: [
      { kind: 'same' },
      { kind: 'same' },
      { kind: 'removed', text: '  entries: 20000 # enough' },
      { kind: 'added', text: '  entries: 30000 # enough' },
    ],
  });
  const secret = await settings.change(
    { to: 'setting', path: ['alerts'], value: '[{ webhook: "https://hooks.example/T1", secret: hush2 }]' },
    { dryRun: true },
  );
  t.match(JSON.stringify(secret.diff), /"added".*•••/, 'another secret is a change');
  t.notMatch(JSON.stringify(secret.diff), /hush|\ue000/);
  await t.rejects(settings.change(entries('many'), { dryRun: true }), {
    code: 'EDIT_MISTAKE',
    message: /`many` where a number belongs/,
  });
  refusal = 'the certificate does not fit';
  await t.rejects(settings.change(entries('30000'), { dryRun: false }), {
    code: 'EDIT_REFUSED',
    message: /certificate/,
  });
  t.equal(readFileSync(file, 'utf8'), before, 'what is refused is not written');
  refusal = null;
  const done = await settings.change(entries('30000'), { dryRun: false, base: looked.digest });
  t.same(used, [30_000]);
  t.match(readFileSync(file, 'utf8'), /entries: 30000 # enough/);
  await t.rejects(settings.change(entries('40000'), { dryRun: false, base: looked.digest }), {
    code: 'EDIT_OVERTAKEN',
  });
  writeFileSync(file, before);
  t.not(settings.read().digest, done.digest);
  meanwhile = () => writeFileSync(file, `${before}# by hand\n`);
  await t.rejects(settings.change(entries('50000'), { dryRun: false }), { code: 'EDIT_OVERTAKEN' });
  t.equal(readFileSync(file, 'utf8'), `${before}# by hand\n`, 'what an editor wrote meanwhile stays');
});
