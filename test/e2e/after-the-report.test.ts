// The 3CX case, day by day: three machines of an office asked for the attackers' names, and got them, before anybody knew.
// Then the report comes, then a fourth machine asks, then the machine is cut off under load while the webhook is down.
//
// The first seven days are the desk's, under a clock that the test moves; the eighth is a real daemon's, on what they left.
import { createSocket } from 'node:dgram';
import { join } from 'node:path';
import t from 'tap';
import type { Notice } from '../../src/alerts/receiver.ts';
import { run } from '../support/cli-run.ts';
import { fakeClock } from '../support/clock.ts';
import { forwardingConfig } from '../support/configs.ts';
import { type ConfigLiteral, type Daemon, startDaemon } from '../support/daemon.ts';
import { daemonFolder } from '../support/daemon-folder.ts';
import { house, listing } from '../support/hits-desk.ts';
import { load, storedIn } from '../support/hits-load.ts';
import { toldIn } from '../support/hits-receivers.ts';
import { query } from '../support/message.ts';
import { readMessage } from '../support/read-message.ts';
import { until } from '../support/tool.ts';
import { upstreamAndReceiver } from '../support/upstream-and-receiver.ts';

const DAY_MS = 86_400_000;
const DAYS = 7;
const CLIENTS = 50;
const TIMES_A_DAY = 3;
/** Host numbers of the machines that had the trojan, and what each asked for. */
const BEACONS = new Map([
  [11, 'www.akamaicontainer.com'],
  [12, 'officestoragebox.com'],
  [13, 'msstorageazure.com'],
]);
const REPORT = `The desktop client was trojanised, we found on 29 March 2023.
Indicators: akamaicontainer[.]com | officestoragebox[.]com | msstorageazure[.]com | hxxps://azureonlinecloud[.]com/x
The vendor's own site, vendor.example, is not among them.
`;

/** An office of fifty machines asks for a week, and nobody knows the names yet. */
async function sevenDays(dir: string, firstDayMs: number): Promise<void> {
  const clock = fakeClock(firstDayMs);
  const own = house({ dir, clock, settings: { ruleSet: listing(['nothing.example']) } });
  for (let day = 0; day < DAYS; day += 1) {
    for (let host = 1; host <= CLIENTS; host += 1)
      for (let i = 0; i < 4; i += 1) own.query({ name: `www.site${(host + i) % 60}.example`, host });
    for (const [host, name] of BEACONS)
      for (let i = 0; i < TIMES_A_DAY; i += 1) {
        own.query({ name, host });
        clock.advance(60_000);
      }
    own.settle();
    clock.advance(DAY_MS - BEACONS.size * TIMES_A_DAY * 60_000);
  }
  await own.desk.stop();
}

/** Asks as the client at 127.0.1.`host`. */
function askAs(daemon: Daemon, host: number, name: string): Promise<string[]> {
  const socket = createSocket('udp4');
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer for ${name}`)), 10_000);
    socket.on('message', (octets) => {
      clearTimeout(timer);
      socket.close();
      resolve(readMessage(octets)?.answer.map(({ data }) => data) ?? []);
    });
    socket.bind(0, `127.0.1.${host}`, () =>
      socket.send(query(name, 'A'), daemon.server.port, daemon.server.host),
    );
  });
}

t.test('the week before, the report, the next one who asks, and kill -9 with the webhook down', async (t) => {
  const directory = daemonFolder();
  const { upstream, receiver } = await upstreamAndReceiver(t);
  const notices = (): Notice[] => receiver.received.map(({ body }) => JSON.parse(body));
  const firstDayMs = Date.now() - DAYS * DAY_MS;
  await sevenDays(join(directory, 'data'), firstDayMs);

  const before: ConfigLiteral = {
    ...forwardingConfig(upstream.address),
    alerts: [{ webhook: receiver.url, format: 'generic', groupWait: '0s', repeat: '1s' }],
  };
  const daemon = await startDaemon({ directory, config: before });
  t.teardown(() => daemon.stop());
  t.notSame(await askAs(daemon, 40, 'vendor.example'), ['0.0.0.0']);
  t.equal(receiver.received.length, 0);

  // Day eight: the report.
  const imported = await run(['import', '-', '--name', '3cx'], { cwd: directory, input: REPORT });
  t.equal(imported.code, 0, imported.stderr);
  const after: ConfigLiteral = {
    ...before,
    lists: {
      '3cx': { source: join(directory, 'blocklists/3cx.yaml'), action: 'sinkhole', alert: true },
    },
    groups: { default: { clients: ['any'], lists: ['3cx'] } },
  };
  daemon.rewrite(after);
  daemon.child.kill('SIGHUP');
  await until('three findings', () => notices().length >= BEACONS.size);
  const found = notices();
  t.equal(found.length, BEACONS.size);
  t.same(
    found.map(({ incident }) => [incident?.client.ip, incident?.names.map(({ name }) => name).join()]).sort(),
    [...BEACONS].map(([host, name]) => [`192.0.2.${host}`, name]),
  );
  for (const { kind, incident } of found) {
    t.match(
      [kind, incident],
      ['opened', { retrospective: true, hits: DAYS * TIMES_A_DAY, list: '3cx', severity: /./ }],
    );
    const sinceMs = Date.parse(incident?.first ?? '') - firstDayMs;
    t.ok(sinceMs > -1000 && sinceMs < 60 * 60_000, `first asked on the first day: ${incident?.first}`);
  }

  // All names of the report, for a machine that nobody spoke of.
  for (const name of [...BEACONS.values(), 'azureonlinecloud.com', 'x.y.azureonlinecloud.com'])
    t.same(await askAs(daemon, 40, name), ['0.0.0.0'], name);
  await until('the alert', () => notices().length > BEACONS.size);
  t.match(notices()[BEACONS.size], {
    kind: 'opened',
    incident: { retrospective: false, client: { ip: '127.0.1.40' }, list: '3cx' },
    hits: [{ question: { name: 'www.akamaicontainer.com' }, rule: 'akamaicontainer.com' }],
  });
  t.notSame(await askAs(daemon, 40, 'vendor.example'), ['0.0.0.0'], 'what the report only speaks of');

  // The webhook goes down, and the power with it, under load.
  const accepted = receiver.received.length;
  receiver.answerWith(500);
  const asking = load(daemon, 'akamaicontainer.com');
  await until('some load', () => asking.counts.answered > 3000);
  daemon.child.kill('SIGKILL');
  await until('its end', () => daemon.child.signalCode !== null);
  await asking.stop();
  const refused = receiver.received.length;
  receiver.answerWith(200);
  const again = await startDaemon({ directory, config: after });
  t.teardown(() => again.stop());
  const answered = asking.counts.answered + BEACONS.size + 2;
  const sent = asking.counts.sent + BEACONS.size + 2;
  const stored = await until('the store to hold all', () => {
    const hits = storedIn(join(directory, 'data'));
    return hits >= answered ? hits : 0;
  });
  t.ok(stored <= sent, `answered ${answered}, stored ${stored}, sent ${sent}`);
  const told = (): number =>
    toldIn([...receiver.received.slice(BEACONS.size, accepted), ...receiver.received.slice(refused)]);
  await until('the webhook to hold all', () => told() >= stored, 60_000);
  t.equal(told(), stored, "the receiver's hits are those that were answered");
});
