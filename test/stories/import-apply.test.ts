// The morning of a report in one command: names blocked for everyone, and who asked before.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { adminLoaded, run } from '../support/cli-run.ts';
import { askUdp } from '../support/client.ts';
import { startDaemon } from '../support/daemon.ts';
import { daemonFolder } from '../support/daemon-folder.ts';
import { query } from '../support/message.ts';
import { readMessage } from '../support/read-message.ts';
import { startSimpleUpstream } from '../support/simple-upstream.ts';

const REPORT = `Indicators of compromise
first-evil[.]top | second-evil[.]top | hxxps://third-evil[.]top/gate
`;

t.test('import --apply blocks, looks back and names who asked', async (t) => {
  const directory = daemonFolder();
  const upstream = await startSimpleUpstream();
  t.teardown(() => upstream.close());
  const daemon = await startDaemon({
    directory,
    config: {
      upstreams: { default: [upstream.address] },
      lists: { ads: { names: ['ads.example'] } },
      groups: { default: { clients: ['any'], lists: ['ads'] } },
    },
  });
  t.teardown(() => daemon.stop());
  const commented = `# kept: who wrote this\n${readFileSync(daemon.configFile, 'utf8')}# kept: at the end\n`;
  writeFileSync(daemon.configFile, commented);
  const addressOf = async (name: string): Promise<unknown> => {
    const answer = await askUdp(daemon.server, query(name, 'A'), 5000);
    return answer === null ? null : readMessage(answer)?.answer[0]?.data;
  };
  t.not(await addressOf('www.first-evil.top'), '0.0.0.0');

  const report = join(directory, 'report.txt');
  writeFileSync(report, REPORT);
  const cenote = (...args: string[]) => run([...args, '-c', daemon.configFile], { cwd: directory });
  await adminLoaded(daemon.adminUrl);
  const applied = await cenote('import', report, '--name', 'morning', '--out', 'lists', '--apply');
  t.equal(applied.code, 3, applied.stderr);
  t.match(applied.stdout, /^In force: list morning with 3 entries\.$/m);
  t.match(applied.stdout, /www\.first-evil\.top/);
  t.match(applied.stdout, /^3 blocked; 1 machine asked before: \S+ (once|\d+ times), last .* UTC, .+\.$/m);
  t.equal(await addressOf('x.second-evil.top'), '0.0.0.0');
  const config = readFileSync(daemon.configFile, 'utf8');
  t.match(config, /^# kept: who wrote this$[\s\S]*^# kept: at the end$/m);

  const again = await cenote('import', report, '--name', 'morning', '--out', 'lists', '--apply', '--json');
  t.equal(again.code, 3);
  t.match(JSON.parse(again.stdout), {
    applied: { entries: 3 },
    written: { kind: 'unchanged' },
  });
  t.equal(readFileSync(daemon.configFile, 'utf8'), config, 'nothing to add');

  writeFileSync(report, 'C2 domains:\n- fourth-evil[.]top\n');
  const grown = await cenote('import', report, '--append', 'morning', '--name', 'morning', '--apply');
  t.equal(grown.code, 3, grown.stderr);
  t.match(grown.stdout, /^In force: list morning with 4 entries\.$/m);
  t.equal(await addressOf('fourth-evil.top'), '0.0.0.0');

  writeFileSync(report, 'C2 domains:\n- fifth-evil[.]top\n');
  const nowhere = await cenote(
    'import',
    report,
    '--name',
    'other',
    '--out',
    'lists',
    '--apply',
    '--groups',
    'nowhere',
  );
  t.equal(nowhere.code, 2);
  t.match(nowhere.stderr, /there is no group "nowhere"/);
  const taken = await cenote('import', report, '--name', 'ads', '--out', 'lists', '--apply');
  t.match(taken.stderr, /there is another list ads .*--append ads/);
  t.equal(readFileSync(daemon.configFile, 'utf8'), config, 'the configuration is as it was');

  const audit = await cenote('audit');
  t.match(audit.stdout, / lists\/refresh /, 'the list that grew');
  t.notMatch(audit.stdout, /BAD_LIST/, 'nothing was asked of a list that was not there yet');
});

t.test('without a daemon it is in the configuration and says so', async (t) => {
  const cwd = t.testdir({
    'c.yaml': '# mine\nlisten: { admin: "127.0.0.1:1" }\n',
    'report.txt': REPORT,
  });
  const applied = await run(['import', 'report.txt', '--name', 'morning', '--apply', '-c', 'c.yaml'], {
    cwd,
  });
  t.equal(applied.code, 0, applied.stderr);
  t.match(applied.stdout, /No daemon runs with it/);
  const query = await run(['query', 'www.first-evil.top', '-c', 'c.yaml'], { cwd });
  t.equal(query.code, 3);
  t.match(readFileSync(join(cwd, 'c.yaml'), 'utf8'), /^# mine\n/);
});
