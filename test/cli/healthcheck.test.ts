// `cenote healthcheck`: what it makes of a daemon that is well and has not the rules that it should have.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { run } from '../support/cli-run.ts';

t.test(
  'one that answers is well, and is called healthy only where it has no problem; without its rules it is not ready',
  async (t) => {
    const health = { healthy: true, ready: false, problems: [{ what: 'nothing of list ads is in force' }] };
    let problems: { what: string }[] = health.problems;
    const server = createServer((_, response) => {
      response.setHeader('server', 'cenote');
      response.end(JSON.stringify({ ...health, problems }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.teardown(() => server.close());
    const { port } = server.address() as AddressInfo;
    const cwd = t.testdir({ 'c.yaml': `listen: { dns: "127.0.0.1:0", admin: "127.0.0.1:${port}" }\n` });
    t.match(await run(['healthcheck', '-c', 'c.yaml'], { cwd }), {
      code: 0,
      stdout: 'answers, and needs attention: 1 problem\nnothing of list ads is in force\n',
    });
    t.match(await run(['healthcheck', '--ready', '-c', 'c.yaml'], { cwd }), {
      code: 1,
      stdout: '',
      stderr: 'cenote: nothing of list ads is in force\n',
    });
    const { stdout } = await run(['healthcheck', '--json', '-c', 'c.yaml'], { cwd });
    t.same(JSON.parse(stdout), { healthy: true, problems: ['nothing of list ads is in force'] });
    problems = [];
    t.match(await run(['healthcheck', '-c', 'c.yaml'], { cwd }), {
      code: 0,
      stdout: 'healthy\n',
      stderr: '',
    });
  },
);
