// Entry of the helper thread that compiles: `daemon` starts it as a Worker with a CompileRequest as its workerData.
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { sizeOf } from './body.ts';
import { type CompileRequest, type CompileResult, compileRuleSet } from './compile.ts';
import { messageOf } from './errors.ts';

/** What the thread says; `done` and `failed` are its last word. */
export type CompileMessage =
  | { readonly kind: 'progress'; readonly octets: number; readonly octetsTotal: number }
  | { readonly kind: 'done'; readonly result: CompileResult }
  | { readonly kind: 'failed'; readonly message: string };

const PROGRESS_OCTETS = 4_194_304;
/** Whoever answers goes first; what is left of the machine compiles. On Linux a thread has a niceness of its own. */
const NICENESS = 19;

async function run(request: CompileRequest, say: (message: CompileMessage) => void): Promise<void> {
  let said = 0;
  const octetsTotal = totalOf(request);
  const result = await compileRuleSet(request, {
    onProgress: (octets) => {
      if (octets - said < PROGRESS_OCTETS) return;
      said = octets;
      say({ kind: 'progress', octets, octetsTotal });
    },
  });
  say({ kind: 'done', result });
}

/** Octets of all bodies that can be opened; a second pass, which is rare, goes beyond. */
function totalOf(request: CompileRequest): number {
  let total = 0;
  for (const { body } of request.lists) {
    try {
      total += body === null ? 0 : sizeOf(body);
    } catch {
      // Compiling says what is wrong with it.
    }
  }
  return total;
}

if (parentPort !== null) {
  const port = parentPort;
  if (process.platform === 'linux') setPriority(NICENESS);
  const say = (message: CompileMessage): void => port.postMessage(message);
  run(workerData as CompileRequest, say).catch((error: unknown) =>
    say({ kind: 'failed', message: messageOf(error) }),
  );
}
