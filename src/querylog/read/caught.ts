// What lists caught, and for which names: one pass over the rows of a time, whatever the number of lists. Of each list so many rows
// are looked at, the newest blocks first, and of a block that has more a part that is spread over it.
import { nameToText } from '../../wire/names/presentation.ts';
import { FROM, kindOf } from '../kind.ts';
import { BlockView, headsOf } from './block-view.ts';
import type { OpenedLog } from './opened.ts';
import type { LogCaught } from './question.ts';
import { queriesBySource, type Span, summaryOf } from './sums.ts';

interface OfList {
  readonly queries: number;
  /** Rows that may still be looked at. */
  left: number;
  readonly names: Map<string, number>;
}

/** Some of those that come one by one, evenly. */
class Part {
  readonly #taken: number;
  readonly #of: number;
  #seen = 0;

  constructor(taken: number, of: number) {
    this.#taken = taken;
    this.#of = of;
  }

  takes(): boolean {
    const before = Math.floor((this.#seen * this.#taken) / this.#of);
    this.#seen += 1;
    return Math.floor((this.#seen * this.#taken) / this.#of) > before;
  }
}

/** Call inside `look`. @param rowsMax of all lists together */
export function caughtOf(log: OpenedLog, span: Span, listsMax: number, rowsMax: number): LogCaught['lists'] {
  const sourceOf = new Map<number, number>();
  const blockedBy = (kind: number): number => {
    let source = sourceOf.get(kind);
    if (source === undefined) {
      const meant = kindOf(kind);
      source = meant.from === FROM.list ? meant.source : 0;
      sourceOf.set(kind, source);
    }
    return source;
  };
  const most = [...queriesBySource(summaryOf(log, span), FROM.list)]
    .sort(([, a], [, b]) => b - a)
    .slice(0, listsMax);
  const rows = Math.max(1, Math.floor(rowsMax / Math.max(1, most.length)));
  const lists = new Map<number, OfList>(
    most.map(([source, queries]) => [source, { queries, left: rows, names: new Map() }]),
  );
  const isInside = (timeMs: number): boolean => timeMs >= span.sinceMs && timeMs < span.untilMs;
  const { rows: hot, names } = log.hot();
  look(
    lists,
    hot.size,
    (at) => (isInside(hot.timesMs[at]!) ? blockedBy(hot.kindAt(at)) : 0),
    (at) => ({
      name: nameToText(names.octetsOf(hot.names[at]!)),
      count: hot.counts[at]!,
    }),
  );
  for (const head of headsOf(log, span.sinceMs, span.untilMs)) {
    if ([...lists.values()].every(({ left }) => left <= 0)) break;
    const block = new BlockView(log, head);
    log.readBlock(block.queries, () =>
      look(
        lists,
        block.rows,
        (at) => (isInside(block.timesMs[at]!) ? blockedBy(block.kinds[at]!) : 0),
        (at) => ({
          name: log.texts.nameOf(block.stretch, block.nameAt(at)),
          count: block.counts[at]!,
        }),
      ),
    );
  }
  return [...lists].map(([source, { queries, names: caught }]) => ({
    list: log.source(source)?.name ?? 'unknown',
    queries,
    names: [...caught],
  }));
}

function look(
  lists: ReadonlyMap<number, OfList>,
  rows: number,
  listAt: (at: number) => number,
  rowAt: (at: number) => { readonly name: string; readonly count: number },
): void {
  const found = new Map<number, number>();
  for (let at = 0; at < rows; at += 1) {
    const list = listAt(at);
    if ((lists.get(list)?.left ?? 0) > 0) found.set(list, (found.get(list) ?? 0) + 1);
  }
  if (found.size === 0) return;
  const parts = new Map(
    [...found].map(([list, count]) => [list, new Part(Math.min(count, lists.get(list)?.left ?? 0), count)]),
  );
  for (let at = 0; at < rows; at += 1) {
    const list = listAt(at);
    if (parts.get(list)?.takes() !== true) continue;
    const { names } = lists.get(list)!;
    const { name, count } = rowAt(at);
    names.set(name, (names.get(name) ?? 0) + count);
  }
  for (const [list, count] of found) lists.get(list)!.left -= count;
}
