// `cenote query` and `cenote lists` without a daemon: the decision comes from the configuration.
import t from 'tap';
import { run } from '../support/cli-run.ts';

const FILES = {
  'c.yaml': `
listen: { dns: "127.0.0.1:2", admin: "127.0.0.1:1" }
lists:
  report: { source: report.yaml, alert: true }
  ads: { source: ads.txt }
  watch: { names: [watched.example], mode: monitor }
  ours: { names: [good.evil.example], action: allow }
groups:
  default: { clients: [any], lists: [report, ads, watch, ours] }
  servers: { clients: [10.0.5.0/24], lists: [ads] }
`,
  'report.yaml':
    'report:\n  title: A report\n  published: 2023-03-29\ncampaign: 3CX\nindicators:\n  - evil.example\n',
  'ads.txt': '# ads\n0.0.0.0 ads.example\n',
};

t.test('a listed name is blocked, with list, rule, line and report, and the exit code is 3', async (t) => {
  const cwd = t.testdir(FILES);
  const { code, stdout, stderr } = await run(
    ['query', 'WWW.evil.example', 'aaaa', '-c', 'c.yaml', '--client', '192.0.2.7'],
    { cwd },
  );
  t.equal(code, 3);
  t.equal(stderr, '');
  t.match(stdout, /^www\.evil\.example AAAA is blocked \(sinkhole\)$/m);
  t.match(stdout, /^ {2}client {3}192\.0\.2\.7.*, group default$/m);
  t.match(stdout, /^ {2}list {5}report$/m);
  t.match(stdout, /^ {2}rule {5}evil\.example$/m);
  t.match(stdout, /^ {2}line {5}report:6 {2}- evil\.example$/m);
  t.match(stdout, /^ {2}report {3}3CX, published 2023-03-29/m);
  t.match(stdout, /^ {2}answer {3}AAAA ::$/m);
  t.match(
    stdout,
    /^ {2}decided {2}by c\.yaml, since no daemon answers \(nothing listens at 127\.0\.0\.1:1\)$/m,
  );
});

t.test('the verdict makes the exit code', async (t) => {
  const cwd = t.testdir(FILES);
  const cases: [args: string[], code: number, verdict: string][] = [
    [['evil.example'], 3, 'sinkhole'],
    [['sub.ads.example'], 0, 'pass'],
    [['watched.example'], 0, 'monitor'],
    [['good.evil.example'], 0, 'allow'],
    [['evil.example', '--client', '10.0.5.9'], 0, 'pass'],
  ];
  for (const [args, code, verdict] of cases) {
    const ran = await run(['query', ...args, '-c', 'c.yaml', '--json'], { cwd });
    t.equal(ran.code, code, args.join(' '));
    t.match(JSON.parse(ran.stdout), { from: 'config', verdict, type: 'A' }, args.join(' '));
  }
});

t.test('of who may not ask it is not said that the name is allowed', async (t) => {
  const cwd = t.testdir(FILES);
  const { stdout } = await run(['query', 'other.example', '-c', 'c.yaml', '--client', '198.51.100.7'], {
    cwd,
  });
  t.match(stdout, /^other\.example A is refused: this client may not ask$/m);
  t.match(stdout, /^ {2}access {3}it is outside access\.allow; for one that may ask the name is allowed$/m);
  t.match(stdout, /^ {2}answer {3}REFUSED, or none$/m);
});

t.test('as JSON it says everything', async (t) => {
  const { stdout } = await run(['query', 'evil.example', 'MX', '-c', 'c.yaml', '--json'], {
    cwd: t.testdir(FILES),
  });
  t.match(JSON.parse(stdout), {
    name: 'evil.example',
    type: 'MX',
    client: { ip: '127.0.0.1', group: 'default' },
    verdict: 'sinkhole',
    rule: 'evil.example',
    list: 'report',
    indicator: { campaign: '3CX', firstPublished: '2023-03-29' },
    answer: [],
    entries: [{ list: 'report', rule: 'evil.example', used: true }],
    lines: [{ list: 'report', line: 6, text: '- evil.example' }],
  });
});

