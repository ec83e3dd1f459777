// Rankings and charts: from the sums of blocks, and row by row only where a block lies across the ends of the time asked for.
import { numberIn, type Row } from '../../hits/store/row.ts';
import { nameToText } from '../../wire/names/presentation.ts';
import { FROM, kindOf } from '../kind.ts';
import { OUTCOMES } from '../outcome.ts';
import { SLOT_MS, Summary } from '../summary.ts';
import { BlockView, headsOf } from './block-view.ts';
import { namesAt } from './name-texts.ts';
import type { OpenedLog } from './opened.ts';
import type { LogChart, LogQuestion, LogTop, TopOf } from './question.ts';

/** Of each stretch the most frequent names are ranked with those of the others. */
const NAMES_OF_STRETCH = 2000;

export interface Span {
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** Sums of all rows of a time. Call inside `look`. */
export function summaryOf(log: OpenedLog, span: Span): Summary {
  const summary = new Summary();
  for (const head of headsOf(log, span.sinceMs, span.untilMs))
    log.readBlock(numberIn(head, 'queries'), () => addBlock(summary, new BlockView(log, head), span));
  const { rows } = log.hot();
  for (let at = 0; at < rows.size; at += 1) {
    const timeMs = rows.timesMs[at]!;
    if (timeMs >= span.sinceMs && timeMs < span.untilMs)
      summary.add(timeMs, rows.askers[at]!, rows.kindAt(at), rows.counts[at]!);
  }
  return summary;
}

function addBlock(summary: Summary, block: BlockView, span: Span): void {
  if (isInside(block, span)) {
    summary.addEncoded(block.summary);
    return;
  }
  const { timesMs, askers, kinds, counts } = block;
  for (let at = 0; at < block.rows; at += 1)
    if (timesMs[at]! >= span.sinceMs && timesMs[at]! < span.untilMs)
      summary.add(timesMs[at]!, askers[at]!, kinds[at]!, counts[at]!);
}

const isInside = ({ fromMs, toMs }: BlockView, { sinceMs, untilMs }: Span): boolean =>
  fromMs >= sinceMs && toMs < untilMs;

export function topOf(log: OpenedLog, of: TopOf, span: Span, limit: number): Omit<LogTop, 'coverage'> {
  const summary = summaryOf(log, span);
  let queries = 0;
  for (const one of summary.askers.values()) queries += one.queries;
  const ranked = (top: Ranked[]): Ranked[] => top.sort((a, b) => b.queries - a.queries).slice(0, limit);
  if (of === 'names') {
    const { top, approximate } = topNames(log, span, limit);
    return { top: ranked(top), approximate, queries };
  }
  const top = of === 'machines' ? topMachines(log, summary) : topSources(log, summary, of);
  return { top: ranked(top), approximate: false, queries };
}

type Ranked = LogTop['top'][number];

function topMachines(log: OpenedLog, { askers }: Summary): Ranked[] {
  const machines = new Map<string, { what: string; name: string | null; queries: number; blocked: number }>();
  // Whoever came last tells what it is called now.
  for (const [id, { queries, blocked }] of [...askers].sort(([a], [b]) => b - a)) {
    const { machine, ip, name } = log.asker(id);
    const sum = machines.get(machine) ?? { what: ip, name, queries: 0, blocked: 0 };
    sum.queries += queries;
    sum.blocked += blocked;
    sum.name ??= name;
    machines.set(machine, sum);
  }
  return [...machines.values()];
}

/** Queries that were answered from there, by the number of the list or upstream. */
export function queriesBySource({ kinds }: Summary, wanted: number): Map<number, number> {
  const sums = new Map<number, number>();
  for (const [number, queries] of kinds) {
    const { source, from } = kindOf(number);
    if (source > 0 && from === wanted) sums.set(source, (sums.get(source) ?? 0) + queries);
  }
  return sums;
}

function topSources(log: OpenedLog, summary: Summary, of: 'lists' | 'upstreams'): Ranked[] {
  return [...queriesBySource(summary, of === 'lists' ? FROM.list : FROM.upstream)].map(
    ([source, queries]) => ({
      what: log.source(source)?.name ?? 'unknown',
      name: null,
      queries,
      blocked: of === 'lists' ? queries : null,
    }),
  );
}

function topNames(
  log: OpenedLog,
  span: Span,
  limit: number,
): { readonly top: Ranked[]; readonly approximate: boolean } {
  const sums = new Map<string, number>();
  const add = (name: string, queries: number): void => void sums.set(name, (sums.get(name) ?? 0) + queries);
  let isCut = false;
  const stretches = Map.groupBy(headsOf(log, span.sinceMs, span.untilMs), (head) =>
    numberIn(head, 'stretch'),
  );
  for (const [stretch, heads] of stretches) {
    const counts = countsOf(log, stretch, heads, span);
    const least = leastOf(counts, Math.max(NAMES_OF_STRETCH, limit));
    isCut ||= least > 1;
    for (const row of log.iterate('SELECT first, count, body FROM pieces WHERE stretch = ?', stretch)) {
      const first = Number(row['first']);
      const own = counts.subarray(first, first + Number(row['count']));
      const places: number[] = [];
      for (let i = 0; i < own.length; i += 1) if (own[i]! >= least) places.push(i);
      if (places.length === 0) continue;
      let next = 0;
      for (const name of namesAt(row['body'] as Uint8Array, places)) {
        add(name, own[places[next]!]!);
        next += 1;
      }
    }
  }
  const { rows, names } = log.hot();
  for (let at = 0; at < rows.size; at += 1)
    if (rows.timesMs[at]! >= span.sinceMs && rows.timesMs[at]! < span.untilMs)
      add(nameToText(names.octetsOf(rows.names[at]!)), rows.counts[at]!);
  return {
    top: [...sums].map(([what, queries]) => ({ what, name: null, queries, blocked: null })),
    // What is left out of the only part there is, is less frequent there than all that is ranked.
    approximate: isCut && stretches.size + (rows.size > 0 ? 1 : 0) > 1,
  };
}

/** Queries by name of a stretch. */
function countsOf(log: OpenedLog, stretch: number, heads: readonly Row[], span: Span): Float64Array {
  const size =
    log.get('SELECT max(first + count) AS size FROM pieces WHERE stretch = ?', stretch)?.['size'] ?? 0;
  const counts = new Float64Array(Number(size));
  for (const head of heads)
    log.readBlock(numberIn(head, 'queries'), () => countNames(counts, new BlockView(log, head), span));
  return counts;
}

function countNames(counts: Float64Array, block: BlockView, span: Span): void {
  const { numbers, begins } = block.names;
  const isWhole = isInside(block, span);
  if (isWhole && block.queries === block.rows) {
    for (let i = 0; i < numbers.length; i += 1) counts[numbers[i]!]! += begins[i + 1]! - begins[i]!;
    return;
  }
  const { counts: queries } = block;
  const timesMs = isWhole ? null : block.timesMs;
  for (let i = 0; i < numbers.length; i += 1)
    for (let at = begins[i]!; at < begins[i + 1]!; at += 1)
      if (timesMs === null || (timesMs[at]! >= span.sinceMs && timesMs[at]! < span.untilMs))
        counts[numbers[i]!]! += queries[at]!;
}

/** Counts beyond this are not told apart when the most frequent are chosen. */
const COUNTS_MAX = 65_536;

/**
 * The count that so many names have at least, never 0: the next higher one where many more have it, for half of a stretch's names
 * were asked for twice or thrice.
 */
function leastOf(counts: Float64Array, names: number): number {
  const often = new Uint32Array(COUNTS_MAX);
  for (const count of counts) often[Math.min(count, COUNTS_MAX - 1)]! += 1;
  let taken = 0;
  for (let least = COUNTS_MAX - 1; least > 1; least -= 1) {
    taken += often[least]!;
    if (taken < names) continue;
    const isFew = taken <= names * 2 || taken - often[least]! < names / 5;
    return isFew ? least : least + 1;
  }
  return 1;
}

/** Points for all steps of the span, the first and the last of them cut by its ends. */
export function chartOf(
  log: OpenedLog,
  span: Extract<LogQuestion, { readonly what: 'chart' }>,
): Omit<LogChart, 'coverage'> {
  const { stepMs, offsetMs } = span;
  const stepOf = (timeMs: number): number => Math.floor((timeMs + offsetMs) / stepMs) * stepMs - offsetMs;
  const from = Math.floor(span.sinceMs / SLOT_MS) * SLOT_MS;
  const { slots } = summaryOf(log, { sinceMs: from, untilMs: span.untilMs });
  const points = new Map<number, number[]>();
  for (let at = stepOf(from); at < span.untilMs; at += stepMs)
    points.set(
      at,
      OUTCOMES.map(() => 0),
    );
  for (const [slot, counts] of slots) {
    const point = points.get(stepOf(slot * SLOT_MS));
    if (point !== undefined) for (let i = 0; i < point.length; i += 1) point[i]! += counts[i]!;
  }
  return {
    stepMs,
    points: [...points].map(([at, counts]) => ({ time: new Date(at).toISOString(), counts })),
  };
}
