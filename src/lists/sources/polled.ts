// What TAXII collections and MISP searches have in common: pages are asked for since the last time, and one body holds all that
// is known. It is also what the next poll begins with, so that nothing but the list's own file is kept across restarts.
import { createWriteStream } from 'node:fs';
import { readFile, unlink } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { parseJson } from '../../report/kinds/json.ts';
import { ListError } from '../errors.ts';
import { DOCUMENT_OCTETS_MAX } from '../formats/document.ts';
import { type HttpOptions, httpSource } from './http.ts';
import { type Fetched, type ListSource, NO_VALIDATORS, type Validators } from './source.ts';

/** Of one page, as it comes. */
const PAGE_OCTETS_MAX = 67_108_864;
const PAGES_MAX = 10_000;
/** For a whole poll; the first of a large collection takes its time. */
const POLL_MS_MAX = 900_000;
export interface PolledOptions extends HttpOptions {
  /** The body in force, when there is one. */
  readonly goodPath: string;
  /** Wall clock, ms. */
  readonly now: () => number;
}

/** One poll under way. */
export interface Poll {
  /** Where to go on; null for everything. */
  readonly since: string | null;
  readonly entries: Entries;
  /** One page more. @param said what this request has beside the list's own @throws ListError for too many */
  readonly page: (url: string, said: PageRequest) => Promise<Page>;
}

export interface PageRequest extends Pick<HttpOptions, 'accept' | 'post'> {
  /** Not tried again by itself: what asked knows where to go on. */
  readonly isOnce?: boolean;
}

/** What is known, by id, each as one line of JSON. */
export class Entries {
  readonly #lines: Map<string, string>;
  #octets = 0;
  hasChanged = false;

  constructor(lines: ReadonlyMap<string, string>) {
    this.#lines = new Map(lines);
    for (const line of lines.values()) this.#octets += line.length + 2;
  }

  get(id: string): string | undefined {
    return this.#lines.get(id);
  }

