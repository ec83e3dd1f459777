// Searches the history in a process of its own, born for one search and gone after it.
//
// Not in a thread: a process at the lowest priority, without helper threads of the engine, keeps no core from those who
// answer, shares no memory map with them, and hits are stored and told while it works. What it dies of is its own.
import { type ChildProcess, fork } from 'node:child_process';
import type { Finding, Searcher, SearchRequest } from './search.ts';
import { type FromSearch, sent, type ToSearch } from './search-message.ts';

const PROGRAM: string = new URL('search-process.ts', import.meta.url).pathname;
/** A search that has not ended by then is given up. */
const SEARCH_MS = 300_000;
/** It must not take the memory that answers need. */
const HEAP_MIB = 512;

export class SearchApart implements Searcher {
  readonly #path: string;
  /** One after the other. */
  #last: Promise<unknown> = Promise.resolve();
  #child: ChildProcess | null = null;
  #closed = false;

  /** @param path of the store's file */
  constructor(path: string) {
    this.#path = path;
  }

  search<R extends SearchRequest>(request: R): Promise<readonly Finding<R>[]> {
    const found = this.#last.then(() => this.#search(request));
    this.#last = found.catch(() => {});
    return found as Promise<readonly Finding<R>[]>;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#child?.kill('SIGKILL');
    await this.#last;
  }

  #search(request: SearchRequest): Promise<readonly Finding<SearchRequest>[]> {
    if (this.#closed) return Promise.reject(new Error('cenote is stopping'));
    const child = fork(PROGRAM, [], {
      execArgv: ['--single-threaded', `--max-old-space-size=${HEAP_MIB}`],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      timeout: SEARCH_MS,
      killSignal: 'SIGKILL',
    });
    this.#child = child;
    return new Promise((resolve, reject) => {
      const findings: Finding<SearchRequest>[] = [];
      let failure: string | null = 'it ended before its search did';
      child.on('message', (message: FromSearch) => {
        if (message.kind === 'found') findings.push(message.finding);
        else failure = message.kind === 'failed' ? message.error : null;
      });
      child.on('error', (error) => {
        failure = error.message;
        if (child.pid === undefined) reject(new Error(`the search cannot be started: ${error.message}`));
      });
      child.on('close', (code, signal) => {
        this.#child = null;
        if (failure === null) resolve(findings);
        else reject(new Error(`${failure} (search process, ${signal ?? `code ${code}`})`));
      });
      child.send({ path: this.#path, request: sent(request) } satisfies ToSearch, () => {});
    });
  }
}
