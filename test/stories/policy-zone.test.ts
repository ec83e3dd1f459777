// A response policy zone that changes on its primary: what is added there is blocked here as soon as the primary says so.
import t from 'tap';
import type { HealthView } from '../../src/admin/state.ts';
import { askUdp, type Server } from '../support/client.ts';
import { startDaemon } from '../support/daemon.ts';
import { daemonFolder } from '../support/daemon-folder.ts';
import { query } from '../support/message.ts';
import { readMessage } from '../support/read-message.ts';
import { PRIMARY_KEY, startPrimary } from '../support/rpz-primary.ts';
import { startSimpleUpstream } from '../support/simple-upstream.ts';
import { freePort, missingTool, until } from '../support/tool.ts';

const LINES = ['old.bad.example CNAME .', 'gone.bad.example CNAME .'];

async function rcode(server: Server, name: string): Promise<number | null> {
  const answer = await askUdp(server, query(name, 'A'));
  return answer === null ? null : (readMessage(answer)?.rcode ?? null);
}

for (const { program, signsNotify } of [
  { program: 'knotd', signsNotify: true },
  { program: 'named', signsNotify: false },
] as const)
  t.test(
    `${program} tells by a ${signsNotify ? 'signed' : 'plain'} NOTIFY and its zone is followed, whole and by changes`,
    { skip: missingTool(program) },
    async (t) => {
      const directory = daemonFolder();
      const upstream = await startSimpleUpstream();
      t.teardown(() => upstream.close());
      const port = await freePort();
      const source = `rpz://127.0.0.1:${port}/rpz.example`;
      const tsig = signsNotify ? { tsig: PRIMARY_KEY } : {};
      const daemon = await startDaemon({
        directory,
        config: {
          upstreams: { default: [upstream.address] },
          lists: { feed: { source, ...tsig, action: 'zone', refresh: '1d' } },
          groups: { default: { clients: ['any'], lists: ['feed'] } },
        },
      });
      t.teardown(() => daemon.stop());
      t.equal(await rcode(daemon.server, 'old.bad.example'), 0, 'the primary is down: nothing is known yet');

      const notifyPort = daemon.server.port;
      const primary = startPrimary(t, program, { port, notifyPort, isSigned: signsNotify, lines: LINES });
      await until('the zone', async () => (await rcode(daemon.server, 'old.bad.example')) === 3);

      const beyond = 'ns.bad.example.rpz-nsdname CNAME .';
      primary.publish(2, ['old.bad.example CNAME .', 'new.bad.example CNAME .', beyond]);
      await until('the change', async () => (await rcode(daemon.server, 'new.bad.example')) === 3);
      t.equal(await rcode(daemon.server, 'gone.bad.example'), 0);
      t.equal(await rcode(daemon.server, 'old.bad.example'), 3);

      // Rules are in force a moment before the text that they came from is kept.
      const { list, lines } = await until('the text', async () => {
        const asked = await fetch(`${daemon.adminUrl}/api/v1/query?name=new.bad.example`);
        const told = (await asked.json()) as { list: string; lines: { text: string }[] };
        return told.lines.length > 0 ? told : null;
      });
      t.equal(list, 'feed');
      t.match(lines, [{ list: 'feed', text: /^new\.bad\.example.*CNAME\s+\.$/ }], 'the record that decided');
      const health = (await (await fetch(`${daemon.adminUrl}/healthz`)).json()) as HealthView;
      const gap = health.problems.find(({ id }) => id === 'list:feed:gaps');
      t.match(gap, { what: /^not all of list feed is in force: 1 a trigger on name servers/ });
      t.equal(health.healthy, true);
    },
  );
