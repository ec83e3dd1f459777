// Commands about what happened, and those that change something, beside a daemon.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { openAdmin } from '../../src/admin/server.ts';
import type { AdminState } from '../../src/admin/state.ts';
import { historyLines } from '../../src/cli/lines/event-lines.ts';
import type { Hit } from '../../src/hits/hit.ts';
import { COVERAGE, FINDING, HIT, INCIDENT, LOG_ANSWERS, MACHINE, stateOf } from '../support/admin-state.ts';
import { adminLoaded, type Ran, run } from '../support/cli-run.ts';

const NOW = Date.parse('2026-11-23T12:00:00.000Z');

/** `cenote` beside a daemon that says this. */
async function beside(
  t: Test,
  state: Partial<AdminState> = {},
): Promise<(...args: string[]) => Promise<Ran>> {
  const server = await openAdmin({
    address: { host: '127.0.0.1', port: 0 },
    state: stateOf(state),
    token: 't'.repeat(43),
    metricsEnabled: () => false,
    report: (error) => t.fail(String(error)),
    now: () => NOW,
  });
  t.teardown(() => server.close());
  await adminLoaded(`http://${server.bound}`);
  const cwd = t.testdir({});
  writeFileSync(join(cwd, 'c.yaml'), `listen: { admin: "${server.bound}" }\n`);
  return (...args) => run([...args, '-c', 'c.yaml'], { cwd });
}

t.test('hits --json prints the hit log, oldest first, however many there are', async (t) => {
  const all = Array.from({ length: 11_000 }, (_, i): Hit => {
    const time = new Date(NOW - 10 * Math.floor(i / 3)).toISOString(); // newest first, three at once
    return { ...HIT, id: `01JDCN5B9VC${String(i).padStart(15, '0')}`, time };
  });
  const asked: unknown[] = [];
  const cenote = await beside(t, {
    hits: async (filter) => {
      asked.push(filter);
      const { limit = 0, untilMs = NOW } = filter;
      return all.filter(({ time }) => Date.parse(time) <= untilMs).slice(0, limit);
    },
  });
  const { code, stdout, stderr } = await cenote('hits', '--json', '--since', '2d', '--client', '192.0.2.7');
  t.equal(code, 0);
  t.equal(stderr, '');
  t.ok(
    stdout ===
      all
        .toReversed()
        .map((hit) => `${JSON.stringify(hit)}\n`)
        .join(''),
    'octet for octet',
  );
  t.match(asked[0], {
    sinceMs: NOW - 2 * 86_400_000,
    who: { machines: ['m-0000000007'], ips: ['192.0.2.7'] },
  });

  const some = await cenote('hits', '--limit', '5');
  t.equal(some.stdout.trim().split('\n').length, 6);
  t.match(some.stderr, /^cenote: there are more; these are the newest 5 \(--limit, --since\)\n$/);
});

