// A program of the admin's own: started for each notice, without a shell, the notice as JSON on its standard input.
import { spawn } from 'node:child_process';
import { plain } from '../escape.ts';
import { type Notice, type Receiver, ReceiverError } from '../receiver.ts';

export interface CommandOptions {
  readonly name: string;
  readonly program: string;
  readonly arguments: readonly string[];
}

const SAID_CHARACTERS_MAX = 300;

export function createCommandReceiver({ name, program, arguments: rest }: CommandOptions): Receiver {
  return {
    name,
    deliver: (notice, signal) => run(program, rest, notice, signal),
    async close() {},
  };
}

function run(program: string, rest: readonly string[], notice: Notice, signal: AbortSignal): Promise<void> {
  const { PATH = '/usr/bin:/bin' } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, {
      stdio: ['pipe', 'ignore', 'pipe'],
      signal,
      killSignal: 'SIGKILL',
      // Nothing an asker chose is in the environment, and none of our secrets.
      env: {
        PATH,
        CENOTE_NOTICE: notice.id,
        CENOTE_KIND: notice.kind,
      },
    });
    let said = '';
    child.stderr.on('data', (octets: Buffer) => {
      if (said.length < SAID_CHARACTERS_MAX) said += octets.toString('utf8');
    });
    child.on('error', (error) =>
      reject(
        new ReceiverError('RECEIVER_FAILED', `cannot run ${program}: ${error.message}`, { cause: error }),
      ),
    );
    child.on('close', (code, killed) => {
      if (code === 0) resolve();
      else
        reject(
          new ReceiverError(
            'RECEIVER_FAILED',
            `${program} ended with ${code ?? killed}: ${plain(said, SAID_CHARACTERS_MAX)}`,
          ),
        );
    });
    child.stdin.on('error', () => {}); // a program need not read what it is told
    child.stdin.end(`${JSON.stringify(notice)}\n`);
  });
}
