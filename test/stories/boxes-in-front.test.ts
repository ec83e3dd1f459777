// Real routers, load balancers and resolvers in front: hit, incident and group are of the machine that asked, not of the box.
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import type { Hit } from '../../src/hits/hit.ts';
import { type Daemon, startDaemon } from '../support/daemon.ts';
import { daemonFolder } from '../support/daemon-folder.ts';
import { dig } from '../support/dig.ts';
import { findTool, freePort, missingTool, until } from '../support/tool.ts';

/** Whether root, which dnsmasq has to be, may make a network of its own here. */
const VETH = ['link', 'add', 'near', 'type', 'veth', 'peer', 'name', 'far'];
const isAlone =
  process.getuid?.() === 0 && spawnSync('unshare', ['-n', findTool('ip') ?? 'ip', ...VETH]).status === 0;
const certificates = join(import.meta.dirname, '../fixtures/upstream-tls');
/** Boxes start at their own pace, on a busy machine a slow one. */
const PATIENCE_MS = 60_000;
const CERT = join(certificates, 'cert.pem');
const KEY = join(certificates, 'key.pem');

type Said = Record<string, { client: Hit['client']; addresses?: { ip: string; through: string | null }[] }[]>;

interface Box {
  readonly what: string;
  /** Where clients ask it. */
  readonly port: number;
  /** For dig. */
  readonly by?: readonly string[];
  /** What it cannot say: then all that it asks is its own. */
  readonly isSilent?: true;
}

/** Each box, its machine 127.0.0.16 + i and a listed name of its own. */
async function askThrough(t: Test, daemon: Daemon, boxes: readonly Box[], first: number): Promise<void> {
  const machine = (i: number): string => `127.0.0.${first + i}`;
  const name = (i: number): string => `n${first + i}.evil.example`;
  const said = async (path: string): Promise<Said> =>
    (await fetch(`${daemon.adminUrl}/api/v1/${path}`)).json() as Promise<Said>;
  for (const [i, { what, port, by = [], isSilent = false }] of boxes.entries()) {
    const ask = async (asked: string): Promise<boolean> => {
      const { answer } = await dig({ host: '127.0.0.1', port }, ['-b', machine(i), ...by, asked]);
      return answer.some((record) => record.endsWith('0.0.0.0'));
    };
    await until(`${what} answers`, () => ask(`first-${name(i)}`), PATIENCE_MS);
    // A hit of that moment may be read before the box is known to stand between.
    const known = isSilent ? { ip: '127.0.0.1' } : { ip: machine(i), through: '127.0.0.1' };
    await until(
      `${what}: the machine is known`,
      async () =>
        (await said('clients'))['clients']?.some(({ addresses = [] }) =>
          addresses.some(({ ip, through }) => ip === known.ip && (isSilent || through === known.through)),
        ),
      PATIENCE_MS,
    );
    await until(`${what} answers again`, () => ask(name(i)), PATIENCE_MS);
  }
  const hitOf = (i: number): Hit | undefined =>
    (daemon.hits() as readonly Hit[]).find(({ question }) => question.name === name(i));
  await until('all hits', () => boxes.every((_, i) => hitOf(i) !== undefined), PATIENCE_MS);
  for (const [i, { what, isSilent = false }] of boxes.entries()) {
    const who = isSilent ? { ip: '127.0.0.1', group: 'default' } : { ip: machine(i), group: 'tills' };
    const hit = hitOf(i);
    t.match(hit, { client: who, through: isSilent ? null : '127.0.0.1' }, `${what}: hit`);
    const incident = await until(`${what}: incident`, async () =>
      (await said(`incidents?client=${who.ip}`))['incidents']?.at(0),
    );
    t.match(incident.client, who, `${what}: incident`);
  }
}

const config = {
  clients: { hosts: 'off', leases: [], neighbours: false, reverse: false, trust: ['127.0.0.1'] },
  lists: {
    evil: {
      names: Array.from({ length: 64 }, (_, i) => [`n${i}.evil.example`, `first-n${i}.evil.example`]).flat(),
      alert: true,
    },
  },
  groups: {
    default: { clients: ['any'], lists: ['evil'] },
    tills: { clients: ['127.0.0.16/28', '127.0.0.32/28'], lists: ['evil'] },
  },
};

