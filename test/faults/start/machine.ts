// A machine of the start matrix: namespaces with systemd as process 1 (boot.sh), and commands in them.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { endsWithUs } from '../../support/ends-with-us.ts';
import { until } from '../../support/tool.ts';

const PROJECT = join(import.meta.dirname, '../../..');
/** Beyond what anything is waited for on it. */
const COMMAND_MS = 240_000;
const NODE = '/opt/cenote/node_modules/.bin/node';

export interface Ran {
  readonly code: number | string | null;
  readonly text: string;
}

export interface Machine {
  readonly hasSystemd: boolean;
  run(command: readonly string[], options?: RunOptions): Promise<Ran>;
  /** One that goes on; its output so far in `text()`. */
  begin(command: readonly string[], options?: RunOptions): Running;
  stop(): Promise<void>;
}

export interface Running {
  readonly text: () => string;
  readonly ended: Promise<number | string>;
  /** nsenter waits for the program it starts, and hands on no signal. */
  readonly signal: (name: NodeJS.Signals) => void;
}

export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly uid?: number;
  readonly input?: string;
}

/** Null where such a machine cannot be had: it takes root, overlayfs and namespaces. */
export function whyNoMachine(): string | null {
  const { status } = spawnSync('unshare', ['-fpmnuiC', 'true']);
  return status === 0 ? null : 'no namespaces may be made here (it takes root)';
}

export async function startMachine(dir: string, shared: string, prepare: string): Promise<Machine> {
  const boot = ['sh', join(import.meta.dirname, 'boot.sh'), dir, PROJECT, shared, prepare];
  const outer = spawn('unshare', ['-fpmnuiC', '--propagation', 'private', '--kill-child', ...boot], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  endsWithUs(outer);
  let said = '';
  for (const stream of [outer.stdout, outer.stderr]) stream.on('data', (text) => (said += text));
  const hasSystemd = existsSync('/lib/systemd/systemd');
  const inner = await until('process 1', () => {
    if (outer.exitCode !== null) throw new Error(`no machine: ${said}`);
    const [pid] = childrenOf(outer.pid);
    return pid !== undefined && /systemd|sleep/.test(readFileSync(`/proc/${pid}/comm`, 'utf8')) && pid;
  });
  const begin = (command: readonly string[], options: RunOptions = {}): Running => {
    const { environment = {}, uid = 0, input } = options;
    const enter = ['-t', String(inner), '-a', `--root=/proc/${inner}/root`, `--wd=/proc/${inner}/root`];
    const settings = Object.entries({ PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', ...environment });
    const user =
      uid === 0 ? [] : ['setpriv', '--reuid', String(uid), '--regid', String(uid), '--clear-groups'];
    const bind = uid === 0 ? [] : ['--inh-caps', '+net_bind_service', '--ambient-caps', '+net_bind_service'];
    const child = spawn(
      'nsenter',
      [
        ...enter,
        'env',
        '-i',
        ...settings.map(([name, value]) => `${name}=${value}`),
        ...user,
        ...bind,
        ...command,
      ],
      { stdio: ['pipe', 'pipe', 'pipe'] },
    );
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (more: string) => (text += more));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input ?? '');
    const ended = new Promise<number | string>((resolve) =>
      child.once('close', (code, signal) => resolve(code ?? signal ?? 'gone')),
    );
    const signal = (name: NodeJS.Signals): void => {
      for (const pid of childrenOf(child.pid)) process.kill(pid, name);
    };
    return { ended, signal, text: () => text };
  };
  const run = async (command: readonly string[], options?: RunOptions): Promise<Ran> => {
    const { ended, signal, text } = begin(command, options);
    const timer = setTimeout(() => signal('SIGKILL'), COMMAND_MS);
    const code = await ended;
    clearTimeout(timer);
    return { code, text: text() };
  };
  if (hasSystemd)
    await until('systemd', async () => (await run(['systemctl', 'is-active', 'small.target'])).code === 0);
  return {
    hasSystemd,
    run,
    begin,
    stop: async () => {
      const gone = new Promise((resolve) => outer.once('close', resolve));
      outer.kill('SIGKILL');
      await gone;
    },
  };
}

function childrenOf(pid: number | undefined): number[] {
  try {
    return (readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').match(/\d+/g) ?? []).map(Number);
  } catch {
    return []; // it has ended
  }
}

/** A script of this folder. */
export function scriptOf(name: string, ...args: readonly string[]): string[] {
  return [NODE, `/opt/cenote/test/faults/start/${name}`, ...args];
}
