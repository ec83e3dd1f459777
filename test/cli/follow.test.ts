// The command line beside a daemon whose admin interface speaks HTTPS: asks, changes, and follows what comes.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { openAdmin } from '../../src/admin/server.ts';
import { EventReader } from '../../src/cli/lines/event-stream.ts';
import { LOG_ANSWERS, OVERRIDE, stateOf } from '../support/admin-state.ts';
import { ROOT, run } from '../support/cli-run.ts';
import { CERTIFICATE } from '../support/listen-certificate.ts';
import { until } from '../support/tool.ts';

const TOKEN = 't'.repeat(43);
const [ROW] = LOG_ANSWERS.rows.rows;

t.test('over HTTPS, a log is followed through a connection that breaks off, and no row twice', async (t) => {
  const [asked, overridden]: [unknown[], unknown[]] = [[], []];
  const state = stateOf();
  const rows = [
    {
      rows: [
        { ...ROW, name: 'one.example' },
        { ...ROW, name: 'two.example' },
      ],
      ids: ['8.1', '8.2'],
      after: 8,
    },
    null,
    { rows: [{ ...ROW, name: 'three.example' }], ids: ['9.1'], after: 9, missed: 12 },
  ];
  const server = await openAdmin({
    address: { host: '127.0.0.1', port: 0 },
    tls: () => CERTIFICATE,
    state: stateOf({
      override: async (asked) => {
        overridden.push(asked);
        return { ...OVERRIDE, name: asked.name, client: asked.client };
      },
      overrides: () => [{ ...OVERRIDE, name: '.', client: 'till-3' }],
      askLog: async (question) => {
        if (question.what !== 'tail') return state.askLog(question);
        asked.push(question.after);
        const none = { rows: [], ids: [], missed: 0, isCut: false };
        if (question.after === null) return { ...none, after: 7 } as never;
        const next = rows.shift();
        if (next === null) throw new Error('it breaks off');
        return { ...none, after: question.after.batch, ...next } as never;
      },
    }),
    token: TOKEN,
    metricsEnabled: () => false,
    report: (error) => t.fail(String(error)),
  });
  t.teardown(() => server.close());
  const cwd = t.testdir({ 'cert.pem': CERTIFICATE.cert, 'key.pem': CERTIFICATE.key });
  const admin = `{ address: "${server.bound}", tls: true }`;
  writeFileSync(
    join(cwd, 'c.yaml'),
    `listen: { admin: ${admin}, tlsCertificate: { cert: cert.pem, key: key.pem } }\n`,
  );
  // A busy machine may take longer than a command waits.
  const paused = await until(
    'the pause',
    async () => {
      const ran = await run(['pause', '10m', '--client', 'till-3', '-c', 'c.yaml'], { cwd });
      return ran.code === 0 ? ran : null;
    },
    60_000,
  );
  t.equal(paused.stdout, 'Nothing is blocked for till-3 until `cenote resume --client till-3`.\n');
  t.match(overridden, [{ name: '.', client: 'till-3', forMs: 600_000 }]);

  const child = spawn(join(ROOT, 'bin/cenote'), ['log', '-f', '--json', '-c', 'c.yaml'], { cwd });
  t.teardown(() => child.kill());
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (part) => (stdout += part));
  child.stderr.on('data', (part) => (stderr += part));
  await until('the third row', () => stdout.includes('three.example'), 60_000);
  const names = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).name);
  t.same(names, [ROW?.name, 'one.example', 'two.example', 'three.example']);
  t.match(stderr, /cenote: the connection ended; trying again until it answers/);
  t.match(stderr, /more came than can be followed: 12 are not shown here/);
  t.same(asked.slice(0, 4), [null, { batch: 7 }, { batch: 8 }, { batch: 8, row: 2 }]);
});

t.test('events are read whatever parts they come in', async (t) => {
  const text =
    'retry: 2000\n: hello\n\nid: 1.1\nevent: query\ndata: {"a":"b"}\n\n: nothing\n\nevent: missed\ndata: {}\n\n';
  const events = [
    { event: 'query', id: '1.1', data: '{"a":"b"}' },
    { event: 'missed', id: null, data: '{}' },
  ];
  for (const size of [1, 2, 7, 1000]) {
    const reader = new EventReader();
    const parts = Array.from({ length: Math.ceil(text.length / size) }, (_, i) =>
      text.slice(i * size, (i + 1) * size),
    );
    t.same(
      parts.flatMap((part) => reader.read(part)),
      events,
      `${size}`,
    );
  }
});