t.test('what is answered here is told with the setting it comes from, and is no block', async (t) => {
  const cwd = t.testdir({
    ...FILES,
    'c.yaml': FILES['c.yaml'].replace('lists:', 'local: { records: ["a.evil.example A 192.0.2.5"] }\nlists:'),
  });
  const own = await run(['query', 'a.evil.example', '-c', 'c.yaml'], { cwd });
  t.equal(own.code, 0);
  t.match(own.stdout, /^a\.evil\.example A is answered here$/m);
  t.match(own.stdout, /^ {2}here {5}an own record of a\.evil\.example \(local\.records\): above the lists/m);
  t.match(own.stdout, /^ {2}also {5}report: evil\.example \(sinkhole\)$/m);
  t.match(own.stdout, /^ {2}answer {3}A 192\.0\.2\.5$/m);
  const special = await run(['query', 'x.onion', '-c', 'c.yaml'], { cwd });
  t.equal(special.code, 0);
  t.match(special.stdout, /^ {2}here {5}the special name onion \(local\.specialNames\): no list/m);
  t.match(special.stdout, /^ {2}answer {3}NXDOMAIN$/m);
  t.notMatch(special.stdout, /^ {2}asked/m);
});

t.test('what a rule rewrites is said to be rewritten, and to what', async (t) => {
  const cwd = t.testdir({
    'c.yaml':
      'listen: { dns: "127.0.0.1:2", admin: "127.0.0.1:1" }\nlists: { own: { source: own.txt } }\ngroups: { default: { clients: [any], lists: [own] } }\nlocal: { records: [wall.lan CNAME more.lan, more.lan CNAME ad.example] }\n',
    'own.txt': [
      '||far.example^$dnsrewrite=wall.lan',
      '||to.example^$dnsrewrite=192.0.2.9',
      '||text.example^$dnsrewrite=NOERROR;TXT;hello',
      '||away.example^$dnsrewrite=wall.example',
      '||none.example^$dnsrewrite=NXDOMAIN;;',
      '||ad.example^',
      '||to-ad.example^$dnsrewrite=ad.example',
      '||to-none.example^$dnsrewrite=none.example',
    ].join('\n'),
  });
  const said = async (...asked: string[]): Promise<string> =>
    (await run(['query', ...asked, '-c', 'c.yaml'], { cwd })).stdout.split('\n', 1)[0] ?? '';
  t.same(
    [
      await said('to.example'),
      await said('text.example', 'TXT'),
      await said('away.example'),
      await said('none.example'),
      await said('ad.example'),
      await said('to-ad.example'),
      await said('far.example'),
    ],
    [
      'to.example A is rewritten to 192.0.2.9',
      'text.example TXT is rewritten',
      'away.example A is rewritten to wall.example',
      'none.example A is blocked (nxdomain)',
      'ad.example A is blocked (sinkhole)',
      'to-ad.example A is rewritten to ad.example, which is blocked',
      'far.example A is rewritten to ad.example, which is blocked',
    ],
  );
  // As the client's reply says it: Blocked, by the list that blocks the target.
  const { stdout } = await run(['query', 'to-none.example', '-c', 'c.yaml'], { cwd });
  t.match(stdout, /^to-none\.example A is rewritten to none\.example, which is blocked$/m);
  t.match(
    stdout,
    /^ {2}list {5}own\n {2}rule {5}to-none\.example\n {2}behind {3}none\.example: blocked by list own \(none\.example\)$/m,
  );
  t.match(stdout, /^ {2}answer {3}NXDOMAIN$/m);
});

t.test('a question that makes no sense is an error, not a verdict', async (t) => {
  const cwd = t.testdir(FILES);
  for (const args of [['a..b'], ['a.example', 'NOPE'], ['a.example', '--client', 'me']]) {
    const { code, stdout, stderr } = await run(['query', ...args, '-c', 'c.yaml'], { cwd });
    t.equal(code, 2, args.join(' '));
    t.equal(stdout, '');
    t.match(stderr, /^cenote: (not a|no address is known for "me"; give the address itself, )/);
  }
});

t.test('lists reads the sources when no daemon answers, and says so', async (t) => {
  const cwd = t.testdir(FILES);
  const { code, stdout, stderr } = await run(['lists', '-c', 'c.yaml'], { cwd });
  t.equal(code, 0);
  t.match(stderr, /^cenote: no daemon answers, so the sources were read now/);
  t.match(stdout, /^report +1 +sinkhole +indicators/m);
  t.match(stdout, /^watch +1 +sinkhole, monitor/m);
});

