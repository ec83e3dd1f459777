// The invariant with the real daemon: kill -9 under load while the webhook is down. After the next start the store and the
// receiver hold every hit whose answer the client got, each once.
import { createSocket } from 'node:dgram';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import t from 'tap';
import { numberIn } from '../../src/hits/store/row.ts';
import { writeList } from '../support/configs.ts';
import { type ConfigLiteral, type Daemon, startDaemon } from '../support/daemon.ts';
import { httpReceiver, type Received } from '../support/hits-receivers.ts';
import { query } from '../support/message.ts';
import { startSimpleUpstream } from '../support/simple-upstream.ts';
import { until } from '../support/tool.ts';

/** Asks with a window of queries in flight; counts what was sent and what came back. */
function load(daemon: Daemon) {
  const socket = createSocket('udp4');
  const counts = { sent: 0, answered: 0, running: true };
  const send = (): void => {
    if (!counts.running) return;
    counts.sent += 1;
    socket.send(query(`h${counts.sent % 500}.evil.example`, counts.sent % 2 === 0 ? 'A' : 'AAAA'), () => {});
  };
  socket.on('error', () => {});
  socket.on('message', () => {
    counts.answered += 1;
    send();
  });
  socket.connect(daemon.server.port, daemon.server.host, () => {
    for (let i = 0; i < 16; i += 1) send();
  });
  return {
    counts,
    stop: async () => {
      counts.running = false;
      await new Promise((resolve) => setTimeout(resolve, 200)); // what is under way comes back
      socket.close();
    },
  };
}

const storedIn = (directory: string): number => {
  const database = new DatabaseSync(join(directory, 'data', 'cenote.db'), { readOnly: true });
  const row = database.prepare('SELECT coalesce(sum(count), 0) AS hits FROM hits').get();
  database.close();
  return numberIn(row, 'hits');
};

/** Queries that the notices stand for; a notice that came twice counts once. */
function toldIn(received: readonly Received[]): number {
  const notices = new Map(
    received.map(({ body }) => {
      const notice = JSON.parse(body);
      return [notice.id, notice] as const;
    }),
  );
  let sum = 0;
  for (const { hits, furtherHits } of notices.values())
    sum += furtherHits + hits.reduce((own: number, hit: { count: number }) => own + hit.count, 0);
  return sum;
}

t.test(
  'kill -9 under load with the webhook down: nothing that was answered is lost or told twice',
  async (t) => {
    const directory = t.testdir();
    const upstream = await startSimpleUpstream();
    const receiver = await httpReceiver();
    t.teardown(async () => {
      await upstream.close();
      await receiver.close();
    });
    receiver.answerWith(500);
    const config: ConfigLiteral = {
      upstreams: { default: [upstream.address] },
      lists: {
        evil: {
          source: writeList(directory, ['evil.example']),
          action: 'sinkhole',
          alert: true,
          subdomains: true,
        },
      },
      groups: { default: { clients: ['any'], lists: ['evil'] } },
      alerts: [{ webhook: receiver.url, format: 'generic', repeat: '1s' }],
    };
    let answered = 0;
    let sent = 0;
    for (let round = 0; round < 3; round += 1) {
      const daemon = await startDaemon({ directory, config });
      const asking = load(daemon);
      await until('some load', () => asking.counts.answered > 3000);
      daemon.child.kill('SIGKILL');
      await until('its end', () => daemon.child.signalCode !== null);
      await asking.stop();
      answered += asking.counts.answered;
      sent += asking.counts.sent;
    }
    t.ok(receiver.received.length > 0, 'the webhook was asked and refused');
    const refused = receiver.received.length;
    receiver.answerWith(200);

    const daemon = await startDaemon({ directory, config });
    t.teardown(() => daemon.stop());
    const asking = load(daemon);
    await until('some load', () => asking.counts.answered > 1000);
    await asking.stop();
    answered += asking.counts.answered;
    sent += asking.counts.sent;
    const stored = await until('the store to hold all', () => {
      const hits = storedIn(directory);
      return hits >= answered ? hits : 0;
    });
    t.ok(stored <= sent, `answered ${answered}, stored ${stored}, sent ${sent}`);
    await until('the webhook to hold all', () => toldIn(receiver.received.slice(refused)) >= stored, 60_000);
    t.equal(toldIn(receiver.received.slice(refused)), stored, 'the receiver’s hits are the stored ones');
  },
);
