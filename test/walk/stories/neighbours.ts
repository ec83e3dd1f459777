// Settings of other programs as the documents show them: each program that is here reads its own.
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { askUdp, type Server } from '../../support/client.ts';
import { query } from '../../support/message.ts';
import { readMessage } from '../../support/read-message.ts';
import { findTool, freePort, until } from '../../support/tool.ts';
import { background, shellIn, type Walk } from '../walk.ts';

const NXDOMAIN = 3;
const SERVE = 'docs/serve.md';
const SECRET = Buffer.from('sixteen octets or more').toString('base64');

export async function neighbours(walk: Walk, checkout: string): Promise<void> {
  const home = join(checkout, '../neighbours');
  mkdirSync(home);
  const shell = shellIn({ cwd: home });
  const file = (name: string, text: string): void => writeFileSync(join(home, name), text);
  const accepts = async (command: string): Promise<void> => {
    const { code, text } = await shell(command);
    if (code !== 0) throw new Error(`${command}: ${code}\n${text}`);
  };
  file('named.conf', walk.block(SERVE, 'key "rpz.key"').text.replace('SECRET', SECRET));
  await accepts('named-checkconf named.conf');
  // What a package's own configuration says before it.
  file('unbound.conf', `server:\n  directory: ""\n  chroot: ""\n${walk.block(SERVE, 'server:').text}\n`);
  await accepts(`${findTool('unbound-checkconf')} unbound.conf`);
  file('dnsmasq.conf', walk.block('docs/clients.md', 'dhcp-option=162').text);
  await accepts(`${findTool('dnsmasq')} --test --conf-file=dnsmasq.conf`);
  await openWrt(walk, home);
  await recursor(walk, home, file);
  await knot(walk, home, file);
  await keepalived(walk, checkout, home, file);
  await homeAssistant(walk, checkout, home, file);
}

/**
 * There is no router: uci and service are stand-ins. The one keeps what it is told, the other makes dnsmasq's own option of it, as OpenWrt's
 * service does, and has dnsmasq read it.
 */
async function openWrt(walk: Walk, home: string): Promise<void> {
  const path = join(home, 'openwrt');
  mkdirSync(path);
  const program = (name: string, text: string): void =>
    writeFileSync(join(path, name), `#!/bin/sh\nset -eu\n${text}`, { mode: 0o755 });
  program(
    'uci',
    `case $1 in add_list) [ "\${2%%=*}" = dhcp.lan.dhcp_option ]; echo "\${2#*=}" >> ${path}/changes ;; commit) mv ${path}/changes ${path}/$2 ;; *) exit 2 ;; esac\n`,
  );
  program(
    'service',
    `[ "$*" = 'dnsmasq restart' ]; sed 's/^/dhcp-option=/' ${path}/dhcp > ${path}/dnsmasq.conf\n${findTool('dnsmasq')} --test --conf-file=${path}/dnsmasq.conf\n`,
  );
  await walk.run(shellIn({ cwd: home, path }), walk.block('docs/neighbours.md', 'uci add_list'));
  const conf = readFileSync(join(path, 'dnsmasq.conf'), 'utf8');
  if (conf !== 'dhcp-option=6,192.168.1.2\n') throw new Error(`dnsmasq is told: ${conf}`);
}

/** It has no check of its own for this file: it is started, and says that it asks the primary. */
async function recursor(walk: Walk, home: string, file: (name: string, text: string) => void): Promise<void> {
  file('rpz.lua', walk.block(SERVE, 'rpzPrimary').text.replace('SECRET', SECRET));
  const options = `--config-dir=${home} --socket-dir=${home} --lua-config-file=${home}/rpz.lua --daemon=no`;
  const where = `--local-address=127.0.0.1 --local-port=${await freePort()}`;
  const daemon = background(`exec ${findTool('pdns_recursor')} ${options} ${where}`, { cwd: home });
  try {
    await until('the Recursor to take its primary', () => /Using TSIG key/.test(daemon.text())).catch(
      (error) => {
        throw new Error(`${error.message}\n${daemon.text()}`);
      },
    );
  } finally {
    await daemon.stop();
  }
}

