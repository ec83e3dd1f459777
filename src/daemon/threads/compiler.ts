// Compiles lists: a few names at once, more in a helper process, so that nothing waits for a million names.
import { sizeOf } from '../../lists/body.ts';
import type { CompileList, CompileRequest, CompileResult } from '../../lists/compile.ts';
import type { CompileMessage, SharedPart } from '../../lists/compile-process.ts';
import { runOffloaded } from '../../offload/process.ts';
import { progressText, showProgress } from '../progress.ts';

/** Starting a process costs as much as compiling this many octets. */
const PROCESS_OCTETS_MIN: number = 512 * 1024;
/** What it throws away is thrown away at once: a larger nursery takes more and is no faster. MiB a semi-space. */
const FLAGS: readonly string[] = ['--max-semi-space-size=2'];

/**
 * @param signal ends it; its reason is thrown then
 * @throws Error when the helper process failed; a list that cannot be used is no failure but stands in its report
 */
export function compileLists(request: CompileRequest, signal?: AbortSignal): Promise<CompileResult> {
  const octets = request.lists.reduce((sum, list) => sum + octetsOf(list), 0);
  return octets < PROCESS_OCTETS_MIN ? compileHere(request) : compileInProcess(request, signal);
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

async function compileInProcess(request: CompileRequest, signal?: AbortSignal): Promise<CompileResult> {
  let result: CompileResult | null = null;
  const begin = (): ((message: unknown) => void) => {
    const assembly = new Assembly();
    return (message) => {
      result = assembly.hear(message as CompileMessage);
    };
  };
  try {
    const entry = new URL('../../lists/compile-process.ts', import.meta.url);
    await runOffloaded({ entry, request, begin, flags: FLAGS, ...(signal === undefined ? {} : { signal }) });
  } finally {
    showProgress(null);
  }
  if (result === null) throw new Error('the helper process that compiles said nothing of a result');
  return result;
}

/** A result as it comes, piece by piece. */
class Assembly {
  readonly #shared: Record<SharedPart, SharedArrayBuffer> = {
    trie: new SharedArrayBuffer(0),
    addresses: new SharedArrayBuffer(0),
  };
  #target: Uint8Array = new Uint8Array(0);
  #filled = 0;

  /** @returns the result, once it is whole */
  hear(message: CompileMessage): CompileResult | null {
    switch (message.kind) {
      case 'progress':
        showProgress(progressText(message.octets, message.octetsTotal));
        return null;
      case 'part':
        this.#shared[message.part] = new SharedArrayBuffer(message.octetsTotal);
        this.#target = new Uint8Array(this.#shared[message.part]);
        this.#filled = 0;
        return null;
      case 'piece':
        this.#target.set(message.octets, this.#filled);
        this.#filled += message.octets.length;
        return null;
      case 'done':
        return { ruleSet: { ...message.ruleSet, ...this.#shared }, lists: message.lists };
    }
  }
}
