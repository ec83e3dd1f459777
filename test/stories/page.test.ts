// The page in a browser before a real daemon: a person sees who asked, allows a name, pauses, and what attackers write stays text.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { openPage } from '../support/browser.ts';
import { askUdp } from '../support/client.ts';
import { startDaemon } from '../support/daemon.ts';
import { daemonFolder } from '../support/daemon-folder.ts';
import { query } from '../support/message.ts';
import { personAt } from '../support/person.ts';
import { missingTool, until } from '../support/tool.ts';

const PAYLOADS = [
  "<img src=x onerror=document.title='owned'>",
  "<script>document.title='owned'</script>",
  '"onmouseover=alert`1`',
  '{{7*7}}',
  '=cmd|calc',
  '__proto__',
];

t.test('a browser before a daemon', { skip: missingTool('chromium') }, async (t) => {
  const directory = daemonFolder();
  const daemon = await startDaemon({
    directory,
    config: {
      upstreams: { default: ['127.0.0.1:1'] },
      lists: { evil: { names: ['evil.test'], subdomains: true, alert: true } },
      groups: { default: { clients: ['any'], lists: ['evil'] } },
    },
  });
  t.teardown(() => daemon.stop());
  for (const label of PAYLOADS)
    await askUdp(daemon.server, query(`${label.replace(/[.\\]/g, '\\$&')}.evil.test`));
  await until('the hits to be stored', async () => {
    // On a machine that does much else the first answer may be late.
    const answer = await fetch(`${daemon.adminUrl}/api/v1/hits`).catch(() => null);
    const { hits = [] } = ((await answer?.json()) ?? {}) as { hits?: unknown[] };
    return hits.length >= PAYLOADS.length;
  });
  const page = await openPage(`${daemon.adminUrl}/`, join(directory, 'browser'));
  t.teardown(() => page.close());
  const person = personAt(page);

  await person.sees(/6 blocked[\s\S]*Latest hits[\s\S]*onerror/, 'hits and the incident');
  t.match(await person.text('#state'), /^(healthy|needs attention)/);
  const dom = await page.value<string>('document.documentElement.outerHTML');
  t.match(dom, /&lt;img\\032src=x\\032onerror=document\\\.title=/i, 'the name is there, as text');
  t.notMatch(dom, /<img|<script>|\sonmouseover=alert/i, 'and not as markup');
  t.equal(await page.value('document.title'), 'cenote', 'and none of it ran');

  // The morning of the report: pasted, blocked, and who asked before.
  await askUdp(daemon.server, query('www.c2.example'));
  await person.goes('#report');
  await person.writes(
    'Paste the report',
    'Report of APT-X\n\nIndicators\nc2[.]example\nvendor.com is not one',
  );
  await person.presses('Read it');
  await person.sees(/1 name would be blocked[\s\S]*c2\.example[\s\S]*Left out: 1[\s\S]*vendor\.com/);
  await person.presses('Block everywhere');
  await person.sees(
    /1 machine asked before[\s\S]*Blocked: 1 name of list report-of-apt-x[\s\S]*www\.c2\.example/,
  );
  t.ok(isBlocked(await askUdp(daemon.server, query('www.c2.example'))), 'in force');
  const written = JSON.parse(readFileSync(daemon.configFile, 'utf8'));
  t.match(
    written.lists['report-of-apt-x'].source,
    /report-of-apt-x\.yaml$/,
    'a file that is JSON stays JSON',
  );

  await person.goes('#machines');
  await person.sees(/127\.0\.0\.1[\s\S]*default/, 'the machine that asked');
  await person.presses('main table a');
  await person.sees(/says|none known/, 'who says its name');
  await person.presses('Pause');
  await person.presses('Stop blocking');
  await person.sees(/Nothing is blocked for .+, [0-4] min \d+ s left/, 'a countdown');
  await until(
    'it to be answered otherwise',
    async () => !isBlocked(await askUdp(daemon.server, query('a.evil.test'))),
  );
  await person.presses('Block again');
  await until('it to be blocked', async () => isBlocked(await askUdp(daemon.server, query('a.evil.test'))));
});

/** NOERROR with an answer: the upstream is nobody. */
const isBlocked = (reply: Uint8Array | null): boolean => reply !== null && (reply[3]! & 0xf) === 0;
