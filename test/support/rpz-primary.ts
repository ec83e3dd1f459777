// A real primary name server with a response policy zone: Knot or BIND, told where its NOTIFY goes.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { findTool } from './tool.ts';

export const PRIMARY_KEY = {
  name: 'transfer.key',
  algorithm: 'hmac-sha256',
  secret: Buffer.from('a secret of thirty-two octets, ok').toString('base64'),
} as const;

export interface Primary {
  /** Serves the zone anew, with these lines, and tells of it. */
  publish(serial: number, lines: readonly string[]): void;
}

export interface PrimaryOptions {
  readonly port: number;
  /** Where on 127.0.0.1 its NOTIFY goes. */
  readonly notifyPort: number;
  /** Whether transfers must be signed with the key, and NOTIFY is. */
  readonly isSigned: boolean;
  readonly lines: readonly string[];
}

const zoneText = (serial: number, lines: readonly string[]): string =>
  `$ORIGIN rpz.example.\n$TTL 60\n@ SOA localhost. root.localhost. ${serial} 120 60 3600 60\n@ NS localhost.\n${lines.join('\n')}\n`;

/** Zone rpz.example by AXFR and IXFR. */
export function startPrimary(
  t: Pick<Test, 'teardown'>,
  program: 'knotd' | 'named',
  options: PrimaryOptions,
): Primary {
  const dir = mkdtempSync(join(tmpdir(), 'cenote-rpz-'));
  mkdirSync(join(dir, 'db'));
  const file = join(dir, 'rpz.zone');
  const publish = (serial: number, records: readonly string[]): void => {
    writeFileSync(`${file}.new`, zoneText(serial, records));
    renameSync(`${file}.new`, file);
  };
  publish(1, options.lines);
  const config = join(dir, `${program}.conf`);
  writeFileSync(config, program === 'knotd' ? knotText(dir, file, options) : namedText(dir, file, options));
  const parameters = program === 'knotd' ? ['-c', config] : ['-f', '-c', config];
  const server: ChildProcess = spawn(findTool(program) ?? program, parameters, { stdio: 'ignore' });
  const gone = once(server, 'exit');
  t.teardown(async () => {
    server.kill('SIGKILL');
    await gone;
    rmSync(dir, { recursive: true, force: true });
  });
  return {
    publish: (serial, records) => {
      publish(serial, records);
      server.kill('SIGHUP');
    },
  };
}

function knotText(dir: string, file: string, { port, notifyPort, isSigned }: PrimaryOptions): string {
  return `server:
    rundir: ${dir}
    listen: 127.0.0.1@${port}
database:
    storage: ${join(dir, 'db')}
key:
  - id: ${PRIMARY_KEY.name}
    algorithm: ${PRIMARY_KEY.algorithm}
    secret: ${PRIMARY_KEY.secret}
remote:
  - id: us
    address: 127.0.0.1@${notifyPort}
${isSigned ? `    key: ${PRIMARY_KEY.name}` : ''}
acl:
  - id: signed
    key: ${PRIMARY_KEY.name}
    action: transfer
  - id: open
    address: 127.0.0.1
    action: transfer
zone:
  - domain: rpz.example
    file: ${file}
    acl: ${isSigned ? 'signed' : 'open'}
    notify: us
    zonefile-sync: -1
    zonefile-load: difference
    journal-content: changes
  - domain: open.example
    file: ${file}
`;
}

function namedText(dir: string, file: string, { port, notifyPort, isSigned }: PrimaryOptions): string {
  const key = `key "${PRIMARY_KEY.name}"`;
  return `${key} { algorithm ${PRIMARY_KEY.algorithm}; secret "${PRIMARY_KEY.secret}"; };
options {
  directory "${dir}"; pid-file none; session-keyfile none; managed-keys-directory "${dir}";
  listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; };
  recursion no; dnssec-validation no; notify explicit; notify-delay 0; ixfr-from-differences yes;
};
controls { };
zone "rpz.example" {
  type primary; file "${file}"; journal "${join(dir, 'rpz.jnl')}";
  allow-transfer { ${isSigned ? key : '127.0.0.1'}; };
  also-notify { 127.0.0.1 port ${notifyPort}${isSigned ? ` ${key}` : ''}; };
};
`;
}
