// Compiles lists in a helper thread, so that no answer and no signal waits for a million names.
import { Worker } from 'node:worker_threads';
import type { CompileRequest, CompileResult } from '../lists/compile.ts';
import type { CompileMessage } from '../lists/compile-thread.ts';

/** @throws Error when the thread failed; a list that cannot be used is no failure but stands in its report */
export function compileInThread(request: CompileRequest): Promise<CompileResult> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL('../lists/compile-thread.ts', import.meta.url), {
      workerData: request,
      name: 'compile',
    });
    let result: CompileResult | null = null;
    thread.on('message', (message: CompileMessage) => {
      if (message.kind === 'done') result = message.result;
      if (message.kind === 'failed') reject(new Error(message.message));
    });
    thread.once('error', reject);
    thread.once('exit', (code) => {
      if (result !== null) resolve(result);
      else reject(new Error(`the compile thread ended with code ${code} and no result`));
    });
  });
}
