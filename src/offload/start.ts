// Starts a helper process: with as little work for this one as the machine allows, else as Node does it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import type { Duplex, Readable } from 'node:stream';
import { CHANNEL_FD, type Ending, loadSpawner, type Spawner } from '../native/spawner.ts';

/** A process that was started. */
export interface Helper {
  readonly pid: number;
  /** What it says and hears. */
  readonly channel: Duplex;
  /** What it prints. */
  readonly errors: Readable;
  /** Resolves when it has ended and all that it said and printed was heard. */
  readonly ended: Promise<Ending>;
  /** Ends it at once; does nothing where it has ended. */
  readonly kill: () => void;
}

/** Looked at so often, between the last word of a process and its end. */
const ENDING_POLL_MS = 5;

/**
 * Starts Node with these arguments; `channel` is its CHANNEL_FD, and what it writes to its standard output is lost.
 *
 * @throws Error when it does not start
 */
export async function startHelper(args: readonly string[]): Promise<Helper> {
  const spawner = await loadSpawner();
  return spawner === null ? startByNode(args) : startBySpawner(spawner, args);
}

function startBySpawner(spawner: Spawner, args: readonly string[]): Helper {
  const program = process.execPath;
  const { pid, ...fds } = spawner.start(program, [program, ...args], process.env);
  const channel = new Socket({ fd: fds.channel });
  const errors = new Socket({ fd: fds.errors, writable: false });
  let isTaken = false;
  const ended = Promise.all([closed(channel), closed(errors)]).then(async () => {
    for (;;) {
      const ending = spawner.endingOf(pid);
      if (ending !== null) {
        isTaken = true;
        return ending;
      }
      await new Promise((resolve) => setTimeout(resolve, ENDING_POLL_MS));
    }
  });
  const kill = (): void => {
    // Once its end is taken, the number may be another's.
    if (!isTaken) process.kill(pid, 'SIGKILL');
  };
  return { pid, channel, errors, ended, kill };
}

/** However it closes: `once` of node:events would throw what went wrong before. */
function closed(stream: Duplex | Readable): Promise<void> {
  return new Promise((resolve) => stream.once('close', resolve));
}

/** Where the C library cannot be called. */
export async function startByNode(args: readonly string[]): Promise<Helper> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
  const { pid } = child;
  if (pid === undefined) {
    const [error] = await once(child, 'error');
    throw error;
  }
  // Not 'exit': what it said last may still be on its way.
  const ended = once(child, 'close').then(
    ([code, by]): Ending => (by === null ? { code, by } : { code: null, by }),
  );
  return {
    pid,
    channel: child.stdio[CHANNEL_FD] as Duplex,
    errors: child.stdio[2] as Readable,
    ended,
    kill: () => child.kill('SIGKILL'),
  };
}
