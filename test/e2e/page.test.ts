// The page in a browser: a person sees who asked, and what attackers write into names stays text.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { askUdp } from '../support/client.ts';
import { startDaemon } from '../support/daemon.ts';
import { daemonFolder } from '../support/daemon-folder.ts';
import { query } from '../support/message.ts';
import { findTool, missingTool, until } from '../support/tool.ts';

const PAYLOADS = [
  "<img src=x onerror=document.title='owned'>",
  "<script>document.title='owned'</script>",
  '"onmouseover=alert`1`',
  '{{7*7}}',
  '=cmd|calc',
  '__proto__',
];

/** The document as the browser holds it after its scripts ran. */
async function domOf(url: string, profile: string): Promise<string> {
  const { stdout } = await promisify(execFile)(
    findTool('chromium') ?? '',
    [
      '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', `--user-data-dir=${profile}`,
      '--virtual-time-budget=4000', '--dump-dom', url,
    ], // biome-ignore format: flags
    { timeout: 60_000, maxBuffer: 1 << 24 },
  );
  return stdout;
}

t.test(
  'a browser shows hits and incidents, and no name becomes markup',
  { skip: missingTool('chromium') },
  async (t) => {
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
    await until('the hits to be logged', () => daemon.hitCount() >= PAYLOADS.length);
    await until('the hits to be stored', async () => {
      const { hits } = (await (await fetch(`${daemon.adminUrl}/api/v1/hits`)).json()) as { hits: unknown[] };
      return hits.length >= PAYLOADS.length;
    });

    const dom = await domOf(`${daemon.adminUrl}/`, join(directory, 'browser'));
    t.match(dom, / · (?!0 )\d+ queries · 6 hits · /);
    t.match(dom, /<span class="strong \w+">(healthy|needs attention)<\/span>/);
    t.match(dom, /evil\.test/);
    t.match(dom, /<span>6 blocked<\/span>/, 'what the machine got');
    t.match(dom, /Acknowledge/, 'an incident can be acknowledged');
    t.match(dom, /&lt;img\\032src=x\\032onerror=document\\\.title=/i, 'the name is there, as text');
    t.notMatch(dom, /<img|<script>|\sonmouseover=alert/i, 'and not as markup');
    t.match(dom, /<title>cenote<\/title>/, 'and none of it ran');
  },
);
