// A machine whose resolver is cenote: it finds the servers of its lists by itself, and says so when they go bad.
import t from 'tap';
import { adminLoaded, run } from '../support/cli-run.ts';
import { askUdp, type Server } from '../support/client.ts';
import { startDaemon } from '../support/daemon.ts';
import { daemonFolder } from '../support/daemon-folder.ts';
import { httpReceiver } from '../support/hits-receivers.ts';
import { type Answer, body, startListServer } from '../support/lists-server.ts';
import { query, response } from '../support/message.ts';
import { readMessage } from '../support/read-message.ts';
import { answerAll, startSimpleUpstream } from '../support/simple-upstream.ts';
import { until } from '../support/tool.ts';

async function addressOf(server: Server, name: string): Promise<string | null> {
  const answer = await askUdp(server, query(name, 'A'));
  return answer === null ? null : (readMessage(answer)?.answer[0]?.data ?? null);
}

t.test(
  'lists are found through the bootstrap servers; one that goes bad stays, and everybody hears of it',
  async (t) => {
    let answer: Answer = body('bad.example\nworse.example\n');
    const lists = await startListServer(t, { '/ads': (request, response) => answer(request, response) });
    const upstream = await startSimpleUpstream((asked, transport) => {
      const question = readMessage(asked)?.question;
      return question?.type === 'A' && /^lists\.house\.test\.?$/i.test(question.name)
        ? response(asked, { answer: [`${question.name} 60 A 127.0.0.1`] })
        : answerAll(asked, transport);
    });
    t.teardown(() => upstream.close());
    const webhook = await httpReceiver();
    t.teardown(() => webhook.close());
    const directory = daemonFolder();
    // Nobody but the bootstrap server knows lists.house.test.
    const source = `http://lists.house.test:${new URL(lists.origin).port}/ads`;
    const daemon = await startDaemon({
      directory,
      config: {
        upstreams: { default: [upstream.address], bootstrap: [upstream.address] },
        lists: { ads: { source, refresh: '1s', action: 'sinkhole' } },
        groups: { default: { clients: ['any'], lists: ['ads'] } },
        alerts: [{ webhook: webhook.url }],
      },
    });
    t.teardown(() => daemon.stop());
    await until('the list', async () => (await addressOf(daemon.server, 'bad.example')) === '0.0.0.0');
    const cenote = (command: string) => run([command, '-c', daemon.configFile], { cwd: directory });
    await adminLoaded(daemon.adminUrl);
    t.match(await cenote('lists'), { code: 0, stdout: /^ads +2 .* good$/m });

    answer = body('<!doctype html><title>Sign in</title>');
    await until('an alert', () =>
      webhook.received.find((notice) => /list ads: .*a web page/.test(notice.body)),
    );
    t.equal(await addressOf(daemon.server, 'worse.example'), '0.0.0.0', 'what was good is still in force');
    t.match(await cenote('status'), { code: 0, stdout: /^ +stale +ads$/m });
    t.match(await cenote('lists'), {
      stdout: /^ads +2 .*refused since .*a web page.*an older text is in force/m,
    });
    t.match(await cenote('healthcheck'), { code: 0, stdout: /^list ads .*a web page/m });
    const ready = await fetch(`${daemon.adminUrl}/readyz`);
    t.equal(ready.status, 200, 'a stale list is no reason to send queries elsewhere');
    t.match(await ready.text(), /list ads .*a web page/);

    answer = body('bad.example\nworse.example\nnew.example\n');
    await until('the new text', async () => (await addressOf(daemon.server, 'new.example')) === '0.0.0.0');
    // The rules are in force before the list is said to be good.
    await until('no problem', async () => (await cenote('healthcheck')).stdout === 'healthy\n');
    t.notMatch((await cenote('status')).stdout, /stale +ads/);
  },
);
