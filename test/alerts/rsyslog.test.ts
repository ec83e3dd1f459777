// Debian's rsyslog as the receiver, over TCP and UDP: its parser must find every field where RFC 5424 says it is.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import type { SyslogFormat } from '../../src/alerts/syslog/messages.ts';
import { createSyslogReceiver } from '../../src/alerts/syslog/syslog-receiver.ts';
import { nastyNotice, noticeOf } from '../support/hits-receivers.ts';

const program = ['/usr/sbin/rsyslogd', '/sbin/rsyslogd'].find((path) => existsSync(path));
const FORMATS: SyslogFormat[] = ['rfc5424', 'cef', 'ecs', 'ocsf'];

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function listens(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const opened = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (opened) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

t.test(
  'rsyslog reads every message as it was meant',
  { skip: program === undefined && 'rsyslogd is not here' },
  async (t) => {
    const dir = t.testdir();
    const port = await freePort();
    const out = join(dir, 'out.jsonl');
    const file = join(dir, 'rsyslog.conf');
    const config = `
    global(workDirectory="${dir}" maxMessageSize="64k" parser.escapeControlCharactersOnReceive="off")
    module(load="imtcp") module(load="imudp") module(load="builtin:omfile")
    input(type="imtcp" address="127.0.0.1" port="${port}") input(type="imudp" address="127.0.0.1" port="${port}")
    template(name="json" type="list" option.jsonf="on") {
      property(outname="app" name="app-name" format="jsonf") property(outname="host" name="hostname" format="jsonf")
      property(outname="id" name="msgid" format="jsonf") property(outname="data" name="structured-data" format="jsonf")
      property(outname="severity" name="syslogseverity-text" format="jsonf") property(outname="text" name="msg" format="jsonf")
    }
    action(type="omfile" file="${out}" template="json")`;
    writeFileSync(file, config);
    try {
      execFileSync(program ?? '', ['-N1', '-f', file], { stdio: 'ignore' });
    } catch {
      t.pass('rsyslog reads them', { skip: 'this rsyslog does not take the configuration' });
      return;
    }
    const daemon = spawn(program ?? '', ['-n', '-f', file, '-i', join(dir, 'pid')], { stdio: 'ignore' });
    t.teardown(async () => {
      daemon.kill('SIGKILL');
      if (daemon.exitCode === null && daemon.signalCode === null) await once(daemon, 'close');
    });
    await listens(port);
    const origin = { hostName: 'cenote-1', processId: 7 };
    let sent = 0;
    for (const transport of ['tcp', 'udp'] as const)
      for (const format of FORMATS) {
        const receiver = createSyslogReceiver({
          name: 's',
          transport,
          host: '127.0.0.1',
          port,
          format,
          origin,
        });
        await receiver.deliver(noticeOf(), AbortSignal.timeout(5000));
        await receiver.deliver(nastyNotice(), AbortSignal.timeout(5000));
        await receiver.close();
        sent += 2;
      }
    const lines = await linesOf(out, dir, sent);
    for (const line of lines) {
      t.match(line, { app: 'cenote', host: 'cenote-1', id: 'HIT', data: /^\[cenote@32473 notice="01/ });
      if (line.text.trim().startsWith('{')) t.ok(JSON.parse(line.text));
    }
    t.equal(lines.filter(({ text }) => text.includes('CEF:0|cenote|cenote|')).length, 4);
  },
);

interface Line {
  readonly app: string;
  readonly text: string;
}

async function linesOf(path: string, dir: string, count: number): Promise<Line[]> {
  const watching = watch(dir);
  try {
    for (;;) {
      const changed = once(watching, 'change', { signal: AbortSignal.timeout(500) }).catch(() => {});
      const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
      if (lines.length >= count) return lines.map((line) => JSON.parse(line) as Line);
      await changed;
    }
  } finally {
    watching.close();
  }
}