  /** @param line null for what is no more */
  set(id: string, line: string | null): void {
    const known = this.#lines.get(id);
    if (known === (line ?? undefined)) return;
    this.hasChanged = true;
    this.#octets += (line === null ? 0 : line.length + 2) - (known === undefined ? 0 : known.length + 2);
    if (line === null) this.#lines.delete(id);
    else this.#lines.set(id, line);
    if (this.#octets > DOCUMENT_OCTETS_MAX)
      throw new ListError(
        'LIST_TOO_BIG',
        `what it holds is more than ${DOCUMENT_OCTETS_MAX} octets; ask for less by the filters of its address`,
      );
  }

  get lines(): ReadonlyMap<string, string> {
    return this.#lines;
  }
}

export interface Shape {
  readonly format: 'stix' | 'misp';
  /** What stands before the entries in the body, and behind them. */
  readonly head: string;
  readonly tail: string;
  /** The entries of a body that was parsed. */
  readonly entriesOf: (body: Record<string, unknown>) => unknown;
  /** Of an entry of the body. */
  readonly idOf: (entry: Record<string, unknown>) => unknown;
  /** How often everything is asked for again, to find what changed without a word. */
  readonly wholeEveryMs: number;
  /** Asks for what is new. @returns where to go on the next time */
  readonly poll: (options: PolledOptions, poll: Poll) => Promise<string | null>;
}

export function polledSource(options: PolledOptions, shape: Shape): ListSource {
  return {
    kind: 'http',
    format: shape.format,
    fetch: async (previous, signal) => {
      const either = AbortSignal.any([signal, AbortSignal.timeout(POLL_MS_MAX)]);
      return await pollOnce(options, shape, previous, either);
    },
  };
}

async function pollOnce(
  options: PolledOptions,
  shape: Shape,
  previous: Validators | null,
  signal: AbortSignal,
): Promise<Fetched> {
  const held = previous === null ? null : await readHeld(options.goodPath, shape);
  const isWhole = held === null || options.now() - held.wholeMs > shape.wholeEveryMs;
  const entries = new Entries(isWhole ? new Map() : held.lines);
  const since = await shape.poll(options, {
    since: isWhole ? null : held.since,
    entries,
    page: pagesOf(options, signal),
  });
  if (!isWhole && !entries.hasChanged) return { kind: 'unchanged' };
  const wholeMs = isWhole ? options.now() : held.wholeMs;
  await writeBody(options.path, shape, entries.lines, { since: since ?? held?.since ?? null, wholeMs });
  return {
    kind: 'body',
    body: { kind: 'file', path: options.path },
    validators: { ...NO_VALIDATORS, identity: since },
    // What its owner took back one by one is meant; that everything is gone at once may be a fault.
    isDeliberate: !isWhole || held === null,
  };
}

export interface Page {
  readonly json: unknown;
  readonly headers: IncomingHttpHeaders;
}

/** Counts pages: a server that goes round in circles is left. */
function pagesOf(options: PolledOptions, signal: AbortSignal): Poll['page'] {
  let pages = 0;
  return (url, said) => {
    pages += 1;
    if (pages > PAGES_MAX)
      throw new ListError(
        'LIST_TOO_BIG',
        `more than ${PAGES_MAX} pages; ask for less by the filters of its address`,
      );
    return fetchPage(options, url, said, signal);
  };
}

async function fetchPage(
  options: PolledOptions,
  url: string,
  { isOnce = false, ...said }: PageRequest,
  signal: AbortSignal,
): Promise<Page> {
  let headers: IncomingHttpHeaders = {};
  const path = `${options.path}.page`;
  const limits = { bodyOctetsMax: PAGE_OCTETS_MAX, ...options.limits, ...(isOnce ? { attempts: 1 } : {}) };
  const onHead = (head: IncomingHttpHeaders): void => {
    headers = head;
  };
  try {
    await httpSource({ ...options, ...said, url, listUrl: options.url, path, limits, onHead }).fetch(
      null,
      signal,
    );
    return { json: parseJson(await readFile(path, 'utf8')), headers };
  } catch (error) {
    if (error instanceof ListError && (error.status === 401 || error.status === 403))
      throw new ListError(
        'LIST_STATUS',
        `it lets cenote not in (status ${error.status}); give the list \`bearer\`, \`basic\` or \`headers\` with a key that may read it`,
        { cause: error, status: error.status },
      );
    throw error;
  } finally {
    await unlink(path).catch(() => undefined);
  }
}

const State = z.looseObject({
  cenote: z.looseObject({ since: z.string().nullable(), wholeMs: z.number() }),
});

/** What the last poll left; null when that cannot be read. */
async function readHeld(
  path: string,
  shape: Shape,
): Promise<{ since: string | null; wholeMs: number; lines: Map<string, string> } | null> {
  const state = State.safeParse(parseJson(await readFile(path, 'utf8').catch(() => '')));
  const entries = state.success ? shape.entriesOf(state.data) : null;
  if (!state.success || !Array.isArray(entries)) return null;
  const lines = new Map<string, string>();
  for (const entry of entries as Record<string, unknown>[]) {
    const id = shape.idOf(entry);
    if (typeof id === 'string') lines.set(id, JSON.stringify(entry));
  }
  return { since: state.data.cenote.since, wholeMs: state.data.cenote.wholeMs, lines };
}

async function writeBody(
  path: string,
  { head, tail }: Shape,
  lines: ReadonlyMap<string, string>,
  state: { readonly since: string | null; readonly wholeMs: number },
): Promise<void> {
  const file = createWriteStream(path, { mode: 0o600, flush: true });
  const texts = function* (): Generator<string> {
    yield `{"cenote":${JSON.stringify(state)},${head}[`;
    let before = '\n';
    for (const line of lines.values()) {
      yield before + line;
      before = ',\n';
    }
    yield `\n]${tail}}\n`;
  };
  await pipeline(texts, file);
}
