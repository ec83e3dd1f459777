// All lists' bodies → one RuleSet: what a helper process does while queries go on. But for shared memory, input and output can be
// cloned.
//
// One pass over every list. Only when a list is refused after some of its names were taken, or a `$badfilter` voids rules
// read before it, is a second pass made with that knowledge: builders do not forget names.
import { messageOf } from '../config/coded-error.ts';
import type { ListConfig } from '../config/config.ts';
import { AddressTableBuilder } from '../policy/addresses/builder.ts';
import type { ListFace, RuleSet } from '../policy/rule.ts';
import { TrieBuilder } from '../trie/builder.ts';
import type { Network } from '../wire/names/plain-network.ts';
import type { ListBody } from './body.ts';
import { Cancels, NothingMoreToLearn } from './entry/cancels.ts';
import { EntrySink, type EntryTarget } from './entry/entry.ts';
import { Expressions } from './entry/expressions.ts';
import { leftOutOf, type SkipReason, type SkipReport } from './entry/problems.ts';
import { NO_RULE, RuleInterner } from './entry/rule-interner.ts';
import { ListError } from './errors.ts';
import { readFolder } from './folder-reading.ts';
import type { Shape } from './format.ts';
import type { Detected } from './formats/detect/detect-lines.ts';
import { judge } from './guard.ts';
import { type ListReport, nothing, withCrowded, withTold } from './list-report.ts';
import { readBody } from './parts.ts';
import type { Chunks } from './read-list.ts';

export interface CompileList {
  readonly config: ListConfig;
  /** What was fetched last; null when nothing could be. */
  readonly body: ListBody | null;
  /** Last known good, used when `body` is missing or refused; null when there is none. */
  readonly fallback: ListBody | null;
  /** Entries of the list in force, to measure shrinking against; null when there is none. */
  readonly previousEntries: number | null;
  /** A file of the admin's own, or names of the configuration. */
  readonly isOwn?: boolean;
  /** Whether nothing in it is what its owner wants. */
  readonly mayBeEmpty?: boolean;
}

export interface CompileRequest {
  readonly revision: number;
  /** Secret of the trie's hash: any 32-bit integer, random. */
  readonly seed: number;
  readonly lists: readonly CompileList[];
}

export interface CompileResult {
  readonly ruleSet: RuleSet;
  readonly lists: readonly ListReport[];
}

export interface CompileOptions {
  readonly open?: (body: ListBody) => Chunks;
  /** Octets read so far, over all lists. */
  readonly onProgress?: (octets: number) => void;
  /** All is read: what was made of texts is garbage, and tables are made next. */
  readonly onRead?: () => void;
}

/** What one pass learns for the next. */
interface Knowledge {
  /** List number → what reading its body gave, which will not be used. */
  readonly refused: Map<number, Read>;
  readonly cancels: Cancels;
}

interface Read {
  readonly report: ListReport;
  readonly error: ListError | null;
}

/** Compiles every list; a list that is refused or missing is reported, never thrown. */
export async function compileRuleSet(
  request: CompileRequest,
  options: CompileOptions = {},
): Promise<CompileResult> {
  const known: Knowledge = { refused: new Map(), cancels: new Cancels() };
  // Every pass but the last refuses one body more, finds a first cancellation or all that there may be.
  for (let pass = 0; pass <= 2 * request.lists.length + 2; pass += 1) {
    const result = await compileOnce(request, known, options);
    if (result !== null) return result;
  }
  throw new Error('compile: passes do not settle');
}

/** @returns null when something was learnt that makes this pass void */
async function compileOnce(
  request: CompileRequest,
  known: Knowledge,
  options: CompileOptions,
): Promise<CompileResult | null> {
  const pass = new Pass(request.seed, known.cancels, options);
  const reports: ListReport[] = [];
  let isRefused = false;
  try {
    for (const [number, list] of request.lists.entries()) {
      const report = await pass.readOne(number, list, known.refused);
      if (report === null) isRefused = true;
      else reports.push(report);
    }
  } catch (error) {
    if (error instanceof NothingMoreToLearn) return null;
    throw error;
  }
  if (isRefused || pass.hasCancelled) return null;
  options.onRead?.();
  return pass.finish(request, reports);
}

class Pass implements EntryTarget {
  readonly #builder: TrieBuilder;
  readonly #addresses = new AddressTableBuilder();
  readonly #interner = new RuleInterner();
  readonly #expressions = new Expressions();
  /** List number of each source that the builder was given. */
  readonly #sources: number[] = [];
  /** Number of the list at hand. */
  #list = -1;
  readonly cancels: Cancels;
  readonly #cancelsBefore: number;
  readonly #wasFull: boolean;
  readonly #open: ((body: ListBody) => Chunks) | undefined;
  readonly #onProgress: ((octets: number) => void) | undefined;
  #octets = 0;

  constructor(seed: number, cancels: Cancels, options: CompileOptions) {
    this.#builder = new TrieBuilder({ seed, settle: this.#interner.settle });
    this.cancels = cancels;
    this.#cancelsBefore = cancels.size;
    this.#wasFull = cancels.isFull;
    this.#open = options.open;
    this.#onProgress = options.onProgress;
  }

  /** Whether something was taken out of force that may have been read before: the pass is void. */
  get hasCancelled(): boolean {
    return this.cancels.size > this.#cancelsBefore;
  }

