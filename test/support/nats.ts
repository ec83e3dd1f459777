// Real NATS servers on loopback: Debian's, and the newest one where it was built (`node test/support/nats.ts` builds it, by Go, once).
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createUser } from '@nats-io/nkeys';
import type { Test } from 'tap';
import { permissionsOf, permissionsOfHead } from '../../src/fleet/subjects.ts';
import { endedWith, findTool, freePort, until } from './tool.ts';

const NEWEST = '2.15.3';
const { XDG_CACHE_HOME } = process.env;
const CACHE = join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'cenote');
const BUILT = join(CACHE, `nats-server-${NEWEST}`);

/** Programs to test with, oldest first; none where there are none. */
export function natsPrograms(): readonly string[] {
  return [findTool('nats-server'), isThere(BUILT) ? BUILT : null].filter((path) => path !== null);
}

/** What a test is to be skipped for. */
export function missingNats(): string | false {
  return natsPrograms().length > 0 ? false : 'nats-server is not installed';
}

/** Builds the newest server, which takes minutes, unless it is there. @returns null without Go */
export function buildNewestNats(): string | null {
  if (isThere(BUILT)) return BUILT;
  if (findTool('go') === null) return null;
  const folder = mkdtempSync(join(tmpdir(), 'cenote-nats-build-'));
  execFileSync('go', ['install', `github.com/nats-io/nats-server/v2@v${NEWEST}`], {
    // Linked statically, it runs in an image of its own too.
    env: { ...process.env, GOBIN: folder, CGO_ENABLED: '0' },
    stdio: 'inherit',
  });
  mkdirSync(CACHE, { recursive: true });
  renameSync(join(folder, 'nats-server'), BUILT);
  rmSync(folder, { recursive: true });
  return BUILT;
}

function isThere(path: string): boolean {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
}

export interface NatsKey {
  /** What a credentials file holds. */
  readonly seed: string;
  readonly publicKey: string;
}

export function natsKey(): NatsKey {
  const user = createUser();
  return { seed: new TextDecoder().decode(user.getSeed()), publicKey: user.getPublicKey() };
}

export interface NatsOptions {
  /** One of `natsPrograms`; unset, the oldest. */
  readonly program?: string;
  /** The head's own site and key; unset, the server asks for no credentials. */
  readonly head?: readonly [site: string, key: NatsKey];
  readonly sites?: Readonly<Record<string, NatsKey>>;
  /** The folder that its own is made in; unset, the usual one. */
  readonly parent?: string;
  /** What all streams may set aside, in its notation. */
  readonly fileStore?: string;
  /** More of its configuration. */
  readonly more?: string;
  /** PEM files: it asks for TLS. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

export interface Nats {
  readonly url: string;
  readonly port: number;
  readonly pid: number | undefined;
  /** Who may connect from now on. */
  allow(options: Pick<NatsOptions, 'head' | 'sites'>): void;
  /** Ends it at once, or as by `signal`; what it stored stays. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Begins it again on the same port and store. */
  start(): Promise<void>;
  /** Whether it has all that its streams have, as it says itself. */
  isHealthy(): Promise<boolean>;
  /** Sent to all its clients so far. */
  octetsOut(): Promise<number>;
}

/** A server with JetStream that is stopped at the test's end. */
export async function startNats(t: Pick<Test, 'teardown'>, options: NatsOptions = {}): Promise<Nats> {
  const program = options.program ?? natsPrograms()[0] ?? 'nats-server';
  const dir = mkdtempSync(join(options.parent ?? tmpdir(), 'cenote-nats-'));
  const file = join(dir, 'nats.conf');
  const port = await freePort();
  const monitor = await freePort();
  const base = `listen: "127.0.0.1:${port}"\nhttp: "127.0.0.1:${monitor}"\njetstream { store_dir: "${dir}/store", max_file_store: ${options.fileStore ?? '2GB'} }\n${tlsText(options)}${options.more ?? ''}`;
  const write = (allowed: Pick<NatsOptions, 'head' | 'sites'>): void =>
    writeFileSync(file, `${base}${authorization(allowed)}`);
  write(options);
  let server: ChildProcess | null = null;
  const kill = async (signal: NodeJS.Signals = 'SIGKILL'): Promise<void> => {
    if (server === null) return;
    const gone = once(server, 'exit');
    server.kill(signal);
    await gone;
    server = null;
  };
  const start = async (): Promise<void> => {
    server = endedWith(spawn(program, ['-c', file], { stdio: 'ignore' }));
    await until('nats-server to listen', () => canConnect(port));
  };
  t.teardown(async () => {
    await kill();
    rmSync(dir, { recursive: true, force: true });
  });
  await start();
  return {
    url: `nats://127.0.0.1:${port}`,
    port,
    get pid() {
      return server?.pid;
    },
    allow: (allowed) => {
      write(allowed);
      server?.kill('SIGHUP');
    },
    kill,
    start,
    octetsOut: async () => {
      const said = await (await fetch(`http://127.0.0.1:${monitor}/varz`)).json();
      return Number((said as { out_bytes: number }).out_bytes);
    },
    isHealthy: () =>
      fetch(`http://127.0.0.1:${monitor}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      ),
  };
}

/** Three servers that are one; null where the newest was not built: an older one is not tried so. */
export async function startCluster(
  t: Pick<Test, 'teardown'>,
  options: NatsOptions = {},
): Promise<readonly Nats[] | null> {
  const program = natsPrograms().find((path) => path === BUILT);
  if (program === undefined) return null;
  const routes: number[] = [];
  for (let i = 0; i < 3; i += 1) routes.push(await freePort());
  const all = routes.map((port) => `nats://127.0.0.1:${port}`).join(', ');
  return Promise.all(
    routes.map((port, i) => {
      const cluster = `cluster { name: fleet, listen: "127.0.0.1:${port}", routes: [${all}] }`;
      return startNats(t, { ...options, program, more: `server_name: n${i + 1}\n${cluster}\n` });
    }),
  );
}

function tlsText({ tls }: NatsOptions): string {
  return tls === undefined ? '' : `tls: ${JSON.stringify({ cert_file: tls.cert, key_file: tls.key })}\n`;
}

function authorization({ head, sites = {} }: Pick<NatsOptions, 'head' | 'sites'>): string {
  if (head === undefined) return '';
  const users = [
    { nkey: head[1].publicKey, permissions: permissionsOfHead(head[0]) },
    ...Object.entries(sites).map(([site, { publicKey }]) => ({
      nkey: publicKey,
      permissions: permissionsOf(site),
    })),
  ];
  return `authorization: ${JSON.stringify({ users })}\n`;
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('error', () => end(false));
    socket.once('data', () => end(true));
  });
}

if (import.meta.main) buildNewestNats();
