// Run in a network namespace of its own (`unshare -n`): a machine with a MAC behind dnsmasq in each form that names it by that, or by an
// id. Prints what became of its question, as JSON.
import { execFileSync, spawn } from 'node:child_process';
import { startDaemon } from './daemon.ts';
import { daemonFolder } from './daemon-folder.ts';
import { dig } from './dig.ts';
import { findTool, freePort, until } from './tool.ts';

const MAC = '02:00:5e:00:53:07';
const ROUTER = '192.0.2.1';
const MACHINE = '192.0.2.7';
/** Options, and what is known of a machine by then. */
const FORMS = [
  [['add-mac'], MAC],
  [['add-mac=text'], MAC],
  [['add-mac=base64'], MAC],
  [['add-cpe-id=site-7'], 'site-7'],
  [['add-mac', 'add-subnet=32,128'], MACHINE],
] as const;

const ip = (...args: string[]): Buffer => execFileSync(findTool('ip') ?? 'ip', args);
ip('link', 'set', 'lo', 'up');
ip('link', 'add', 'office', 'type', 'veth', 'peer', 'name', 'far');
ip('link', 'set', 'far', 'up');
ip('addr', 'add', `${ROUTER}/24`, 'dev', 'office');
ip('link', 'set', 'office', 'up');
// The machine: what it asks comes from here, and the kernel knows it by its MAC.
ip('neigh', 'add', MACHINE, 'lladdr', MAC, 'nud', 'permanent', 'dev', 'office');
ip('addr', 'add', `${MACHINE}/32`, 'dev', 'lo');

const names: readonly string[] = FORMS.map((_, i) => `f${i}.evil.example`);
const daemon = await startDaemon({
  directory: daemonFolder(),
  config: {
    clients: { hosts: 'off', leases: [], neighbours: false, reverse: false, trust: ['127.0.0.1'] },
    access: { allow: ['private', `${MACHINE}/32`] },
    lists: { evil: { names: [...names, 'first.evil.example'], alert: true } },
    groups: {
      default: { clients: ['any'], lists: ['evil'] },
      tills: { clients: [MAC], lists: ['evil'] },
      sites: { clients: ['site-*'], lists: ['evil'] },
    },
  },
});
const routers = [];
try {
  for (const [i, [form, known]] of FORMS.entries()) {
    const port = await freePort();
    routers.push(
      spawn(
        findTool('dnsmasq') ?? '',
        [
          ...['--keep-in-foreground', '--no-resolv', '--no-hosts', '--conf-file=/dev/null', '--cache-size=0'],
          ...[
            `--listen-address=${ROUTER}`,
            '--bind-interfaces',
            `--port=${port}`,
            '--user=root',
            '--pid-file=',
          ],
          ...[...form.map((option) => `--${option}`), `--server=127.0.0.1#${daemon.server.port}`],
        ],
        { stdio: 'ignore' },
      ),
    );
    const ask = async (name: string): Promise<boolean> =>
      (await dig({ host: ROUTER, port }, ['-b', MACHINE, name])).status === 'NOERROR';
    await until(`dnsmasq with ${form.join(' ')} answers`, () => ask('first.evil.example'), 60_000);
    await until(
      `${known} is known`,
      async () => (await (await fetch(`${daemon.adminUrl}/api/v1/clients`)).text()).includes(known),
      60_000,
    );
    await until('the answer', () => ask(names[i] ?? ''), 60_000);
    await until('its hit', () => daemon.hits().some(({ question }) => question.name === names[i]), 60_000);
  }
  const said = (await (await fetch(`${daemon.adminUrl}/api/v1/incidents`)).json()) as {
    incidents: unknown[];
  };
  const hits = names.map((name) => daemon.hits().find(({ question }) => question.name === name));
  process.stdout.write(JSON.stringify({ hits, incidents: said.incidents }));
} finally {
  for (const router of routers) router.kill();
  await daemon.stop();
}