async function daemonFor(t: Test, directory: string): Promise<{ daemon: Daemon; dns: number }> {
  const [dns, admin, tls, https] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const daemon = await startDaemon({
    directory,
    ports: { dns, admin },
    config: {
      ...config,
      listen: {
        dns: [`127.0.0.1:${dns}`],
        admin: `127.0.0.1:${admin}`,
        tls: [`127.0.0.1:${tls}`],
        https: [`127.0.0.1:${https}`],
        tlsCertificate: { cert: CERT, key: KEY },
        proxy: true,
      },
    },
  });
  t.teardown(() => daemon.stop());
  return { daemon: { ...daemon, tlsPort: tls, httpsPort: https }, dns };
}

function run(t: Test, tool: string, args: readonly string[]): ChildProcess {
  const child = spawn(findTool(tool) ?? '', args, { stdio: 'ignore' });
  t.teardown(() => child.kill());
  return child;
}

t.test('dnsmasq and Unbound in front', { skip: missingTool('dnsmasq', 'unbound', 'dig') }, async (t) => {
  const directory = daemonFolder();
  const { daemon, dns } = await daemonFor(t, directory);
  const [dnsmasq, silent, subnet] = [await freePort(), await freePort(), await freePort()];
  run(t, 'dnsmasq', [
    ...['--keep-in-foreground', '--no-resolv', '--no-hosts', '--conf-file=/dev/null', '--cache-size=0'],
    ...['--listen-address=127.0.0.1', '--bind-interfaces', `--port=${dnsmasq}`, '--add-subnet=32,128'],
    ...['--pid-file=', `--server=127.0.0.1#${dns}`],
  ]);
  const unbound = (port: number, more: string, modules: string): void => {
    const file = join(directory, `unbound-${port}.conf`);
    writeFileSync(
      file,
      `server:\n interface: 127.0.0.1@${port}\n do-daemonize: no\n username: ""\n chroot: ""\n directory: "${directory}"\n` +
        ` pidfile: ""\n use-syslog: no\n do-not-query-localhost: no\n access-control: 127.0.0.0/8 allow\n` +
        ` module-config: "${modules}"\n${more}forward-zone:\n name: "."\n forward-addr: 127.0.0.1@${dns}\n`,
    );
    run(t, 'unbound', ['-d', '-p', '-c', file]);
  };
  unbound(silent, '', 'iterator');
  unbound(subnet, ' send-client-subnet: 127.0.0.1\n max-client-subnet-ipv4: 32\n', 'subnetcache iterator');
  await askThrough(
    t,
    daemon,
    [
      { what: 'dnsmasq, add-subnet=32,128', port: dnsmasq },
      { what: 'Unbound', port: silent, isSilent: true },
      { what: 'Unbound, send-client-subnet', port: subnet },
    ],
    16,
  );
});

t.test('dnsdist in front', { skip: missingTool('dnsdist', 'dig') }, async (t) => {
  const directory = daemonFolder();
  const { daemon, dns } = await daemonFor(t, directory);
  const [proxied, subnet] = [await freePort(), await freePort()];
  const file = join(directory, 'dnsdist.conf');
  writeFileSync(
    file,
    `setLocal("127.0.0.1:${proxied}")\naddLocal("127.0.0.1:${subnet}")\nsetACL("127.0.0.0/8")\nsetSecurityPollSuffix("")\n` +
      `newServer{address="127.0.0.1:${dns}", useProxyProtocol=true, pool="proxied", healthCheckMode="up"}\n` +
      `newServer{address="127.0.0.1:${dns}", useClientSubnet=true, pool="subnet", healthCheckMode="up"}\n` +
      `setECSSourcePrefixV4(32)\nsetECSOverride(true)\naddAction(DSTPortRule(${proxied}), PoolAction("proxied"))\naddAction(AllRule(), PoolAction("subnet"))\n`,
  );
  run(t, 'dnsdist', ['--supervised', '--disable-syslog', '-C', file]);
  await askThrough(
    t,
    daemon,
    [
      { what: 'dnsdist, useProxyProtocol over UDP', port: proxied },
      { what: 'dnsdist, useProxyProtocol over TCP', port: proxied, by: ['+tcp'] },
      { what: 'dnsdist, useClientSubnet', port: subnet },
    ],
    20,
  );
});

