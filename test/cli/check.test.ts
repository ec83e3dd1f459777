// `cenote check`.
import t from 'tap';
import { run } from '../support/cli-run.ts';

const GOOD = {
  'c.yaml': 'lists:\n  ads: { source: ads.txt }\n  ours: { names: [good.example], action: allow }\n',
  'ads.txt': '0.0.0.0 ads.example\n0.0.0.0 more.example\nnot a line at all!\n',
};

t.test('a right configuration is shown, and no source is asked', async (t) => {
  const { code, stdout, stderr } = await run(['check', '-c', 'c.yaml'], { cwd: t.testdir(GOOD) });
  t.equal(code, 0);
  t.equal(stderr, '');
  t.match(stdout, /^c\.yaml: OK\n/);
  t.match(stdout, /^ +lists +ads \(.+ads\.txt\); ours \(inline\)$/m);
});

t.test('routes and receivers are counted, so that one that was forgotten is missed', async (t) => {
  const routes = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`r${i}.example`, ['192.0.2.53']]));
  const cwd = t.testdir({
    'c.yaml': JSON.stringify({
      upstreams: { default: ['192.0.2.1'], routes },
      alerts: [
        { webhook: 'https://user:secret@hooks.example/T0/xyz' },
        { syslog: 'udp://192.0.2.7:514', name: 'siem' },
      ],
      out: [{ loki: 'http://192.0.2.8:3100', name: 'loki' }],
    }),
  });
  const { code, stdout } = await run(['check', '-c', 'c.yaml'], { cwd });
  t.equal(code, 0);
  t.match(stdout, /^ {2}routes {7}9 routes: r0\.example, .*r7\.example …$/m);
  t.match(stdout, /^ {2}tells {8}2 receivers: webhook generic hooks\.example, siem$/m);
  t.match(stdout, /^ {2}sends to {5}1 receiver: loki$/m);
  t.notMatch(stdout, /secret|xyz/);
});

t.test('a network is one route, as the file has it', async (t) => {
  const routes = { 'corp.example': ['192.0.2.53'], '172.16.0.0/12': ['192.0.2.54'] };
  const cwd = t.testdir({ 'c.yaml': JSON.stringify({ upstreams: { default: ['192.0.2.1'], routes } }) });
  const { stdout } = await run(['check', '-c', 'c.yaml'], { cwd });
  t.match(stdout, /^ {2}routes {7}2 routes: corp\.example, 172\.16\.0\.0\/12$/m);
  const explained = await run(['query', '5.0.20.172.in-addr.arpa', 'PTR', '-c', 'c.yaml'], { cwd });
  t.match(explained.stdout, /192\.0\.2\.54 \(upstreams\.routes\.172\.16\.0\.0\/12\)/);
});

t.test('with --sources it is shown with what its lists give', async (t) => {
  const { code, stdout, stderr } = await run(['check', '--sources', '-c', 'c.yaml'], {
    cwd: t.testdir(GOOD),
  });
  t.equal(code, 0);
  t.equal(stderr, '');
  t.match(stdout, /^c\.yaml: OK\n/);
  t.match(stdout, /^ads +2 +sinkhole +hosts +just now +good$/m);
  t.match(stdout, /^ours +1 +allow +/m);
  t.match(stdout, /list ads: 1 line left out/);
});

t.test("an expression that is found in anybody's names is in force, and told", async (t) => {
  const cwd = t.testdir({
    'c.yaml':
      'lists:\n  words: { source: words.txt }\ngroups:\n  default: { clients: [any], lists: [words] }\n',
    'words.txt': '/aramco/\n/banner/\n||evil\\.example^\n||bad.example^\n',
  });
  const { code, stdout } = await run(['check', '--sources', '-c', 'c.yaml'], { cwd });
  t.equal(code, 0);
  t.match(stdout, /^words +3 +sinkhole +adblock /m);
  t.match(stdout, /^list words: 2 lines in force, but found in names of anybody, thousands of them/m);
  t.match(stdout, /^ {2}line 1: aramco$/m);
  t.match(stdout, /^list words: 1 line left out: /m);
});

t.test('as JSON it is one object', async (t) => {
  const { code, stdout } = await run(['check', '--sources', '-c', 'c.yaml', '--json'], {
    cwd: t.testdir(GOOD),
  });
  t.equal(code, 0);
  t.match(JSON.parse(stdout), {
    ok: true,
    file: 'c.yaml',
    problems: [],
    lists: [{ name: 'ads', entries: 2, condition: 'ok', skips: [{ count: 1 }] }, { name: 'ours' }],
  });
});

t.test('every mistake is a line with its place, in order, and the exit code is 2', async (t) => {
  const cwd = t.testdir({
    'c.yaml':
      'cache:\n  minttl: 5s\nlists:\n  ads: { source: nowhere.txt }\ngroups:\n  default: { clients: [any], lists: [adz] }\n',
  });
  const { code, stdout, stderr } = await run(['check', '-c', 'c.yaml'], {
    cwd,
    environment: { CENOTE_WORKERS: 'many' },
  });
  t.equal(code, 2);
  t.equal(stdout, '');
  t.match(stderr.trim().split('\n'), [
    'cenote: unknown key `minttl` in `cache`; did you mean `minTtl`? (c.yaml:2:3)',
    /^cenote: the list file `nowhere\.txt` is not there; looked for .+ \(c\.yaml:4:18\)$/,
    'cenote: there is no list `adz`; did you mean `ads`? (c.yaml:6:38)',
    /^cenote: `many` is not a number of workers; .+ \(environment variable CENOTE_WORKERS\)$/,
    'cenote: 4 mistakes (c.yaml)',
  ]);
});

t.test('mistakes as JSON carry line, column, text and remedy', async (t) => {
  const cwd = t.testdir({ 'c.yaml': 'workers: many\n' });
  const { code, stdout } = await run(['check', '-c', 'c.yaml', '--json'], { cwd });
  t.equal(code, 2);
  t.match(JSON.parse(stdout), {
    ok: false,
    problems: [{ file: 'c.yaml', line: 1, column: 10, text: 'many', right: /write `auto`/, variable: null }],
  });
});

t.test('a source that gives nothing usable is no mistake of the configuration', async (t) => {
  const cwd = t.testdir({
    'c.yaml': [
      'lists:',
      '  page: { source: page.html }',
      '  empty: { source: empty.txt }',
      '  far: { source: "http://127.0.0.1:1/list?token=s3cret" }',
      'events: { dir: data }',
    ].join('\n'),
    'page.html': '<!DOCTYPE html><html><body>Please log in</body></html>\n',
    'empty.txt': '',
  });
  const plain = await run(['check', '-c', 'c.yaml'], { cwd });
  t.equal(plain.code, 0);
  t.match(plain.stdout, /^c\.yaml: OK\n/);
  const { code, stdout, stderr } = await run(['check', '--sources', '-c', 'c.yaml'], { cwd });
  t.equal(code, 6);
  t.notMatch(stdout, /OK/);
  t.match(stderr, /^cenote: list page: .+page\.html\)?; there is no good copy of it$/m);
  t.match(
    stderr,
    /^cenote: list far: .*ECONNREFUSED.+\(http:\/\/127\.0\.0\.1:1\/list\?token=\*\*\*\); .*there is no good copy of it$/m,
  );
  t.notMatch(stderr, /list empty/, 'an own list may be empty');
  t.notMatch(plain.stdout + stdout + stderr, /s3cret/);
});
