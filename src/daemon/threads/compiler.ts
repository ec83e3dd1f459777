// Compiles lists: a few names at once, more in a helper thread, so that nothing waits for a million names.
import { Worker } from 'node:worker_threads';
import { sizeOf } from '../../lists/body.ts';
import type { CompileList, CompileRequest, CompileResult } from '../../lists/compile.ts';
import type { CompileMessage } from '../../lists/compile-thread.ts';
import { progressText, showProgress } from '../progress.ts';

/** Starting a thread costs as much as compiling this many octets. */
const THREAD_OCTETS_MIN: number = 256 * 1024;
/** What it throws away is thrown away at once: a larger nursery takes 10 MB more and is no faster. */
const YOUNG_MIB = 4;

/** @throws Error when the thread failed; a list that cannot be used is no failure but stands in its report */
export function compileLists(request: CompileRequest): Promise<CompileResult> {
  const octets = request.lists.reduce((sum, list) => sum + octetsOf(list), 0);
  return octets < THREAD_OCTETS_MIN ? compileHere(request) : compileInThread(request);
}

/** A start from a snapshot compiles nothing, so it need not load what compiles. */
async function compileHere(request: CompileRequest): Promise<CompileResult> {
  const { compileRuleSet } = await import('../../lists/compile.ts');
  return compileRuleSet(request);
}

/** 0 for what cannot be read: compiling says why. */
function octetsOf(list: CompileList): number {
  return [list.body, list.fallback].reduce((sum, body) => {
    try {
      return body === null ? sum : sum + sizeOf(body);
    } catch {
      return sum;
    }
  }, 0);
}

function compileInThread(request: CompileRequest): Promise<CompileResult> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL('../../lists/compile-thread.ts', import.meta.url), {
      workerData: request,
      name: 'compile',
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB },
    });
    let result: CompileResult | null = null;
    thread.on('message', (message: CompileMessage) => {
      if (message.kind === 'done') result = message.result;
      if (message.kind === 'progress') showProgress(progressText(message.octets, message.octetsTotal));
      if (message.kind === 'failed') reject(new Error(message.message));
    });
    thread.once('error', reject);
    thread.once('exit', (code) => {
      showProgress(null);
      if (result !== null) resolve(result);
      else reject(new Error(`the compile thread ended with code ${code} and no result`));
    });
  });
}