  add(name: Uint8Array, shape: Shape): SkipReason | null {
    if (this.cancels.isFull && !this.#wasFull) throw new NothingMoreToLearn();
    const rule = this.#interner.numberOf(shape);
    if (rule === NO_RULE) return 'too-many-rules';
    // Of a pass that is void the counts alone are of use.
    if (!this.hasCancelled) this.#builder.add(name, rule);
    return this.#interner.isSimplified ? 'simplified' : null;
  }

  addNetwork(network: Network, shape: Shape): SkipReason | null {
    const rule = this.#interner.numberOf(shape);
    if (rule === NO_RULE) return 'too-many-rules';
    if (!this.#addresses.add(network.octets, network.bits, rule)) return 'too-many-addresses';
    return this.#interner.isSimplified ? 'simplified' : null;
  }

  addPattern(source: string, shape: Shape, line: number): SkipReason | null {
    const rule = this.#interner.numberOf(shape);
    if (rule === NO_RULE) return 'too-many-rules';
    return this.#expressions.add({ source, rule, list: this.#list, line });
  }

  /** @returns null when a body was refused after some of its names had been taken */
  async readOne(number: number, list: CompileList, refused: Map<number, Read>): Promise<ListReport | null> {
    if (list.body === null) return nothing(list.config.name);
    let body = refused.get(number);
    if (body === undefined) {
      body = await this.#read(number, list, list.body);
      if (body.error === null) return { ...body.report, used: 'body' };
      if (body.report.entries > 0) {
        refused.set(number, body);
        return null;
      }
    }
    const error = body.error === null ? null : { code: body.error.code, message: body.error.message };
    if (list.fallback === null) return { ...body.report, error };
    // It was good once: what can be read of it is better than nothing.
    const good = { ...list, previousEntries: null, mayBeEmpty: true };
    const { report, error: damage } = await this.#read(number, good, list.fallback);
    const isUsed = report.entries > 0 || damage === null;
    return { ...report, used: isUsed ? 'fallback' : 'none', isEmpty: isUsed && report.isEmpty, error };
  }

  async #read(number: number, list: CompileList, body: ListBody): Promise<Read> {
    const { config, previousEntries, isOwn = false, mayBeEmpty = false } = list;
    this.#list = number;
    this.#interner.beginList(number, config);
    this.#builder.beginSource(this.#interner.rules.length);
    this.#sources.push(number);
    const sink = new EntrySink(this, config);
    const options = {
      ...(this.#open !== undefined && { open: this.#open }),
      format: config.format,
      inline: body.kind === 'names',
      onOctets: (octets: number) => {
        this.#octets += octets;
        this.#onProgress?.(this.#octets);
      },
    };
    if (body.kind === 'folder') {
      const { detected, skipped } = await readFolder(body.paths, sink, config, options);
      return readingOfFolder(config.name, sink, detected, skipped);
    }
    let detected: Detected | null = null;
    let error: ListError | null = null;
    try {
      detected = await readBody(body, sink, options);
    } catch (thrown) {
      if (thrown instanceof NothingMoreToLearn) throw thrown;
      error =
        thrown instanceof ListError
          ? thrown
          : new ListError('LIST_UNREADABLE', messageOf(thrown), { cause: thrown });
    }
    const skipped = sink.problems.report();
    const reading = {
      ...{ entries: sink.entries + sink.cancelling, invalid: sink.problems.invalid() },
      skipped: leftOutOf(skipped),
      ...{ previousEntries, maxShrink: config.maxShrink, isOwn, mayBeEmpty },
    };
    if (error === null) error = judge(reading);
    else if (error.code === 'LIST_EMPTY' && judge(reading) === null) error = null;
    const report: ListReport = {
      ...nothing(config.name),
      isEmpty: error === null && sink.entries + sink.cancelling === 0,
      format: detected?.format ?? null,
      reason: detected?.reason ?? '',
      entries: sink.entries,
      patterns: sink.patterns,
      skipped,
      ...sink.expiries.report(),
    };
    return { report, error };
  }

  finish(request: CompileRequest, reports: readonly ListReport[]): CompileResult {
    const { patterns, told } = this.#expressions.settle();
    const ruleSet = {
      revision: request.revision,
      trie: this.#builder.finish(),
      addresses: this.#addresses.finish(),
      rules: this.#interner.rules,
      lists: request.lists.map(({ config }) => faceOf(config)),
      patterns,
      names: this.#builder.names,
    };
    const crowded = this.#crowded();
    return {
      ruleSet,
      lists: reports.map((report, list) =>
        withTold(withCrowded(report, crowded.get(list) ?? 0), told.get(list)),
      ),
    };
  }

  /** By list: rules that found no room on their names. */
  #crowded(): ReadonlyMap<number, number> {
    const crowded = new Map<number, number>();
    this.#builder.leftOut.forEach((count, source) => {
      const list = this.#sources[source] ?? -1;
      crowded.set(list, (crowded.get(list) ?? 0) + count);
    });
    return crowded;
  }
}

/** Each file was judged by itself; a folder may be empty. */
function readingOfFolder(
  name: string,
  sink: EntrySink,
  detected: Detected | null,
  files: readonly SkipReport[],
): Read {
  const isNothing = sink.entries + sink.cancelling === 0;
  const report: ListReport = {
    ...nothing(name),
    isEmpty: isNothing && files.length === 0,
    format: detected?.format ?? null,
    reason: 'each file by its content',
    entries: sink.entries,
    patterns: sink.patterns,
    ...sink.expiries.report(),
    skipped: [...files, ...sink.problems.report()],
  };
  const error =
    isNothing && files.length > 0
      ? new ListError('LIST_NOTHING_USABLE', `no file of the folder is a list: ${files[0]?.text}`)
      : null;
  return { report, error };
}

function faceOf(config: ListConfig): ListFace {
  const { name, action, mode, alert, expires = null } = config;
  const isAt = expires !== null && 'at' in expires;
  return { name, action, mode, alert, ...(isAt && { expires: expires.at }) };
}