t.test('hits are a table for people, and what strangers wrote cannot steer the terminal', async (t) => {
  const strange = { ...HIT, client: { ...HIT.client, name: 'a\u001b[31m\u202e\nb' }, count: 12 };
  const cenote = await beside(t, { hits: async () => [strange] });
  const { code, stdout } = await cenote('hits');
  t.equal(code, 0);
  t.match(
    stdout,
    /^2026-11-23 09:00:00 +12 {2}192\.0\.2\.7 \(a\\u\{1b\}\[31m\\u\{202e\}\\u\{a\}b\) {2}www\.akamaicontainer\.com A {2}sinkhole {2}blocked {2}3cx-2023$/m,
  );
  t.match(stdout, /^12 queries since 2026-11-16 12:00:00 UTC$/m);
  const none = await beside(t, { hits: async () => [] });
  t.match(await none('hits'), { code: 0, stdout: /^There are no hits since 2026-11-16 12:00:00 UTC\.$/m });
  t.match(JSON.parse((await none('hits', '--json')).stdout), { event: 'none', coverage: { isWhole: true } });
  const watched = { ...HIT, verdict: 'monitor', outcome: 'truncated' } as const;
  const tcp = await beside(t, { hits: async () => [watched] });
  t.match((await tcp('hits')).stdout, /monitor {2}truncated {2}3cx-2023$/m, 'what it got is said too');
});

t.test('hunt takes lists and names, and is 3 when somebody asked', async (t) => {
  const asked: unknown[] = [];
  const cenote = await beside(t, {
    hunt: async (what) => {
      asked.push(what);
      return what.names.includes('quiet.example') ? [] : [FINDING];
    },
  });
  const found = await cenote('hunt', '3cx-2023', 'Evil[.]example', 'zip.', '--since', '2026-11-01');
  t.equal(found.code, 3);
  t.match(
    found.stdout,
    /^192\.0\.2\.7 \(till-3, aa:bb:cc:dd:ee:ff\) {2}www\.akamaicontainer\.com +3 {2}2026-11-16 09:00:00/m,
  );
  t.match(found.stdout, /^1 client since 2026-11-01 00:00:00 UTC$/m);
  const json = await cenote('hunt', '--json');
  t.equal(json.code, 3);
  t.same(JSON.parse(json.stdout), {
    since: '2026-08-25T12:00:00.000Z',
    coverage: COVERAGE,
    lookedFor: { lists: ['3cx-2023'], names: 0 },
    findings: [FINDING],
  });
  const none = await cenote('hunt', 'quiet.example');
  t.match(none, { code: 0, stdout: /^Nobody is known to have asked/ });
  t.same(asked, [
    { lists: ['3cx-2023'], names: ['evil.example', 'zip'], sinceMs: Date.parse('2026-11-01') },
    { lists: null, names: [], sinceMs: NOW - 90 * 86_400_000 },
    { lists: null, names: ['quiet.example'], sinceMs: NOW - 90 * 86_400_000 },
  ]);
});

t.test('nobody is said of the time that was watched, and of what was looked for', async (t) => {
  const gap = {
    from: '2026-11-10T00:00:00.000Z',
    to: '2026-11-11T00:00:00.000Z',
    reason: 'not running',
    text: '',
  } as const;
  const jump = {
    ...gap,
    from: '2026-11-12T10:00:00.000Z',
    to: '2026-11-12T12:00:00.000Z',
    reason: 'clock set on',
  } as const;
  const cenote = await beside(t, {
    hunt: async () => [],
    hits: async () => [],
    client: async (...asked) => ({
      ...(await stateOf().client(...asked)),
      incidents: [],
      hits: [],
      history: [],
    }),
    coverage: async () => ({ ...COVERAGE, gaps: [jump, gap], waiting: 3, isWhole: false }),
  });
  const { stdout } = await cenote('hunt', 'quiet.example', '--since', '2026-10-01');
  t.match(
    stdout,
    /^Nobody is known to have asked for any of it from 2026-11-01 00:00:00 to 2026-11-23 12:00:00 UTC\.$/m,
  );
  t.match(stdout, /^Nothing is known from before 2026-11-01 00:00:00 UTC\.$/m);
  t.match(
    stdout,
    /^Not watched from 2026-11-10 00:00:00 to 2026-11-11 00:00:00 UTC: cenote was not running\.$/m,
  );
  t.match(
    stdout,
    /^The clock jumped from 2026-11-12 10:00:00 to 2026-11-12 12:00:00 UTC: .* The time in between was skipped\.$/m,
  );
  const none = await cenote('hits', '--since', '2026-10-01');
  t.match(
    none.stdout,
    /^No hits are known from 2026-11-01 .*\n[\s\S]*^3 wait for the store, which takes nothing/m,
  );
  const client = await cenote('client', '192.0.2.7', '--since', '2026-10-01');
  t.match(client.stdout, /^No incidents are known from[\s\S]*^No hits are known from[\s\S]*^No names that/m);
  t.equal(
    client.stdout.match(/^Nothing is known from before/gm)?.length,
    1,
    'what is not known is said once',
  );
  const never = await beside(t, {
    hunt: async () => [],
    coverage: async () => ({ ...COVERAGE, from: null, isWhole: false }),
    alerting: () => [],
  });
  t.match(await never('hunt', 'quiet.example'), {
    code: 0,
    stdout: /^It is not known who asked: nothing of that time was watched\.$/m,
  });
  const nothing = await never('hunt');
  t.equal(nothing.code, 2);
  t.match(nothing.stdout, /^Nothing was looked for: no list has `alert: true`/);
  t.notMatch(nothing.stdout, /Nobody/);
});

t.test('hunt says when it cannot know', async (t) => {
  const cenote = await beside(t, { hunt: async () => [], keepsHistory: () => false });
  t.match(await cenote('hunt'), { code: 0, stderr: /^cenote: warning: what is asked for is not kept/ });
  t.match((await cenote('client', '192.0.2.7')).stdout, /\nWhat is asked for is not kept at present/);
});

t.test('incidents are shown and acknowledged', async (t) => {
  const cenote = await beside(t);
  const shown = await cenote('incidents', '--open');
  t.equal(shown.code, 0);
  t.match(
    shown.stdout,
    /^01JDCN5B9VC0000000000000B2 {2}high +192\.0\.2\.7 \(till-3\) {2}3CX +7 +7 .*\n {4}open, every 5 min \(regularity 0\.97\): all were blocked$/m,
  );
  t.match(JSON.parse((await cenote('incidents', '--json')).stdout), { incidents: [INCIDENT] });
  t.match(await cenote('incidents', 'ack', INCIDENT.id), {
    code: 0,
    stdout: /^Acknowledged 01JD.*till-3.*3CX\n$/,
  });
  t.match(await cenote('incidents', 'ack', 'nope'), {
    code: 2,
    stderr: /^cenote: there is no incident of this id/,
  });
  t.match(await cenote('incidents', 'ack'), { code: 2, stderr: /^cenote: which incident\?/ });
});

t.test('client tells one machine, part by part', async (t) => {
  const cenote = await beside(t);
  const { code, stdout } = await cenote('client', '192.0.2.7');
  t.equal(code, 0);
  t.match(
    stdout,
    /^192\.0\.2\.7 \(till-3, user anna\), since 2026-10-24 12:00:00 UTC\n\nUsers\n.*\n.*CORP\\anna +Windows logon\n\nIncidents\n/,
  );
  t.match(stdout, /\n\nHits\n.*\n.*akamaicontainer.*\n\nAsked for\n.*\n.*evil\.example +blocked\n$/);
  t.match(JSON.parse((await cenote('client', '192.0.2.7', '--json')).stdout), {
    ip: '192.0.2.7',
    hits: [HIT],
  });
  t.match(await cenote('client', 'till-4'), {
    code: 2,
    stderr: /^cenote: no machine and no user is known by "till-4"/,
  });
});

t.test('of a machine that asked from several addresses each line says from which', async (t) => {
  const asked = {
    name: 'www.example.org',
    first: '2026-11-23T09:00:00.000Z',
    last: '2026-11-23T09:00:01.000Z',
    count: 2,
    blocked: false,
    outcome: 'data',
    visits: 1,
  } as const;
  const lines = historyLines(
    [
      { ...asked, ip: '192.0.2.7' },
      { ...asked, ip: '2001:db8::7', outcome: 'failed' },
    ],
    asked.first,
  ).map((line) => line.split(/ {2,}/));
  t.same(
    lines.map((line) => line.slice(3)),
    [
      ['ADDRESS', 'NAME', 'GOT'],
      ['192.0.2.7', 'www.example.org', 'answered'],
      ['2001:db8::7', 'www.example.org', 'not resolved'],
    ],
  );
  const part = historyLines([{ ...asked, ip: '192.0.2.7' }], asked.last);
  t.match(part[1], / 1 to 2 {2}www\.example\.org/, 'the other asking was before the time that is looked at');
});

t.test('alerts test is 1 when a receiver does not accept it or there is none', async (t) => {
  const receivers = [
    { receiver: 'webhook a.example', error: null },
    { receiver: 'syslog b.example', error: 'connection refused' },
  ];
  const good = await beside(t);
  t.match(await good('alerts', 'test'), { code: 0, stdout: 'webhook hooks.example  accepted\n' });
  const bad = await beside(t, { testAlerts: async () => receivers });
  const ran = await bad('alerts', 'test');
  t.match(ran, { code: 1, stdout: /^syslog b\.example +failed: connection refused$/m });
  t.match(JSON.parse((await bad('alerts', 'test', '--json')).stdout), { receivers });
  const none = await beside(t, { testAlerts: async () => [] });
  t.match(await none('alerts', 'test'), { code: 1, stderr: /^cenote: nobody would be told/ });
});

t.test('blocking is paused and resumed', async (t) => {
  const done: unknown[] = [];
  let until: string | null = null;
  let paused = true;
  const cenote = await beside(t, {
    pause: async (...what) => void done.push(what),
    resume: async (...what) => void done.push(what),
    paused: () => (paused ? [{ group: 'default', until }] : []),
  });
  t.match(await cenote('pause'), {
    code: 0,
    stdout: 'Group default blocks nothing until `cenote resume`.\n',
  });
  until = '2026-11-23T12:10:00.000Z';
  const ran = await cenote('pause', '10m', '--group', 'default');
  t.match(ran, { code: 0, stdout: 'Group default blocks nothing until 2026-11-23 12:10:00 UTC.\n' });
  t.match(await cenote('pause', 'soon'), { code: 2, stderr: /^cenote: not a duration: "soon"/ });
  paused = false;
  t.match(await cenote('resume', '--group', 'default'), { code: 0, stdout: 'Every group blocks.\n' });
  t.same(JSON.parse((await cenote('resume', '--json')).stdout), { paused: [], pausedMachines: [] });
  t.same(done, [[null, null], ['default', 600_000], ['default'], [null]]);
});

t.test('without a daemon they say so, what was typed wrongly is 2', async (t) => {
  const cwd = t.testdir({ 'c.yaml': 'listen: { admin: "127.0.0.1:1" }\n' });
  const commands = [
    ['hits'],
    ['hunt'],
    ['hunt', 'evil.example'],
    ['incidents'],
    ['client', '192.0.2.7'],
    ['alerts', 'test'],
    ['pause'],
    ['resume'],
  ];
  const ran = await Promise.all(commands.map((args) => run([...args, '-c', 'c.yaml'], { cwd })));
  for (const [i, one] of ran.entries())
    t.match(
      one,
      {
        code: 1,
        stdout: '',
        stderr: /^cenote: no daemon answers \(nothing listens at 127\.0\.0\.1:1\); start it/,
      },
      (commands[i] ?? []).join(' '),
    );
  const cenote = await beside(t);
  const mistyped: [args: string[], stderr: RegExp][] = [
    [['hunt', 'nolist'], /^cenote: there is no list "nolist"; lists are 3cx-2023/],
    [['hunt', 'a..b'], /^cenote: not a domain name/],
    [['hits', '--since', 'ever'], /^cenote: not a duration or a date/],
    [['hits', '--site', 'a'], /^cenote: --site goes with --fleet/],
    [['incidents', '--site', 'a'], /^cenote: --site goes with --fleet/],
    [['log', '-f', '--until', '1h'], /^cenote: --until ends before what -f waits for/],
    [['hunt', '--id', 'a'], /^cenote: --id goes with --fleet/],
    [
      ['hunt', '--fleet', '--id', 'a', 'evil.example'],
      /^cenote: --id shows a hunt .* leave out evil\.example/,
    ],
    [['hits', '--limit', 'x'], /^cenote: not a number of hits/],
    [['alerts', 'tset'], /^cenote: .*'tset' is invalid/],
  ];
  const told = await Promise.all(mistyped.map(([args]) => cenote(...args)));
  for (const [i, [args, stderr]] of mistyped.entries())
    t.match(told[i], { code: 2, stdout: '', stderr }, args.join(' '));
});

t.test('a store that cannot be read is 1 with the reason', async (t) => {
  const { RouteError } = await import('../../src/admin/route.ts');
  const cenote = await beside(t, {
    incidents: async () => {
      throw new RouteError(503, 'NO_STORE', 'the hits thread did not answer in time');
    },
  });
  t.match(await cenote('incidents'), {
    code: 1,
    stderr: /^cenote: the hits thread did not answer in time \(127/,
  });
});

t.test('clients shows the machines, and one with all it had', async (t) => {
  const before = {
    ip: '192.0.2.9',
    through: null,
    name: null,
    nameFrom: null,
    mac: null,
    from: HIT.time,
    to: HIT.time,
  };
  const machine = { ...MACHINE, addresses: [...MACHINE.addresses, before] };
  const cenote = await beside(t, {
    clientPage: async ({ client }) => (client === 'nobody' ? null : { clients: [machine], total: 1 }),
  });
  t.same(
    (await cenote('clients')).stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/)),
    [
      ['MACHINE', 'NAME', 'SAYS WHO', 'MAC', 'ADDRESSES', 'USER', 'GROUP', 'LAST SEEN (UTC)'],
      [
        'm-0000000007',
        'till-3',
        'DHCP lease',
        'aa:bb:cc:dd:ee:ff',
        '192.0.2.7',
        'CORP\\anna',
        'default',
        '2026-11-23 09:00:00',
      ],
    ],
  );
  const { stdout } = await cenote('clients', 'till-3');
  t.match(stdout, /^m-0000000007 {2}till-3 \(DHCP lease\)\n {2}MAC +aa:bb:cc:dd:ee:ff\n/);
  t.match(stdout, /\n {2}192\.0\.2\.7 +till-3 +DHCP lease +2026-11-23 09:00:00 +now\n/);
  t.match(stdout, /\n {2}192\.0\.2\.9 +- +- +2026-11-23 09:00:00 +2026-11-23 09:00:00\n$/);
  t.same(JSON.parse((await cenote('clients', '--json')).stdout), { clients: [machine] });
  t.match(await cenote('clients', 'nobody'), {
    code: 2,
    stderr: /^cenote: no machine and no user is known by "nobody"/,
  });
});