t.test('a list with nothing in force is exit code 5', async (t) => {
  const cwd = t.testdir({
    'c.yaml': 'listen: { admin: off }\nlists: { none: { source: html.txt } }\n',
    'html.txt': '<!doctype html><title>Sign in</title>\n',
  });
  const { code, stdout } = await run(['lists', '-c', 'c.yaml', '--json'], { cwd });
  t.equal(code, 5);
  t.match(JSON.parse(stdout), {
    from: 'config',
    lists: [{ name: 'none', state: 'refused', inForce: false, overdue: true }],
  });
});

t.test('status and healthcheck are 1 when no daemon runs', async (t) => {
  const cwd = t.testdir(FILES);
  const status = await run(['status', '-c', 'c.yaml'], { cwd });
  t.equal(status.code, 1);
  t.match(status.stderr, /^cenote: no daemon answers \(nothing listens at 127\.0\.0\.1:1\); start it/);
  const health = await run(['healthcheck', '-c', 'c.yaml', '--json'], { cwd });
  t.equal(health.code, 1);
  t.match(JSON.parse(health.stdout), { healthy: false, problems: [/DNS/, /no daemon/] });
});

t.test('an entry whose time is over is watched, and query and lists say since when', async (t) => {
  const cwd = t.testdir({
    'c.yaml': `
listen: { dns: "127.0.0.1:2", admin: "127.0.0.1:1" }
lists:
  report: { source: report.yaml, alert: true }
  whole: { names: [whole.example], expires: 2026-01-01 }
  days: { names: [undated.example], expires: 30d }
groups:
  default: { clients: [any], lists: [report, whole, days] }
`,
    'report.yaml':
      'indicators:\n  - on.example\n  - { name: over.example, expires: 2026-02-01 }\n  - { name: still.example, expires: 2999-01-01 }\n',
  });
  const ask = (name: string, ...more: string[]) => run(['query', name, '-c', 'c.yaml', ...more], { cwd });
  const over = await ask('www.over.example');
  t.equal(over.code, 0);
  t.match(over.stdout, /^www\.over\.example A is watched and allowed: expired on 2026-02-01$/m);
  t.match(over.stdout, /^ {2}report .*expires 2026-02-01$/m);
  const whole = await ask('whole.example', '--json');
  t.match(JSON.parse(whole.stdout), {
    verdict: 'monitor',
    indicator: { expires: '2026-01-01' },
    entries: [{ mode: 'expired' }],
  });
  t.equal((await ask('still.example')).code, 3);
  t.equal((await ask('over.example', '--at', '2026-01-31T23:59Z')).code, 3, 'the day before');
  const lists = await run(['lists', '-c', 'c.yaml'], { cwd });
  t.match(
    lists.stdout,
    /report .*good; 1 expired: watched, not blocked; next expires 2999-01-01 00:00:00 UTC/,
  );
  t.match(lists.stdout, /whole .*1 expired/);
  t.match(lists.stdout, /days .*1 without a date to count from/);
  const bad = await run(['check', '-c', 'bad.yaml'], {
    cwd: t.testdir({ 'bad.yaml': 'lists: { a: { names: [a.example], expires: 2027-02-29T12:00:00Z } }\n' }),
  });
  t.equal(bad.code, 2);
  t.match(
    bad.stderr,
    /`2027-02-29T12:00:00Z` is not a date: there is no 2027-02-29, the month ends with 2027-02-28/,
  );
});

t.test(
  'of upstreams that were asked and did not answer it is not said that theirs is the answer',
  async (t) => {
    const cwd = t.testdir({
      'c.yaml': 'listen: { admin: "127.0.0.1:1" }\nupstreams: { default: ["127.0.0.1:9"], timeout: 1s }\n',
    });
    const answerOf = async (...args: string[]): Promise<string | undefined> =>
      /^ {2}answer {3}(.*)$/m.exec(
        (await run(['query', 'www.example', '-c', 'c.yaml', ...args], { cwd })).stdout,
      )?.[1];
    t.equal(await answerOf(), "the upstream's");
    t.equal(await answerOf('--ask'), 'not known: no upstream answered');
  },
);
