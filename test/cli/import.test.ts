// `cenote import`.
import { chownSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { run } from '../support/cli-run.ts';

const REPORT = `A report of 29 March 2023
The attackers' servers are bad-one[.]com and hxxps://cdn.bad-two[.]net/x, says example.com's vendor.
`;

t.test('a report becomes a list, shown with what was left out', async (t) => {
  const cwd = t.testdir({ 'report.txt': REPORT });
  const { code, stdout } = await run(['import', 'report.txt', '--name', 'campaign'], { cwd });
  t.equal(code, 0);
  t.match(stdout, /2 names taken/);
  t.match(stdout, /bad-one\[\.\]com/);
  t.match(stdout, /left out, and why[\s\S]*example\.com/);
  t.match(stdout, /blocklists\/campaign\.yaml is written: 2 new names\./);
  const text = readFileSync(join(cwd, 'blocklists/campaign.yaml'), 'utf8');
  t.match(text, /- bad-one\.com/);
  t.match(text, /- cdn\.bad-two\.net/);
});

t.test('what it wrote is a list the daemon takes', async (t) => {
  const cwd = t.testdir({ 'c.yaml': 'lists: { x: { source: lists/x.yaml } }\nlisten: { admin: off }\n' });
  await run(['import', '-', '--name', 'x', '--out', 'lists'], { cwd, input: REPORT });
  t.equal((await run(['query', 'sub.bad-one.com', '-c', 'c.yaml'], { cwd })).code, 3);
  t.equal((await run(['query', 'example.com', '-c', 'c.yaml'], { cwd })).code, 0);
});

t.test('nothing found is exit code 4 and writes nothing', async (t) => {
  const cwd = t.testdir({});
  const { code } = await run(['import', '-', '--name', 'x'], { cwd, input: 'We advise to stay calm.' });
  t.equal(code, 4);
  t.notOk(existsSync(join(cwd, 'blocklists')));
});

t.test('of an event of MISP that flags nothing for detection it is said first how to take it', async (t) => {
  const cwd = t.testdir({});
  const attributes = ['bad-one.com', 'bad-two.net'].map((value) => ({
    type: 'domain',
    value,
    to_ids: false,
  }));
  const input = JSON.stringify({ Event: { info: 'x', Attribute: attributes } });
  const give = (...more: string[]) =>
    run(['import', '-', '--name', 'x', '--dry-run', ...more], { cwd, input });
  const { code, stdout } = await give();
  t.equal(code, 4);
  t.match(stdout, /Not flagged for detection \(to_ids\): 2 values\. .*; --take-unflagged takes the names/);
  t.match((await give('--take-unflagged')).stdout, /2 names taken/);
});

t.test('names are not dropped without consent', async (t) => {
  const cwd = t.testdir({});
  const give = (input: string, ...more: string[]) =>
    run(['import', '-', '--name', 'x', ...more], { cwd, input });
  await give(REPORT);
  const again = await give(REPORT);
  t.equal(again.code, 0);
  t.match(again.stdout, /has them all already/);
  const fewer = await give('only bad-one[.]com');
  t.equal(fewer.code, 1);
  t.match(
    fewer.stderr,
    /^cenote: 1 name of the list would go: cdn\.bad-two\.net \(.+x\.yaml\); nothing was written, --yes drops them\n$/,
  );
  t.equal((await give('only bad-one[.]com', '--yes')).code, 0);
  t.notMatch(readFileSync(join(cwd, 'blocklists/x.yaml'), 'utf8'), /bad-two/);
});

t.test('a dry run writes nothing; names can be taken or left out by hand', async (t) => {
  const cwd = t.testdir({});
  const { code, stdout } = await run(
    [
      'import',
      '-',
      '--name',
      'x',
      '--dry-run',
      '--json',
      '--take',
      'example.com',
      '--leave-out',
      'bad-one.com',
    ],
    { cwd, input: REPORT },
  );
  t.equal(code, 0);
  const { sources, written } = JSON.parse(stdout);
  t.equal(written, null);
  t.same(sources[0].taken.map((one: { name: string }) => one.name).sort(), [
    'cdn.bad-two.net',
    'example.com',
  ]);
  t.notOk(existsSync(join(cwd, 'blocklists')));
});

t.test('several reports make one list, and what is told of it stands in it', async (t) => {
  const cwd = t.testdir({
    'a.txt': 'bad-one[.]com',
    'b.csv': 'domain,note\nbad-three.org,x\nbad-four.org,y\n',
  });
  const args = [
    'import',
    'a.txt',
    'b.csv',
    '--name',
    'both',
    '--campaign',
    'Tide',
    '--confidence',
    'medium',
    '--published',
    '2024-02-29',
  ];
  const { code } = await run(args, { cwd });
  t.equal(code, 0);
  const text = readFileSync(join(cwd, 'blocklists/both.yaml'), 'utf8');
  for (const part of [
    /bad-one\.com/,
    /bad-three\.org/,
    /bad-four\.org/,
    /campaign: Tide/,
    /confidence: medium/,
    /published: 2024-02-29/,
  ])
    t.match(text, part);
});

t.test('a report that cannot be had is told', async (t) => {
  const cwd = t.testdir({ folder: {} });
  for (const [source, why] of [
    ['missing.txt', /there is no such file \(missing\.txt\)/],
    ['folder', /it is a folder \(folder\)/],
    ['http://127.0.0.1:1/x', /127\.0\.0\.1:1/],
  ] as const) {
    const { code, stderr } = await run(['import', source, '--name', 'x'], { cwd });
    t.equal(code, 1, source);
    t.match(stderr, /^cenote: /);
    t.match(stderr, why);
  }
});

t.test(
  'applied, it stands in the configuration for the groups named, comments kept; appended, it grows',
  async (t) => {
    const cwd = t.testdir({
      'c.yaml': [
        '# ours',
        'listen: { admin: off }',
        'lists:',
        '  old: { names: [old-one.com] } # kept',
        'groups:',
        '  default: { clients: [any], lists: [old] }',
        '  servers: { clients: [192.0.2.0/24], lists: [old] }',
        '',
      ].join('\n'),
    });
    const give = (input: string, ...more: string[]) =>
      run(['import', '-', '--apply', '-c', 'c.yaml', ...more], { cwd, input });
    const first = await give(REPORT, '--name', 'x', '--groups', 'servers');
    t.equal(first.code, 0);
    t.match(first.stdout, /has list x for servers\.\nNo daemon runs with it/);
    const config = readFileSync(join(cwd, 'c.yaml'), 'utf8');
    t.match(config, /^# ours\n[\s\S]*# kept\n/);
    t.match(config, /servers: .*lists: \[ old, x \]/);
    t.match(config, /default: .*lists: \[old\]/);
    t.equal((await run(['query', 'bad-one.com', '-c', 'c.yaml', '--client', '192.0.2.7'], { cwd })).code, 3);
    t.equal((await give('- bad-three[.]com\n', '--name', 'x', '--append', 'x')).code, 0);
    const grown = await run(['import', '-', '-c', 'c.yaml', '--name', 'y', '--append', 'x'], {
      cwd,
      input: '- bad-four[.]com\n',
    });
    t.match(grown.stdout, /: 1 new name\.\nList x of the configuration is this file: /);
    t.notMatch(grown.stdout, /To use it/, 'it is in use');
    const list = readFileSync(join(cwd, 'blocklists/x.yaml'), 'utf8');
    t.match(list, /bad-one\.com[\s\S]*bad-three\.com/);
    const wrong = await give(REPORT, '--name', 'y', '--groups', 'nobody');
    t.equal(wrong.code, 2);
    t.match(wrong.stderr, /there is no group "nobody"; groups are default, servers/);
    // Typed elsewhere: beside the configuration, and of whom its folder is.
    mkdirSync(join(cwd, 'home'));
    const isRoot = process.getuid?.() === 0;
    if (isRoot) chownSync(join(cwd, 'blocklists'), 4242, 4243);
    const away = await run(['import', '-', '--apply', '-c', '../c.yaml', '--name', 'z'], {
      cwd: join(cwd, 'home'),
      input: REPORT,
    });
    t.equal(away.code, 0, away.stderr);
    const { uid, gid, mode } = statSync(join(cwd, 'blocklists/z.yaml'));
    if (isRoot) t.same([uid, gid, mode & 0o777], [4242, 4243, 0o644]);
    t.notOk(existsSync(join(cwd, 'home/blocklists')));
  },
);

t.test('what everybody uses is held back and asked about: neither blocked nor forgotten', async (t) => {
  const cwd = t.testdir({
    'c.yaml': 'warninglists: [top.csv]\n',
    'top.csv': '1,popular.example\n',
    'r.csv': 'type,value\ndomain,evil.top\ndomain,popular.example\n',
    'only.csv': 'type,value\ndomain,popular.example\n',
  });
  const told = await run(['import', 'r.csv', '-c', 'c.yaml', '--dry-run'], { cwd });
  t.equal(told.code, 0);
  t.match(told.stdout, /^Nothing is written \(--dry-run\)\.$/m);
  t.match(told.stdout, /1 name taken|held back, since everybody uses them.*--take NAME/);
  t.match(told.stdout, /popular\.example +number 1 of top\.csv/);
  const json = await run(['import', 'r.csv', '-c', 'c.yaml', '--dry-run', '--json'], { cwd });
  t.match(JSON.parse(json.stdout).sources, [
    {
      taken: [{ name: 'evil.top' }],
      held: [{ name: 'popular.example', warning: { where: 'number 1 of top.csv' } }],
    },
  ]);
  const none = await run(['import', 'only.csv', '-c', 'c.yaml'], { cwd });
  t.equal(none.code, 4);
  t.match(none.stdout, /^No name was taken, so nothing was written: 1 name held back/, 'before all else');
  const taken = await run(
    ['import', 'only.csv', '-c', 'c.yaml', '--take', 'popular.example', '--out', 'lists'],
    { cwd },
  );
  t.equal(taken.code, 0);
  t.notMatch(taken.stdout, /held back/);
});

t.test('a report of which nothing is taken says why before what was left out', async (t) => {
  const cwd = t.testdir({
    'sites.txt': 'Legitimate domains\none.example.com\ntwo.example.com\n',
    'addresses.csv': 'type,value\nipv4,198.51.100.7\n',
    'prose.txt': 'Nothing to see.\n',
  });
  const why: Readonly<Record<string, RegExp>> = {
    'sites.txt': /^Most of what was left out \(2\): .+\.\nNo name was taken.+--take NAME.+\n\nsites\.txt /,
    'addresses.csv':
      /^Most of what was left out \(1\): an address, .+\nNo name was taken, so nothing was written\.\n\naddresses\.csv /,
    'prose.txt': /^No name was found that is written as an indicator.+\n\nprose\.txt /,
  };
  for (const [file, first] of Object.entries(why)) {
    const { code, stdout } = await run(['import', file], { cwd });
    t.equal(code, 4, file);
    t.match(stdout, first, file);
  }
});
