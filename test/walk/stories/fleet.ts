// docs/fleet.md: a head and one site over a NATS server that asks for keys, typed as the page says.
import { copyFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, until } from '../../support/tool.ts';
import { background, type Shell, shellIn, type Walk } from '../walk.ts';

const PAGE = 'docs/fleet.md';

interface Place {
  readonly cwd: string;
  readonly dns: number;
  readonly shell: Shell;
  readonly start: () => Promise<() => Promise<void>>;
}

export async function fleet(walk: Walk, checkout: string): Promise<void> {
  const home = join(checkout, '../fleet');
  const path = join(home, 'path');
  mkdirSync(path, { recursive: true });
  symlinkSync(join(checkout, 'bin/cenote'), join(path, 'cenote'));
  const port = await freePort();
  const section = walk
    .block(PAGE, 'fleet:')
    .text.replace('tls://nats.example.net', `nats://127.0.0.1:${port}`)
    .replace('/etc/cenote', join(home, 'head'));
  const head = await place(home, path, 'head', `lists: { evil: { names: [evil.example] } }\n${section}\n`);
  const site = await place(home, path, 'site', '');
  const stops: (() => Promise<void>)[] = [];
  try {
    const stopFirst = await head.start();
    await walk.run(head.shell, walk.block(PAGE, 'cenote fleet invite head'));
    await stopFirst();
    const nats = join(home, 'nats');
    mkdirSync(nats);
    const users = (): void =>
      copyFileSync(join(head.cwd, 'data/fleet/head/nats-users.conf'), join(nats, 'nats-users.conf'));
    users();
    const conf = walk.block(PAGE, 'jetstream').text.replace('/var/lib/nats', join(nats, 'js'));
    writeFileSync(
      join(nats, 'nats.conf'),
      `listen: "127.0.0.1:${port}"\npid_file: "${join(nats, 'pid')}"\n${conf}\n`,
    );
    const server = background('exec nats-server -c nats.conf', { cwd: nats });
    stops.push(server.stop);
    await until('the NATS server', () => existsSync(join(nats, 'pid')));
    stops.push(await head.start());
    const block = walk.block(PAGE, 'cenote fleet invite branch-7');
    const [invite = '', accept = ''] = block.text.split('\n');
    await walk.run(head.shell, { ...block, text: invite });
    users();
    const { code, text } = await head.shell(`nats-server --signal reload="$(cat ${join(nats, 'pid')})"`);
    if (code !== 0) throw new Error(`NATS: ${text}`);
    copyFileSync(join(head.cwd, 'branch-7.fleet'), join(site.cwd, 'branch-7.fleet'));
    await walk.run(site.shell, { ...block, text: accept });
    stops.push(await site.start());
    const publish = walk.block(PAGE, 'cenote fleet publish');
    await walk.run(head.shell, publish, [0, 5]);
    await until('the site to have it', async () =>
      /in force at 1 of 1 site/.test((await head.shell('cenote fleet status')).text),
    );
    const asked = await site.shell(`dig @127.0.0.1 -p ${site.dns} evil.example +short +tries=1 +time=5`);
    if (asked.text.trim() !== '0.0.0.0') throw new Error(`not blocked at the site: ${asked.text}`);
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

async function place(home: string, path: string, name: string, more: string): Promise<Place> {
  const cwd = join(home, name);
  mkdirSync(join(cwd, 'config'), { recursive: true });
  const [dns, admin] = [await freePort(), await freePort()];
  writeFileSync(
    join(cwd, 'config/cenote.yaml'),
    `listen: { dns: "127.0.0.1:${dns}", admin: "127.0.0.1:${admin}" }\nupstreams: { default: ["127.0.0.1:9"] }\n${more}`,
  );
  const where = { cwd, path };
  const start = async (): Promise<() => Promise<void>> => {
    const daemon = background('exec cenote serve', where);
    await until('cenote to listen', () => daemon.text().includes(`127.0.0.1:${dns}`), 60_000).catch(
      (error) => {
        throw new Error(`${error.message}\n${daemon.text()}`);
      },
    );
    return daemon.stop;
  };
  return { cwd, dns, shell: shellIn(where), start };
}
