// A PostgreSQL of a test's own: made in a temporary folder, by an unprivileged user, heard on a socket in that folder alone.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endedWith, findTool, until } from './tool.ts';

/** `nobody` on Debian: a server refuses to run as root. */
const NOBODY = 65_534;

/** Debian keeps each version's programs in a folder of its own, beside PATH. */
function programOf(name: string): string | null {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root) : [];
  const newest = versions.map(Number).sort((a, b) => b - a)[0];
  const packaged = join(root, String(newest), 'bin', name);
  return existsSync(packaged) ? packaged : findTool(name);
}

/** What a test is to be skipped for; false when PostgreSQL is there. */
export const missingPostgres = (): string | false =>
  programOf('initdb') === null || programOf('postgres') === null ? 'postgresql is not installed' : false;

export class Postgres {
  readonly folder: string;
  #settings: readonly string[];
  readonly #user: { uid?: number; gid?: number };
  #process: ChildProcess | null = null;

  /** @param settings as `postgres -c` takes them @param parent the folder that its own is made in */
  constructor(settings: readonly string[] = ['fsync=off'], parent: string = tmpdir()) {
    this.folder = mkdtempSync(join(parent, 'cenote-postgres-'));
    this.#settings = settings;
    this.#user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
    if (this.#user.uid !== undefined) chownSync(this.folder, NOBODY, NOBODY);
    const initdb = ['-D', this.#data, '-A', 'trust', '-U', 'cenote', '--no-sync', '--locale=C', '-E', 'UTF8'];
    execFileSync(programOf('initdb') ?? 'initdb', initdb, {
      ...this.#user,
      stdio: 'ignore',
      cwd: this.folder,
    });
  }

  get url(): string {
    return `postgres:///postgres?host=${encodeURIComponent(this.folder)}&user=cenote`;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Of its processes that run now. */
  get cpuSeconds(): number {
    return processesOf(this.folder).reduce((sum, pid) => {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return sum + (Number(fields[11]) + Number(fields[12])) / 100;
    }, 0);
  }

  /** @param own from now on, in place of those that it had */
  async start(own: readonly string[] = this.#settings): Promise<void> {
    this.#settings = own;
    const settings = ['listen_addresses=', `unix_socket_directories=${this.folder}`, 'shared_buffers=64MB'];
    const flags = [...settings, ...this.#settings].flatMap((setting) => ['-c', setting]);
    const server = spawn(programOf('postgres') ?? 'postgres', ['-D', this.#data, ...flags], {
      ...this.#user,
      cwd: this.folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    server.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    this.#process = server;
    endedWith(server);
    await until('PostgreSQL to take connections', () => {
      if (server.exitCode !== null) throw new Error(`postgres ended: ${said}`);
      return said.includes('database system is ready to accept connections');
    });
  }

  /** As a crash of the machine's process would: nothing is written that was not. Or as by another signal. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    await this.#end(signal);
  }

  /** What it has on its disk, while it does not run: a replica that lags, or a backup. */
  copied(): { readonly putBack: () => void } {
    const copy = (from: string, to: string): unknown => execFileSync('cp', ['-a', '--', from, to]);
    const beside = `${this.#data}.copy`;
    rmSync(beside, { recursive: true, force: true });
    copy(this.#data, beside);
    return {
      putBack: () => {
        rmSync(this.#data, { recursive: true });
        copy(beside, this.#data);
      },
    };
  }

  async stop(): Promise<void> {
    await this.#end('SIGINT');
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const server = this.#process;
    this.#process = null;
    if (server === null || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill(signal);
    await ended;
    // Its children notice that it is gone and go too; until then they hold the folder's lock.
    if (signal === 'SIGKILL')
      await until('the children of PostgreSQL to end', () => !hasChildren(this.folder));
  }

  get #data(): string {
    return join(this.folder, 'data');
  }
}

const hasChildren = (folder: string): boolean => processesOf(folder).length > 0;

/** Those that work in the folder of this server. */
function processesOf(folder: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readlinkSync(join('/proc', pid, 'cwd')).startsWith(folder);
    } catch {
      return false;
    }
  });
}
