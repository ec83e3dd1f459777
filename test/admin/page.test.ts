// The page at `/`: open to every machine, since it says nothing; what it shows comes through the API's door.
import t from 'tap';
import { openAdmin } from '../../src/admin/server.ts';
import { ask, stateOf } from '../support/admin-state.ts';

const SCRIPTS = Object.fromEntries(
  ['page', 'ask', 'latest', 'lines', 'table', 'words'].map((name) => [`/${name}.js`, 'text/javascript']),
);
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
  const files = { '/': 'text/html', '/page.css': 'text/css', ...SCRIPTS };
  for (const [path, type] of Object.entries(files)) {
    const answer = await ask(server.bound, path, { headers: strangers });
    t.equal(answer.status, 200, path);
    t.match(answer.headers['content-type'], type);
    const policy = String(answer.headers['content-security-policy']);
    t.match(policy, /default-src 'none'.*script-src 'self'.*frame-ancestors 'none'/);
    t.notMatch(policy, /unsafe|data:|\*/);
    t.equal(answer.headers['x-content-type-options'], 'nosniff');
    const post = await ask(server.bound, path, { method: 'POST', headers: strangers, body: '{}' });
    t.equal(post.status, 401, 'only reading is open');
  }
  t.equal(
    (await ask(server.bound, '/page.ts', { headers: strangers })).status,
    401,
    'nothing else of the folder',
  );
  const { text } = await ask(server.bound, '/');
  t.notMatch(text, /\son\w+=|style=|<script>/, 'no code in the markup');
});
