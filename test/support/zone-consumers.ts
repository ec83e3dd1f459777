// Real resolvers that take a response policy zone from a primary of ours: BIND, Unbound, PowerDNS Recursor; and one that reads it
// as a file, Knot Resolver.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { Server } from './client.ts';
import { findTool } from './tool.ts';

export interface ConsumerOptions {
  readonly port: number;
  readonly primary: Server;
  readonly zone: string;
  readonly tsig?: { readonly name: string; readonly algorithm: string; readonly secret: string };
  /** `127.0.0.1:5300`: who is asked for what the zone says nothing of. */
  readonly upstream: string;
  /** Of Knot Resolver: the zone as a file, which it watches. */
  readonly file?: string;
}

type Consumer = 'named' | 'unbound' | 'pdns_recursor' | 'kresd';

/** Runs it until the test ends. @returns where it answers */
export function startConsumer(
  t: Pick<Test, 'teardown'>,
  program: Consumer,
  options: ConsumerOptions,
): Server {
  const dir = mkdtempSync(join(tmpdir(), `cenote-${program}-`));
  const parameters = WRITE[program](dir, options);
  const server: ChildProcess = spawn(findTool(program) ?? program, parameters, { stdio: 'ignore' });
  const gone = once(server, 'exit');
  t.teardown(async () => {
    server.kill('SIGKILL');
    await gone;
    rmSync(dir, { recursive: true, force: true });
  });
  return { host: '127.0.0.1', port: options.port };
}

const WRITE: Readonly<Record<Consumer, (dir: string, options: ConsumerOptions) => readonly string[]>> = {
  named: (dir, { port, primary, zone, tsig, upstream }) => {
    const file = join(dir, 'named.conf');
    const key = tsig === undefined ? '' : ` key "${tsig.name}"`;
    writeFileSync(
      file,
      `${tsig === undefined ? '' : `key "${tsig.name}" { algorithm ${tsig.algorithm}; secret "${tsig.secret}"; };\n`}options {
  directory "${dir}"; pid-file none; session-keyfile none; managed-keys-directory "${dir}";
  listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; };
  recursion yes; dnssec-validation no; forward only; forwarders { ${upstream.replace(':', ' port ')}; };
  response-policy { zone "${zone}"; } qname-wait-recurse no min-update-interval 1;
};
controls { };
zone "${zone}" { type secondary; file "${dir}/zone"; primaries { ${primary.host} port ${primary.port}${key}; }; };
`,
    );
    return ['-f', '-c', file];
  },
  unbound: (dir, { port, primary, zone, upstream }) => {
    const file = join(dir, 'unbound.conf');
    writeFileSync(
      file,
      `server:
  directory: "${dir}"
  chroot: ""
  username: ""
  pidfile: ""
  use-syslog: no
  num-threads: 1
  interface: 127.0.0.1@${port}
  do-not-query-localhost: no
  module-config: "respip iterator"
rpz:
  name: "${zone}"
  primary: ${primary.host}@${primary.port}
  allow-notify: 127.0.0.1
forward-zone:
  name: "."
  forward-addr: ${upstream.replace(':', '@')}
remote-control:
  control-enable: no
`,
    );
    return ['-d', '-c', file];
  },
  pdns_recursor: (dir, { port, primary, zone, tsig, upstream }) => {
    const key =
      tsig === undefined
        ? ''
        : `, tsigname='${tsig.name}', tsigalgo='${tsig.algorithm}', tsigsecret='${tsig.secret}'`;
    writeFileSync(
      join(dir, 'lua'),
      `rpzPrimary('${primary.host}:${primary.port}', '${zone}', { refresh = 1${key} })\n`,
    );
    writeFileSync(
      join(dir, 'recursor.conf'),
      `local-address=127.0.0.1
local-port=${port}
forward-zones-recurse=.=${upstream}
lua-config-file=${dir}/lua
socket-dir=${dir}
daemon=no
dnssec=off
threads=1
disable-packetcache=yes
`,
    );
    return [`--config-dir=${dir}`];
  },
  kresd: (dir, { port, upstream, file = '' }) => {
    const config = join(dir, 'config');
    writeFileSync(
      config,
      `net.listen('127.0.0.1', ${port}, { kind = 'dns' })
modules = { 'policy' }
trust_anchors.remove('.')
cache.size = 10 * MB
policy.add(policy.rpz(policy.DENY, '${file}', true))
policy.add(policy.all(policy.FORWARD('${upstream.replace(':', '@')}')))
`,
    );
    return ['-n', '-c', config, dir];
  },
};
