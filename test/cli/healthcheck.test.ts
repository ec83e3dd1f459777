// `cenote healthcheck`: what it makes of a daemon that is well and has not the rules that it should have.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { run } from '../support/cli-run.ts';

t.test('one that answers without the rules that should be in force is healthy, and not ready', async (t) => {
  const health = { healthy: true, ready: false, problems: [{ what: 'nothing of list ads is in force' }] };
  const server = createServer((_, response) => {
    response.setHeader('server', 'cenote');
    response.end(JSON.stringify(health));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  const cwd = t.testdir({ 'c.yaml': `listen: { dns: "127.0.0.1:0", admin: "127.0.0.1:${port}" }\n` });
  t.match(await run(['healthcheck', '-c', 'c.yaml'], { cwd }), {
    code: 0,
    stdout: 'healthy\nnothing of list ads is in force\n',
  });
  t.match(await run(['healthcheck', '--ready', '-c', 'c.yaml'], { cwd }), {
    code: 1,
    stdout: '',
    stderr: 'cenote: nothing of list ads is in force\n',
  });
});
