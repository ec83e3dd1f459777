// Starts the real daemon as a child process with a config of the test's own, and tells what it printed.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { askTcp, askUdp, type Server } from './client.ts';
import { query } from './message.ts';
import { endedWith, freePort, until } from './tool.ts';

const root = join(import.meta.dirname, '../..');
const certificateFolder = join(root, 'test/fixtures/upstream-tls');
/** A second on an idle machine; test machines are not. */
const START_MS_MAX = 60_000;

/** One line of the hit log, as interface.md gives it. */
export interface HitLine {
  readonly event: 'hit';
  readonly id: string;
  readonly time: string;
  readonly count: number;
  readonly client: { readonly ip: string; readonly name: string | null; readonly group: string };
  readonly question: { readonly name: string; readonly type: string; readonly class: string };
  readonly transport: string;
  readonly verdict: string;
  readonly rule: string;
  readonly list: string;
  readonly answer: readonly string[];
  readonly via: string | null;
}

export type ConfigLiteral = Readonly<Record<string, unknown>>;

export interface DaemonOptions {
  /** Keys of the config file; `listen`, `events` and a generous rate limit are filled in. */
  readonly config: ConfigLiteral;
  /** A folder of its own (`daemonFolder()`): tap may remove the test's while it still writes. */
  readonly directory: string;
  /** Where it listens, when others must know before it starts. */
  readonly ports?: { readonly dns: number; readonly admin: number };
  /** Listens for DoT and DoH too, with the certificate of the tests. */
  readonly secure?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  /** Of another release; unset, this one's. */
  readonly program?: string;
  /** Modules that each of its threads loads first. */
  readonly imports?: readonly string[];
}

export interface Daemon {
  readonly server: Server;
  /** 0 without `secure`. */
  readonly tlsPort: number;
  readonly httpsPort: number;
  readonly adminUrl: string;
  readonly configFile: string;
  readonly child: ChildProcess;
  /** All that was written to stdout and stderr so far. */
  readonly output: () => string;
  readonly hits: () => readonly HitLine[];
  /** Queries that the hit lines stand for: the sum of their counts. */
  readonly hitCount: () => number;
  /** Resident memory in octets, all threads; 0 where the system does not tell. */
  readonly rss: () => number;
  /** Writes the config file anew, keeping the filled-in keys. */
  readonly rewrite: (config: ConfigLiteral) => void;
  /** SIGTERM; resolves with the exit code, or the signal that ended it. */
  readonly stop: () => Promise<number | string>;
}

/** Runs `cenote serve` and resolves once it answers over UDP and TCP and says that it is ready. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const port = options.ports?.dns ?? (await freePort());
  const adminPort = options.ports?.admin ?? (await freePort());
  const [tlsPort, httpsPort] = options.secure === true ? [await freePort(), await freePort()] : [0, 0];
  const secure = {
    tls: [`127.0.0.1:${tlsPort}`],
    https: [`127.0.0.1:${httpsPort}`],
    tlsCertificate: { cert: join(certificateFolder, 'cert.pem'), key: join(certificateFolder, 'key.pem') },
  };
  const configFile = join(options.directory, 'cenote.yaml');
  const dataFolder = join(options.directory, 'data');
  mkdirSync(dataFolder, { recursive: true });
  const rewrite = (config: ConfigLiteral): void => {
    const whole = {
      listen: {
        dns: [`127.0.0.1:${port}`],
        admin: `127.0.0.1:${adminPort}`,
        ...(options.secure === true ? secure : {}),
      },
      workers: 1,
      access: { allow: ['private'], rateLimit: { perSecond: 1_000_000, burst: 1_000_000 } },
      events: { dir: dataFolder },
      // The machine's own network is nobody's business here, and would be asked about.
      clients: { hosts: 'off', leases: [], neighbours: false, reverse: false },
      ...config,
    };
    writeFileSync(configFile, `${JSON.stringify(whole, null, 2)}\n`); // JSON is YAML
  };
  rewrite(options.config);

  // The test runner's own loaders, which it passes on by NODE_OPTIONS, have no business in the program under test.
  const preload = (options.imports ?? []).map((path) => `NODE_OPTIONS=--import=${path}`);
  const child = spawn(
    '/usr/bin/env',
    [
      '-u',
      'NODE_OPTIONS',
      ...preload,
      options.program ?? join(root, 'bin/cenote'),
      'serve',
      '-c',
      configFile,
    ],
    {
      cwd: options.directory,
      env: { ...process.env, ...options.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  // A test that is cut short must not leave its daemon behind.
  endedWith(child);
  let output = '';
  let unfinished = '';
  const hits: HitLine[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    const lines = (unfinished + text).split('\n');
    unfinished = lines.pop() ?? '';
    for (const line of lines)
      if (line.startsWith('{') && line.includes('"event":"hit"')) hits.push(JSON.parse(line));
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const exited = new Promise<number | string>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'gone'));
  });
  const stop = async (): Promise<number | string> => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
    const code = await exited;
    clearTimeout(timer);
    return code;
  };

  const server: Server = { host: '127.0.0.1', port };
  try {
    await until(
      `the daemon to answer on port ${port}`,
      () => {
        if (child.exitCode !== null || child.signalCode !== null)
          throw new Error(`the daemon ended with ${child.exitCode ?? child.signalCode}:\n${output}`);
        return output.includes('cenote is ready.') && answers(server);
      },
      START_MS_MAX,
    );
  } catch (error) {
    await stop();
    throw error instanceof Error ? new Error(`${error.message}\n${output}`) : error;
  }
  return {
    server,
    tlsPort,
    httpsPort,
    adminUrl: `http://127.0.0.1:${adminPort}`,
    configFile,
    child,
    output: () => output,
    hits: () => hits,
    hitCount: () => hits.reduce((sum, hit) => sum + hit.count, 0),
    rss: () => residentOctets(child.pid),
    rewrite,
    stop,
  };
}

/** A CHAOS query is answered by every daemon itself: it needs no upstream and is no hit. */
async function answers(server: Server): Promise<boolean> {
  const probe = query('version.bind', 'TXT', { class: 'CH' });
  if ((await askUdp(server, probe, 1000)) === null) return false;
  return (await askTcp(server, probe, 2000).catch(() => null)) !== null;
}

function residentOctets(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
