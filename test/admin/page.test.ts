// The page at `/`: open to every machine, since it says nothing; what it shows comes through the API's door.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { openAdmin } from '../../src/admin/server.ts';
import { ask, stateOf } from '../support/admin-state.ts';

const LIBRARIES = ['preact.js', 'hooks.js', 'htm.js'];
const SCRIPTS = [
  ...readdirSync(join(import.meta.dirname, '../../src/admin/page/browser'), {
    recursive: true,
    encoding: 'utf8',
  }).filter((name) => name.endsWith('.js')),
  ...LIBRARIES,
];
const strangers = { 'x-forwarded-for': '192.0.2.7', host: 'cenote.test' };

t.test('the page is a few files that may load and ask only their own server', async (t) => {
  const server = await openAdmin({
    address: { host: '127.0.0.1', port: 0 },
    state: stateOf({}),
    token: 't'.repeat(43),
    metricsEnabled: () => true,
    report: (error) => t.fail(String(error)),
  });
  t.teardown(() => server.close());
  const files = {
    '/': 'text/html',
    '/page.css': 'text/css',
    '/icon.svg': 'image/svg+xml',
    ...Object.fromEntries(SCRIPTS.map((name) => [`/${name}`, 'text/javascript'])),
  };
  let scriptOctets = 0;
  const wrong: string[] = [];
  for (const [path, type] of Object.entries(files)) {
    const { status, headers, text } = await ask(server.bound, path, { headers: strangers });
    const policy = String(headers['content-security-policy']);
    const post = await ask(server.bound, path, { method: 'POST', headers: strangers, body: '{}' });
    const isScript = path.endsWith('.js');
    if (isScript) scriptOctets += Buffer.byteLength(text);
    const facts = {
      status: status === 200,
      type: String(headers['content-type']).startsWith(type),
      policy: /default-src 'none'.*script-src 'self'.*frame-ancestors 'none'/.test(policy),
      'nothing inline or strange': !/unsafe|data:|\*|sha256/.test(policy),
      'what acts says which role it takes': !/<button(?:(?!data-needs)[^>])*onClick=\$\{\(\) =>\s*act\(/.test(
        text,
      ),
      nosniff: headers['x-content-type-options'] === 'nosniff',
      'only reading is open': post.status === 401,
      'only files of its own, text as text':
        !isScript ||
        LIBRARIES.includes(path.slice(1)) ||
        !/from ?['"](?!\.)|innerHTML|InnerHTML|\beval\(|sourceMappingURL|https?:\/\/(?!www\.w3\.org\/|lists\.example\/)/.test(
          text,
        ),
    };
    for (const [fact, holds] of Object.entries(facts)) if (!holds) wrong.push(`${path}: ${fact}`);
  }
  t.same(wrong, []);
  for (const path of ['/?', '/?x', '/?utm_source=mail&utm_source=twice', '/?a[b]=1&%zz', '/main.js?v=2'])
    t.equal((await ask(server.bound, path)).status, 200, path);
  t.ok(scriptOctets < 150_000, `${scriptOctets} octets of script`);
  const { text } = await ask(server.bound, '/');
  t.notMatch(text, /\son\w+=|style=|<script>/, 'no code in the markup');
});

t.test('an empty table of incidents says of which lists it speaks', async (t) => {
  const views = join(import.meta.dirname, '../../src/admin/page/browser/views');
  const said = readdirSync(views).flatMap((name) =>
    [...readFileSync(join(views, name), 'utf8').matchAll(/<\$\{IncidentTable\}[^>]*?empty="([^"]*)"/g)].map(
      ([, text = '']) => text,
    ),
  );
  t.ok(said.length >= 2);
  // A list without an alert makes none, whatever was asked for.
  for (const text of said) t.match(text, /lists? with alert: true|as far as was watched/);
});
