// Searches the history in a process of its own, started for one search.
//
// Not in a thread: a process at low priority, without helper threads of the engine, keeps no core from those who answer,
// and hits are stored and told while it works. A crash there does not affect the daemon.
import { runOffloaded } from '../../offload/process.ts';
import type { Finding, Searcher, SearchRequest } from './search.ts';
import { sent, type ToSearch } from './search-message.ts';

const ENTRY: URL = new URL('search-process.ts', import.meta.url);
/** A search that has not ended by then is given up. */
const SEARCH_MS = 300_000;
/** With the one that runs. */
const WAITING_MAX = 8;
/** It must not take the memory that answers need. */
const FLAGS: readonly string[] = ['--max-old-space-size=512'];

export class SearchApart implements Searcher {
  readonly #path: string;
  /** One after the other. */
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  readonly #ending = new AbortController();

  /** @param path of the store's file */
  constructor(path: string) {
    this.#path = path;
  }

  /** @throws Error also when too many wait already */
  search<R extends SearchRequest>(request: R): Promise<readonly Finding<R>[]> {
    if (this.#waiting >= WAITING_MAX)
      return Promise.reject(
        new Error('so many searches are waiting already; try again when they have ended'),
      );
    const told = sent(request);
    this.#waiting += 1;
    const found = this.#last
      .then(() => this.#search(told))
      .finally(() => {
        this.#waiting -= 1;
      });
    this.#last = found.catch(() => {});
    return found as Promise<readonly Finding<R>[]>;
  }

  async close(): Promise<void> {
    this.#ending.abort(new Error('cenote is stopping'));
    await this.#last;
  }

  async #search(request: ToSearch['request']): Promise<readonly Finding<SearchRequest>[]> {
    let findings: Finding<SearchRequest>[] = [];
    await runOffloaded({
      entry: ENTRY,
      request: { path: this.#path, request } satisfies ToSearch,
      begin: () => {
        findings = [];
        return (finding) => findings.push(finding as Finding<SearchRequest>);
      },
      flags: FLAGS,
      signal: AbortSignal.any([this.#ending.signal, AbortSignal.timeout(SEARCH_MS)]),
    });
    return findings;
  }
}