/** Blocks what the file says. */
async function knot(walk: Walk, home: string, file: (name: string, text: string) => void): Promise<void> {
  const port = await freePort();
  const zone =
    '$ORIGIN rpz.\n@ 3600 IN SOA localhost. root.localhost. 1 3600 900 604800 300\n@ 3600 IN NS localhost.\n';
  file('block.rpz', `${zone}evil.example CNAME .\n`);
  const { text } = walk.block(SERVE, 'policy.add');
  file('kresd.conf', `net.listen('127.0.0.1', ${port})\n${text.replace('/var/lib/knot-resolver', home)}\n`);
  mkdirSync(join(home, 'kresd'));
  const daemon = background(`exec ${findTool('kresd')} -n -c ${home}/kresd.conf kresd`, { cwd: home });
  const where: Server = { host: '127.0.0.1', port };
  const rcode = async (): Promise<number | undefined> => {
    const reply = await askUdp(where, query('evil.example', 'A'), 1_000).catch(() => null);
    return reply === null ? undefined : readMessage(reply)?.rcode;
  };
  try {
    await until('Knot Resolver to block a name', async () => (await rcode()) === NXDOMAIN, 20_000);
  } finally {
    await daemon.stop();
  }
}

/** In a network of its own: the address comes to a machine whose cenote is healthy, and leaves it when cenote ends. */
async function keepalived(
  walk: Walk,
  checkout: string,
  home: string,
  file: (name: string, text: string) => void,
): Promise<void> {
  const { text } = walk.block('docs/high-availability.md', 'global_defs');
  const [dns, admin] = [await freePort(), await freePort()];
  file(
    'ha.yaml',
    `listen: { dns: "127.0.0.1:${dns}", admin: "127.0.0.1:${admin}" }\nevents: { dir: ha }\nlists: { evil: { names: [evil.example] } }\n`,
  );
  const commands = {
    '/usr/bin/cenote': join(checkout, 'bin/cenote'),
    '/etc/cenote/cenote.yaml': join(home, 'ha.yaml'),
  };
  const settings = Object.entries(commands).reduce((all, [from, to]) => all.replace(from, to), text);
  if (settings.includes('/etc/') || settings.includes('/usr/bin/'))
    throw new Error('the block names other commands');
  file('keepalived.conf', settings);
  file(
    'ha.sh',
    `ip link set lo up
ip link add eth0 type veth peer name far
ip link set far up
ip addr add 192.0.2.2/24 dev eth0
ip link set eth0 up
${join(checkout, 'bin/cenote')} serve -c ha.yaml > ha.log 2>&1 & cenote=$!
until grep -q 'cenote is ready' ha.log; do sleep 0.2; done
${findTool('keepalived')} -n -l -f keepalived.conf -p k.pid -r v.pid & keepalived=$!
trap 'kill $keepalived' EXIT
address() { ip -o addr show eth0 | grep -q ' 192.0.2.53/24'; }
until address; do sleep 0.2; done
echo taken
kill $cenote
while address; do sleep 0.2; done
echo given up
`,
  );
  const { code, text: said } = await shellIn({ cwd: home })(
    'timeout 60 unshare --net --pid --fork --kill-child bash -e ha.sh',
  );
  if (code !== 0 || !/^taken\n(.*\n)*given up$/m.test(said)) throw new Error(`keepalived: ${code}\n${said}`);
}

/** What its sensor asks for, with its header, and what its template reads of the answer. */
async function homeAssistant(
  walk: Walk,
  checkout: string,
  home: string,
  file: (name: string, text: string) => void,
): Promise<void> {
  const [dns, admin] = [await freePort(), await freePort()];
  const path = join(home, 'path');
  mkdirSync(path);
  symlinkSync(join(checkout, 'bin/cenote'), join(path, 'cenote'));
  file(
    'c.yaml',
    `listen: { dns: "127.0.0.1:${dns}", admin: "127.0.0.1:${admin}" }\nlists: { evil: { names: [evil.example] } }\n`,
  );
  const { text } = walk.block('docs/neighbours.md', 'rest:');
  const [sensor] = parse(text.replace('!secret cenote_token', 'TOKEN')).rest;
  const daemon = background('exec cenote serve -c c.yaml', { cwd: home, path });
  try {
    await until('cenote to listen', () => /cenote is ready/.test(daemon.text()), 60_000);
    const token = (await shellIn({ cwd: home, path })('cenote token -c c.yaml')).text.trim();
    const url = String(sensor.resource).replace(/^http:\/\/[^/]+/, `http://127.0.0.1:${admin}`);
    if (sensor.headers.Authorization !== 'TOKEN') throw new Error('the sensor has no token');
    const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    const [, names = ''] = /^\{\{ value_json\.([\w.]+) \}\}$/.exec(sensor.sensor[0].value_template) ?? [];
    let value = (await response.json()) as unknown;
    for (const name of names.split('.')) value = (value as Record<string, unknown>)[name];
    if (typeof value !== 'boolean') throw new Error(`${names} of ${url} is ${JSON.stringify(value)}`);
  } finally {
    await daemon.stop();
  }
}