t.test('log and top say what of their time is not in the log', async (t) => {
  const gaps = [1, 2, 3, 4, 5, 6, 7].map((day) => ({
    from: `2026-11-0${day}T09:00:00.000Z`,
    to: `2026-11-0${day}T09:00:02.000Z`,
  }));
  const coverage = { since: '2026-10-30T00:00:00.000Z', gaps, lost: 12 };
  const cenote = await beside(t, {
    askLog: async (question) => ({ ...LOG_ANSWERS[question.what], coverage }) as never,
  });
  const said =
    /\nNot all queries of 2 earlier times are in the log\.\nNot all queries from 2026-11-03 09:00:00 to 2026-11-03 09:00:02 UTC are in the log\.\n(Not all .*\n){4}Not in the log, for want of room: 12 queries\.\n$/;
  t.match((await cenote('log', '--since', '30d')).stdout, said);
  t.match((await cenote('top', '--since', '30d')).stdout, said);
  const lines = await cenote('log', '--since', '30d', '--json');
  t.equal(lines.stdout.trimEnd().split('\n').length, 1, 'rows alone for programs');
  t.match(`\n${lines.stderr}`, said, 'and beside them what they are not');
});

t.test('clients --push: a lease file, an export or JSON goes to the daemon', async (t) => {
  const pushed: unknown[] = [];
  const cenote = await beside(t, { pushClients: (source, clients) => pushed.push([source, clients]) });
  // Where `beside` has its configuration.
  const folder = join(t.testdirName, 'pushed');
  mkdirSync(folder);
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const leases = file('leases', '0 aa:bb:cc:dd:ee:07 10.0.0.7 Till-3 *\n0 aa:bb:cc:dd:ee:08 0.0.0.0 x *\n');
  t.match(await cenote('clients', '--push', leases, '--source', 'router'), {
    code: 0,
    stdout: `1 address taken from ${leases}\n`,
  });
  const json = file(
    'clients.json',
    '[{"ip":"10.0.0.8","name":"nas"},{"ip":"224.0.0.1"},{"ip":"10.0.0.9","mac":"x"}]',
  );
  t.match(await cenote('clients', '--push', json), {
    code: 0,
    stdout:
      `1 address taken from ${json}\n  not taken: 224.0.0.1 is an address that no machine can have\n` +
      '  not taken: 10.0.0.9 has no MAC address of six octets: "x"\n',
  });
  t.same(pushed, [
    ['router', [{ ip: '10.0.0.7', mac: 'aa:bb:cc:dd:ee:07', name: 'till-3' }]],
    ['api', [{ ip: '10.0.0.8', name: 'nas' }]],
  ]);
  const none = file('none.json', '[{"ip":"255.255.255.255"},{"ip":"::"}]');
  t.match(await cenote('clients', '--push', none), { code: 2, stderr: /nothing of it can be taken: "255/ });
  t.match(await cenote('clients', '--push', file('text', 'hello\n')), {
    code: 4,
    stderr: /says nothing of any/,
  });
  t.match(await cenote('clients', '--push', join(folder, 'none')), {
    code: 1,
    stderr: /^cenote: the file of clients cannot be read: there is no such file/,
  });
  t.match(await cenote('clients', 'till-3', '--push', leases), { code: 2, stderr: /leave out "till-3"/ });
  t.equal(pushed.length, 2);
});
