// Runs the command as a person does: its output and its exit code. Commands share one child process (cli-host.ts) where
// nothing speaks against it, since most of a command's time goes into loading its code.
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export const ROOT: string = join(import.meta.dirname, '../..');

export interface Ran {
  /** The exit code, or the signal that ended it. */
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Instead of the checkout's bin/cenote. */
  readonly command?: string;
  /** Nothing of the test's own environment but PATH; unset, all of it without CENOTE_ variables. */
  readonly path?: string;
  /** A process for this command alone, as a shell starts it. */
  readonly alone?: boolean;
}

export interface HostedCommand {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly input: string;
}

export function run(args: readonly string[], options: RunOptions): Promise<Ran> {
  const needsOwn =
    options.alone === true ||
    args[0] === 'serve' ||
    options.command !== undefined ||
    options.path !== undefined;
  return needsOwn ? runAlone(args, options) : runHosted(args, options);
}

/**
 * Resolves once the admin interface at `url` answers. Its first question loads its code, which takes long on a busy machine: a
 * command waits ten seconds for it, this as long as it takes.
 */
export async function adminLoaded(url: string): Promise<void> {
  await (await fetch(`${url}/healthz`)).arrayBuffer();
}

let host: ChildProcess | null = null;

/** One after another: the host changes its folder and its environment for each. */
let last: Promise<unknown> = Promise.resolve();

function runHosted(args: readonly string[], { cwd, environment, input = '' }: RunOptions): Promise<Ran> {
  const ran = last.then(async () => {
    host ??= startHost();
    const command: HostedCommand = {
      args,
      cwd,
      environment: { ...inherited(), ...environment },
      input,
    };
    host.ref();
    host.channel?.ref();
    host.send(command);
    const [said] = await Promise.race([
      once(host, 'message'),
      once(host, 'exit').then(([code, signal]) => {
        throw new Error(`cenote ${args.join(' ')} ended its process (${code ?? signal})`);
      }),
    ]);
    host.channel?.unref();
    host.unref();
    return said;
  });
  last = ran.catch(() => {
    host = null;
  });
  return ran;
}

function startHost(): ChildProcess {
  return fork(join(import.meta.dirname, 'cli-host.ts'), { execArgv: [], env: inherited(), stdio: 'inherit' });
}

function inherited(): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('CENOTE_') && name !== 'NODE_OPTIONS'),
  );
}

function runAlone(args: readonly string[], options: RunOptions): Promise<Ran> {
  const base = options.path === undefined ? inherited() : { PATH: options.path };
  // The test runner's own loaders, which it passes on by NODE_OPTIONS, have no business in the program under test.
  const child = spawn(
    '/usr/bin/env',
    ['-u', 'NODE_OPTIONS', options.command ?? join(ROOT, 'bin/cenote'), ...args],
    {
      cwd: options.cwd,
      env: { ...base, ...options.environment },
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin.on('error', () => undefined); // it may not read what it is given
  child.stdin.end(options.input ?? '');
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code: code ?? signal ?? 'gone', stdout, stderr }));
  });
}