t.test('HAProxy in front', { skip: missingTool('haproxy', 'dig') }, async (t) => {
  const directory = daemonFolder();
  const { daemon, dns } = await daemonFor(t, directory);
  const [tcp, tls, https] = [await freePort(), await freePort(), await freePort()];
  const both = join(directory, 'both.pem');
  writeFileSync(both, `${readFileSync(CERT, 'utf8')}${readFileSync(KEY, 'utf8')}`);
  const file = join(directory, 'haproxy.cfg');
  writeFileSync(
    file,
    `defaults\n timeout connect 5s\n timeout client 30s\n timeout server 30s\n` +
      `listen tcp\n mode tcp\n bind 127.0.0.1:${tcp}\n server s 127.0.0.1:${dns} send-proxy-v2\n` +
      `listen tls\n mode tcp\n bind 127.0.0.1:${tls}\n server s 127.0.0.1:${daemon.tlsPort} send-proxy-v2\n` +
      `listen https\n mode http\n option forwardfor\n bind 127.0.0.1:${https} ssl crt ${both} alpn h2,http/1.1\n server s 127.0.0.1:${daemon.httpsPort} ssl verify none alpn h2\n`,
  );
  run(t, 'haproxy', ['-db', '-f', file]);
  await askThrough(
    t,
    daemon,
    [
      { what: 'HAProxy, send-proxy-v2', port: tcp, by: ['+tcp'] },
      { what: 'HAProxy, send-proxy-v2 before TLS', port: tls, by: ['+tls'] },
      { what: 'HAProxy, forwardfor', port: https, by: ['+https'] },
    ],
    26,
  );
});

t.test('nginx in front', { skip: missingTool('nginx', 'dig') }, async (t) => {
  const directory = daemonFolder();
  const { daemon, dns } = await daemonFor(t, directory);
  const [tls, ended, https] = [await freePort(), await freePort(), await freePort()];
  const logs = join(directory, 'nginx');
  mkdirSync(logs);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (of) => `${of}_temp_path ${logs}/${of};`,
  );
  const secured = `ssl_certificate ${CERT}; ssl_certificate_key ${KEY};`;
  const file = join(directory, 'nginx.conf');
  writeFileSync(
    file,
    `load_module /usr/lib/nginx/modules/ngx_stream_module.so;\ndaemon off; pid ${logs}/pid; error_log ${logs}/error;\nevents {}\n` +
      `stream {\n server { listen 127.0.0.1:${tls}; proxy_pass 127.0.0.1:${daemon.tlsPort}; proxy_protocol on; }\n` +
      ` server { listen 127.0.0.1:${ended} ssl; ${secured} proxy_pass 127.0.0.1:${dns}; proxy_protocol on; }\n}\n` +
      `http {\n access_log off; ${temporary.join(' ')}\n server { listen 127.0.0.1:${https} ssl http2; ${secured}\n` +
      `  location / { proxy_pass https://127.0.0.1:${daemon.httpsPort}; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; } }\n}\n`,
  );
  run(t, 'nginx', ['-c', file, '-e', join(logs, 'first')]);
  await askThrough(
    t,
    daemon,
    [
      { what: 'nginx, proxy_protocol before TLS', port: tls, by: ['+tls'] },
      { what: 'nginx ends TLS, proxy_protocol', port: ended, by: ['+tls'] },
      { what: 'nginx, X-Forwarded-For', port: https, by: ['+https'] },
    ],
    32,
  );
});

t.test(
  'dnsmasq in front names a machine by its MAC in each form, by an id, and by both',
  {
    skip:
      missingTool('dnsmasq', 'dig', 'ip', 'unshare') || (!isAlone && 'no network namespace can be made here'),
  },
  async (t) => {
    const script = join(import.meta.dirname, '../support/behind-dnsmasq-child.ts');
    const { NODE_OPTIONS: _, ...env } = process.env;
    const { stdout } = await promisify(execFile)('unshare', ['-n', process.execPath, script], {
      env,
    });
    const { hits, incidents } = JSON.parse(stdout) as {
      hits: Hit[];
      incidents: { client: Hit['client']; end: string | null }[];
    };
    const till = { mac: '02:00:5e:00:53:07', group: 'tills' };
    const client = { ...till, ip: '127.0.0.1' };
    const site = { ip: '127.0.0.1', name: 'site-7', nameFrom: 'client', mac: null, group: 'sites' };
    const through = '127.0.0.1';
    t.match(hits, [
      { client, through },
      { client, through },
      { client, through },
      { client: site, through },
      { client: { ...till, ip: '192.0.2.7' }, through },
    ]);
    t.equal(new Set(hits.map(({ client: { machine } }) => machine)).size, 2, 'one machine, and the site');
    t.match(
      // Where the kernel is slow to say who has the address, what began under the address alone goes on as the machine's.
      incidents
        .filter(({ end }) => end !== 'merged')
        .map((incident) => incident.client)
        .sort((a, b) => a.group.localeCompare(b.group)),
      [site, till],
    );
  },
);
