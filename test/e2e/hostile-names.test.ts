// Names that attackers write, from the wire through every receiver of the real daemon: answered as data, told as text.
//
// In no receiver does an octet of them stand unescaped: hit log, store, API, metrics, command line, six kinds of webhook, four of
// syslog, and the page in a browser.
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import t from 'tap';
import { SYSLOG_FORMATS, WEBHOOK_FORMATS } from '../../src/config/schema/alerts.ts';
import { openPage } from '../support/browser.ts';
import { run } from '../support/cli-run.ts';
import { askUdp } from '../support/client.ts';
import { writeList } from '../support/configs.ts';
import { startDaemon } from '../support/daemon.ts';
import { daemonFolder } from '../support/daemon-folder.ts';
import { httpReceiver } from '../support/hits-receivers.ts';
import { nameOctets, query } from '../support/message.ts';
import { readMessage } from '../support/read-message.ts';
import { startSimpleUpstream } from '../support/simple-upstream.ts';
import { missingTool, until } from '../support/tool.ts';

/** In presentation form; one label each. */
const LABELS = [
  'a\\000b',
  'dot\\.in',
  '\\013\\010Set-Cookie: x',
  '\\027[31mred\\027]0;title\\007',
  '\\009tab',
  '<img src=x onerror=document.title=1>',
  '<script>document.title=1</script>',
  '</td><svg onload=document.title=1>',
  '=cmd|calc',
  '+1',
  '-1',
  '@SUM(1)',
  '\\"',
  "'--",
  "');DROP TABLE hits;--",
  '{{7*7}}',
  '$\\{7*7}',
  '`id`',
  '$(id)',
  '|id',
  '%s%n',
  '%0d%0a',
  '\\\\',
  ']]>',
  '<!here>',
  '[x](javascript:1)',
  '@everyone',
  '\\255\\254',
  '\\226\\128\\174rtl',
  '\\192\\128',
  '__proto__',
  'constructor',
  'toString',
] as const;
/** What must not come out anywhere: control characters (line ends apart), and octets that are no ASCII. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const RAW = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\ufffd\u00c0-\u00ff]/;
const lowered = (name: string): string => Buffer.from(nameOctets(name)).toString('latin1').toLowerCase();

const directory = daemonFolder();
const upstream = await startSimpleUpstream();
const receiver = await httpReceiver();
const syslog = createSocket('udp4');
const datagrams: string[] = [];
syslog.on('message', (message) => datagrams.push(message.toString('latin1')));
await new Promise<void>((resolve) => syslog.bind(0, '127.0.0.1', () => resolve()));
const daemon = await startDaemon({
  directory,
  config: {
    upstreams: { default: [upstream.address] },
    lists: {
      block: { source: writeList(directory, ['blocked.example']), action: 'sinkhole', alert: true, subdomains: true },
    },
    groups: { default: { clients: ['any'], lists: ['block'] } },
    alerts: [
      ...WEBHOOK_FORMATS.map((format) => ({ webhook: `${receiver.url}/${format}`, format, groupWait: '500ms' })),
      ...SYSLOG_FORMATS.map((format) => ({ syslog: `udp://127.0.0.1:${syslog.address().port}`, format, groupWait: '500ms' })),
    ],
  },
}); // biome-ignore format: one config
t.teardown(async () => {
  await daemon.stop();
  await Promise.all([upstream.close(), receiver.close()]);
  syslog.close();
});
const names = LABELS.map((label) => `${label}.blocked.example`);
const cli = (...args: readonly string[]) => run([...args, '-c', daemon.configFile], { cwd: directory });

t.test('they are answered as data, the question echoed octet for octet', async (t) => {
  for (const label of LABELS)
    for (const [name, data] of [
      [`${label}.example.org`, '198.51.100.1'],
      [`${label}.blocked.example`, '0.0.0.0'],
    ] as const) {
      const message = query(name, 'A', { id: 11 });
      const answer = await askUdp(daemon.server, message);
      t.equal(readMessage(answer ?? message)?.answer[0]?.data, data, name);
      t.same(answer?.subarray(12, message.length), Buffer.from(message.subarray(12)), `${name}: question`);
    }
});

t.test('a dot inside a label makes no other name of it', async (t) => {
  await until('the hits of before', () => daemon.hitCount() >= names.length);
  const hits = daemon.hitCount();
  for (const name of ['blocked\\.example', 'x.blocked\\.example', 'x\\.blocked.example', 'x\\.blocked\\.example'])
    t.equal(readMessage((await askUdp(daemon.server, query(name))) ?? Buffer.alloc(12))?.answer[0]?.data, '198.51.100.1', name);
  // What comes after them is told after them.
  await askUdp(daemon.server, query(names[0]!));
  await until('the hit after them', () => daemon.hitCount() > hits);
  t.equal(daemon.hitCount(), hits + 1, 'none is a hit');
}); // biome-ignore format: one question

t.test('hit log, store and API hold each name whole, escaped, and as itself', async (t) => {
  await until('the hits', () => daemon.hitCount() >= names.length);
  const wanted = new Set(names.map(lowered));
  const same = (told: readonly string[], where: string): void => {
    t.same(new Set(told.map(lowered)), wanted, where);
    t.same(told.filter((name) => RAW.test(name) || name.includes('\n')), [], `${where}: nothing raw`);
  }; // biome-ignore format: one question
  same(daemon.hits().map(({ question }) => question.name), 'standard output'); // biome-ignore format: one line
  const lines = readFileSync(join(directory, 'data/hits.jsonl'), 'utf8').trimEnd().split('\n');
  same(lines.map((line) => JSON.parse(line).question.name), 'hit log'); // biome-ignore format: one line
  t.notMatch(`${lines.join('\n')}${daemon.output()}`, RAW, 'not a raw octet in either');

  const stored = await until('the store', async () => {
    const { hits } = (await (await fetch(`${daemon.adminUrl}/api/v1/hits?limit=1000`)).json()) as {
      hits: { question: { name: string } }[];
    };
    return hits.length >= names.length ? hits : null;
  });
  same(stored.map(({ question }) => question.name), 'API'); // biome-ignore format: one line
  const database = new DatabaseSync(join(directory, 'data/cenote.db'), { readOnly: true });
  t.same(database.prepare('PRAGMA integrity_check').get(), { integrity_check: 'ok' });
  database.close();
});

t.test('metrics and the command line show nothing raw', async (t) => {
  t.notMatch(
    await (await fetch(`${daemon.adminUrl}/metrics`)).text(),
    /blocked|<img|__proto__/,
    'no names in metrics',
  );
  for (const args of [['hits'], ['hits', '--json'], ['incidents'], ['client', '127.0.0.1'], ['status']]) {
    const { stdout, stderr } = await cli(...args);
    t.notMatch(`${stdout}${stderr}`, RAW, args.join(' '));
  }
  for (const name of ['a\\000b.blocked.example', '\\027[31mred.blocked.example', '\u001b[31mred.example']) {
    const { stdout, stderr } = await cli('query', name);
    t.notMatch(`${stdout}${stderr}`, RAW, `query ${JSON.stringify(name)}`);
  }
});

t.test('every webhook and syslog form carries them as text', async (t) => {
  await until(
    'all webhooks',
    () => new Set(receiver.received.map(({ path }) => path)).size === WEBHOOK_FORMATS.length,
  );
  await until('all syslog forms', () => datagrams.length >= SYSLOG_FORMATS.length);
  for (const { path, headers, body } of receiver.received) {
    t.notMatch(body, RAW, path);
    t.notMatch(JSON.stringify(headers), /\\r|\\n|\\u00/, `${path}: headers`);
    if (path === '/ntfy') continue;
    t.doesNotThrow(() => JSON.parse(body), path);
  }
  // RFC 5424 §6.4: a byte order mark says that what follows is UTF-8.
  for (const datagram of datagrams)
    t.notMatch(datagram.replace('\u00ef\u00bb\u00bf', ''), RAW, datagram.slice(0, 40));
});

t.test('the page shows them as text and runs none of them', { skip: missingTool('chromium') }, async (t) => {
  const page = await openPage(`${daemon.adminUrl}/#log`, join(directory, 'browser'));
  t.teardown(() => page.close());
  let dom = '';
  await until('they are there', async () => {
    dom = await page.value<string>('document.documentElement.outerHTML').catch(() => '');
    return /&lt;img\\032src=x\\032onerror=/.test(dom);
  });
  // The chart is the page's own.
  t.notMatch(dom, /<(?:img|svg(?! class="chart" role="img")|script>)/i, 'as text');
  t.notMatch(dom, /<title>1/, 'nothing ran');
});
