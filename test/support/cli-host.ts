// Runs one command after another in one process, each in its own folder and environment, and sends back what it wrote.
import { Readable } from 'node:stream';
import { runCommand } from '../../src/cli/main.ts';
import type { HostedCommand, Ran } from './cli-run.ts';

/** What is written while a command runs. */
function collect(stream: NodeJS.WriteStream): { text: string } {
  const written = { text: '' };
  stream.write = (chunk: string | Uint8Array, encoding?: unknown, callback?: unknown): boolean => {
    written.text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    const done = typeof encoding === 'function' ? encoding : callback;
    if (typeof done === 'function') queueMicrotask(() => done());
    return true;
  };
  return written;
}

const stdout = collect(process.stdout);
const stderr = collect(process.stderr);

async function hosted({ args, cwd, environment, input }: HostedCommand): Promise<Ran> {
  process.chdir(cwd);
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
  Object.assign(process.env, environment);
  const stdin = Readable.from(input === '' ? [] : [Buffer.from(input)]);
  Object.defineProperty(process, 'stdin', { value: stdin, configurable: true });
  process.exitCode = undefined;
  stdout.text = '';
  stderr.text = '';
  await runCommand(args);
  return { code: process.exitCode ?? 0, stdout: stdout.text, stderr: stderr.text };
}

process.on('message', async (command: HostedCommand) => {
  process.send?.(await hosted(command));
});
process.on('disconnect', () => process.exit());
