// Runs the command as a person does: a child process, its output and its exit code.
import { spawn } from 'node:child_process';
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
}

export function run(args: readonly string[], options: RunOptions): Promise<Ran> {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('CENOTE_') && name !== 'NODE_OPTIONS'),
  );
  const base = options.path === undefined ? inherited : { PATH: options.path };
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
