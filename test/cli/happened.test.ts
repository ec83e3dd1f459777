// A real daemon is asked what happened.
import t from 'tap';
import { adminLoaded, run } from '../support/cli-run.ts';
import { askUdp } from '../support/client.ts';
import { startDaemon } from '../support/daemon.ts';
import { daemonFolder } from '../support/daemon-folder.ts';
import { query } from '../support/message.ts';
import { until } from '../support/tool.ts';

t.test(
  'what was asked for is told by hits, incidents, client and hunt; what a pause lets through is told as answered',
  async (t) => {
    const cwd = daemonFolder();
    const daemon = await startDaemon({
      directory: cwd,
      config: {
        upstreams: { default: ['127.0.0.1:9'] },
        lists: {
          bad: { names: ['www.evil.example', 'paused.evil.example', 'again.evil.example'], alert: true },
        },
        groups: { default: { clients: ['any'], lists: ['bad'] } },
      },
    });
    t.teardown(() => daemon.stop());
    await adminLoaded(daemon.adminUrl);
    const cenote = (...args: string[]) => run([...args, '-c', daemon.configFile], { cwd });

    await askUdp(daemon.server, query('WWW.evil.example', 'A'), 2000);
    await until('the hit log to have it', () => daemon.hits().length === 1);
    const line = daemon
      .output()
      .split('\n')
      .find((one) => one.includes('"event":"hit"'));
    t.same(await cenote('hits', '--json'), { code: 0, stdout: `${line}\n`, stderr: '' });
    t.match(await cenote('hits', '--client', '192.0.2.7'), {
      code: 0,
      stdout: /^(There are no hits|No hits are known from)/,
    });

    const { incidents } = JSON.parse((await cenote('incidents', '--json')).stdout);
    t.match(incidents, [{ client: { ip: '127.0.0.1' }, list: 'bad', hits: 1, acknowledged: null }]);
    t.equal((await cenote('incidents', 'ack', incidents[0].id)).code, 0);
    t.match((await cenote('incidents')).stdout, /^ {4}open, acknowledged: /m);

    const hunted = await cenote('hunt', 'evil.example', '--json');
    t.equal(hunted.code, 3);
    t.match(JSON.parse(hunted.stdout), {
      findings: [
        { client: { ip: '127.0.0.1', group: 'default' }, names: [{ name: 'www.evil.example', count: 1 }] },
      ],
    });
    t.match(await cenote('hunt', 'bad'), { code: 3, stdout: /www\.evil\.example/ });
    t.equal((await cenote('hunt', 'good.example')).code, 0);
    t.match(
      (await cenote('client', '127.0.0.1')).stdout,
      /Incidents\n(.*\n)+Hits\n(.*\n)+Asked for\n(.*\n)+.*www\.evil\.example/,
    );
    t.equal((await cenote('alerts', 'test')).code, 1);

    t.match(await cenote('pause', '1h'), { code: 0, stdout: /^Group default blocks nothing until/ });
    t.match((await cenote('status')).stdout, /^ {2}paused +group default blocks nothing until/m);
    const explained = await cenote('query', 'www.evil.example');
    t.equal(explained.code, 0);
    t.match(explained.stdout, /^www\.evil\.example A is allowed$/m);
    t.match(explained.stdout, /^ {2}paused +the group blocks nothing/m);
    await askUdp(daemon.server, query('paused.evil.example', 'A'), 5000);
    t.same(await cenote('resume'), { code: 0, stdout: 'Every group blocks.\n', stderr: '' });
    await askUdp(daemon.server, query('again.evil.example', 'A'), 2000);
    await until('the hit log to have the next', () => daemon.hits().length >= 3);
    t.same(
      daemon
        .hits()
        .map(({ question, verdict }) => `${question.name} ${verdict}`)
        .sort(),
      ['again.evil.example sinkhole', 'paused.evil.example monitor', 'www.evil.example sinkhole'],
    );
    t.match(await cenote('pause', '--group', 'servers'), {
      code: 2,
      stderr: /^cenote: there is no group servers; there is default/,
    });
  },
);

t.test('where the log is under pseudonyms, log and top say that hits are not in it', async (t) => {
  const cwd = daemonFolder();
  const daemon = await startDaemon({
    directory: cwd,
    config: {
      upstreams: { default: ['127.0.0.1:9'] },
      lists: { bad: { names: ['www.evil.example'] } },
      events: { queryLog: { privacy: 'anonymise' } },
    },
  });
  t.teardown(() => daemon.stop());
  await adminLoaded(daemon.adminUrl);
  await askUdp(daemon.server, query('www.evil.example', 'A'), 2000);
  await until('the hit log to have it', () => daemon.hits().length === 1);
  for (const command of ['log', 'top']) {
    const { stdout } = await run([command, '-c', daemon.configFile], { cwd });
    t.match(stdout, /Neither hits nor who asked, machines and users, are in the log/, command);
    t.notMatch(stdout, /evil/, command);
  }
});
