// Finds everything in a report that may be a host name, defanged or plain, with its place and the text as printed.
//
// One pass over the folded text; each step reads a bounded number of units, so time is linear whatever the input, and
// nothing is kept but the candidate in hand. Whether a candidate is worth anything is judge.ts's business.
import type { Candidate, Joint } from '../report.ts';
import { CLASS, classOf, NEWLINE, SPACE } from './characters.ts';
import { FoldedText } from './folded-text.ts';
import { labelAfter, readMark, readScheme, skipAt, spacedMarkAt } from './refang.ts';

export interface ExtractOptions {
  readonly isHtml?: boolean;
  /** The text is the value of a field that holds names: a plain dot is as good as a defanged one. */
  readonly isTyped?: boolean;
}

/** Longer runs of labels are no name; they are stepped over in pieces. */
const RUN_UNITS_MAX = 1100;
/** More than any one step reads. */
const LOOKAHEAD_UNITS = 4096;
const LOOKBEHIND_UNITS = 64;
const USERINFO_UNITS_MAX = 256;
const PRINTED_MAX = 300;

/** Two-letter domains that are words in some language of reports: after ` [.] ` they may be just that. */
const WORDS = new Set(
  'am an as at be by ca co da de di do en es et eu ga id il in is it la li lo me mi mu my ne no nu om pa re se si so st su to tu uk us va vi ya za'.split(
    ' ',
  ),
);

/** Labels joined by dots, as unit indexes. */
interface Run {
  readonly starts: number[];
  readonly ends: number[];
  readonly joined: Joint[];
}

export function extract(
  source: string,
  options: ExtractOptions,
  onCandidate: (candidate: Candidate) => void,
): void {
  new Extractor(source, options, onCandidate).run();
}

class Extractor {
  readonly #text: FoldedText;
  readonly #isTyped: boolean;
  readonly #onCandidate: (candidate: Candidate) => void;
  /** Inside the path of a URL, where names are parts of paths. */
  #isInPath = false;
  /** How far lines have been counted, in the source. */
  #counted = 0;
  #line = 1;
  #lineStart = 0;

  constructor(source: string, options: ExtractOptions, onCandidate: (candidate: Candidate) => void) {
    this.#text = new FoldedText(source, options.isHtml ?? false);
    this.#isTyped = options.isTyped ?? false;
    this.#onCandidate = onCandidate;
  }

  run(): void {
    const text = this.#text;
    let at = 0;
    while (true) {
      if (text.count - at < LOOKAHEAD_UNITS && !text.isComplete) {
        const from = Math.max(0, at - LOOKBEHIND_UNITS);
        text.refill(from);
        at -= from;
      }
      if (at >= text.count) return;
      at = this.#isInPath ? this.#stepInPath(at) : this.#step(at);
    }
  }

  /** One step outside a path. @returns the unit to go on from, after `at` */
  #step(at: number): number {
    const text = this.#text;
    const code = text.codes[at]!;
    const isLabel = classOf(code) !== CLASS.none;
    if (isLabel || code === 0x5b) {
      const scheme = readScheme(text, at);
      if (scheme !== null && (isLabel || scheme.isDefanged)) return this.#readUrl(at, scheme);
    }
    if (isLabel) return this.#readHost(at, at, { context: this.#contextBefore(at), isDefanged: false });
    const afterAt = skipAt(text, at);
    if (afterAt > at && classOf(this.#code(afterAt)) !== CLASS.none) return this.#readMailDomain(at, afterAt);
    return at + 1;
  }

  #stepInPath(at: number): number {
    const code = this.#text.codes[at]!;
    if (classOf(code) === CLASS.attached || endsPath(code)) {
      this.#isInPath = false;
      return at;
    }
    if (classOf(code) !== CLASS.none) {
      const run = this.#readRun(at);
      this.#emit(run, at, { context: 'path', isDefanged: false });
      return Math.max(at + 1, run.ends.at(-1)!);
    }
    const mark = readMark(this.#text, at);
    if (mark !== null) return mark.end;
    if (isCloser(code)) this.#isInPath = false;
    return at + 1;
  }

  #readUrl(from: number, scheme: { end: number; isDefanged: boolean }): number {
    const host = this.#skipUserinfo(scheme.isDefanged ? skipBreak(this.#text, scheme.end) : scheme.end);
    if (classOf(this.#code(host)) !== CLASS.none)
      return this.#readHost(from, host, { context: 'url', isDefanged: scheme.isDefanged });
    const wildcard = this.#skipWildcard(host);
    if (wildcard > host)
      return this.#readHost(from, wildcard, { context: 'url', isDefanged: scheme.isDefanged });
    return scheme.end;
  }

  /** Past `user:password@` where a URL has it. */
  #skipUserinfo(from: number): number {
    const text = this.#text;
    for (let at = from; at - from < USERINFO_UNITS_MAX && at < text.count; at += 1) {
      const code = text.codes[at]!;
      if (code === 0x2f || code === 0x3f || code <= SPACE || code === 0x22 || code === 0x3c) break;
      const after = code === SPACE ? at : skipAt(text, at);
      if (after > at) return after;
    }
    return from;
  }

  /** Past `*.` or `*[.]` or a leading mark. */
  #skipWildcard(at: number): number {
    const text = this.#text;
    const dot = this.#code(at) === 0x2a ? at + 1 : at;
    const mark = readMark(text, dot);
    const end = mark?.kind === 'dot' ? mark.end : this.#code(dot) === 0x2e ? dot + 1 : at;
    return end > at && classOf(this.#code(end)) !== CLASS.none ? end : at;
  }

  #readMailDomain(from: number, at: number): number {
    const run = this.#readRun(at);
    this.#emit(run, from, { context: 'email', isDefanged: this.#text.codes[from] !== 0x40 });
    return run.ends.at(-1)!;
  }

  #readHost(from: number, host: number, said: Pick<Candidate, 'context' | 'isDefanged'>): number {
    const text = this.#text;
    const run = this.#readRun(host);
    const end = run.ends.at(-1)!;
    const afterAt = said.context === 'url' ? end : skipAt(text, end);
    if (afterAt > end && classOf(this.#code(afterAt)) !== CLASS.none) {
      const domain = this.#readRun(afterAt);
      if (domain.starts.length > 1) {
        this.#emit(domain, from, { context: 'email', isDefanged: text.codes[end] !== 0x40 });
        return domain.ends.at(-1)!;
      }
    }
    this.#emit(run, from, said);
    const afterPort = this.#skipPort(end);
    if (run.starts.length > 1 || said.context === 'url') this.#isInPath = this.#isPathStart(afterPort);
    return Math.max(afterPort, host + 1);
  }

  #skipPort(at: number): number {
    const text = this.#text;
    const mark = readMark(text, at);
    let digits = this.#code(at) === 0x3a ? at + 1 : mark?.text === ':' ? mark.end : at;
    const first = digits;
    while (digits - first < 5 && this.#code(digits) >= 0x30 && this.#code(digits) <= 0x39) digits += 1;
    return digits > first ? digits : at;
  }

  #isPathStart(at: number): boolean {
    const code = this.#code(at);
    if (code === 0x2f || code === 0x3f || code === 0x23) return true;
    if (code === 0x5c) return readMark(this.#text, at) === null && classOf(this.#code(at + 1)) !== CLASS.none;
    return code === 0x5b && readMark(this.#text, at)?.text === '/';
  }

  /** Labels from `at` on, as far as dots or marks join them. */
  #readRun(at: number): Run {
    const run: Run = { starts: [at], ends: [this.#labelEnd(at)], joined: ['first'] };
    while (run.ends.at(-1)! - at < RUN_UNITS_MAX) {
      const next = this.#nextLabel(run.ends.at(-1)!);
      if (next === null) break;
      run.starts.push(next.at);
      run.ends.push(this.#labelEnd(next.at));
      run.joined.push(next.joined);
    }
    return run;
  }

  #labelEnd(from: number): number {
    const codes = this.#text.codes;
    let before = classOf(codes[from]!);
    let at = from + 1;
    while (at < this.#text.count && at - from < RUN_UNITS_MAX) {
      const here = classOf(codes[at]!);
      if (here === CLASS.none) break;
      if (here !== before && (here === CLASS.attached || before === CLASS.attached)) break;
      before = here;
      at += 1;
    }
    return at;
  }

  #nextLabel(end: number): { at: number; joined: Joint } | null {
    const text = this.#text;
    const spaced = spacedMarkAt(text, end);
    const markAt = spaced < 0 ? end : spaced;
    const mark = readMark(text, markAt);
    if (mark?.kind === 'dot') {
      const at = labelAfter(text, mark, mark.bracketed ? undefined : 1);
      if (at < 0) return null;
      const isSpaced =
        spaced >= 0 || (at > mark.end && text.codes[mark.end] === SPACE && !this.#hasBreak(mark.end, at));
      if (isSpaced) return { at, joined: 'spaced' };
      return { at, joined: mark.bracketed || text.codes[end]! < 0x80 ? 'mark' : 'odd' };
    }
    if (this.#code(end) !== 0x2e || classOf(this.#code(end + 1)) === CLASS.none) return null;
    return { at: end + 1, joined: 'plain' };
  }

  #hasBreak(from: number, to: number): boolean {
    for (let at = from; at < to; at += 1) if (this.#text.codes[at] === NEWLINE) return true;
    return false;
  }

  /** A name straight after a slash is part of a path; after two it is a host. */
  #contextBefore(at: number): Candidate['context'] {
    const before = this.#code(at - 1);
    if (before !== 0x2f && before !== 0x5c) return 'host';
    return this.#code(at - 2) === before ? 'host' : 'path';
  }

  #emit(untrimmed: Run, from: number, said: Pick<Candidate, 'context' | 'isDefanged'>): void {
    const run = trimRun(this.#text, untrimmed);
    const count = run.starts.length;
    if (count < 2) return;
    const text = this.#text;
    const start = said.context === 'host' ? this.#printedStart(run.starts[0]!) : from;
    const sourceStart = text.starts[start]!;
    const sourceEnd = text.ends[run.ends[count - 1]! - 1]!;
    this.#countLines(sourceStart);
    const end = run.ends[count - 1]!;
    const afterPort = this.#skipPort(end);
    this.#onCandidate({
      printed: text.source.slice(sourceStart, Math.min(sourceEnd, sourceStart + PRINTED_MAX)),
      line: this.#line,
      column: sourceStart - this.#lineStart + 1,
      labels: run.starts.map((labelStart, index) => ({
        text: this.#textOf(labelStart, run.ends[index]!),
        joined: run.joined[index]!,
        printedLength: text.ends[run.ends[index]! - 1]! - sourceStart,
      })),
      isDefanged: said.isDefanged || this.#isTyped || run.joined.some(isMark),
      context: said.context,
      hasPath: this.#isPathStart(afterPort),
      hasPort: afterPort > end,
      doubt: this.#doubtOf(run),
    });
  }

  /** A wildcard or a dot before the first label is printed with it. */
  #printedStart(first: number): number {
    for (let back = Math.max(0, first - 5); back < first; back += 1)
      if (this.#code(back) === 0x2a && this.#skipWildcard(back) === first) return back;
    return first;
  }

  #doubtOf(run: Run): string | null {
    const first = run.starts[0]!;
    const last = run.ends.length - 1;
    const before = classOf(this.#code(first - 1));
    const isForeign = classOf(this.#text.codes[run.starts[last]!]!) === CLASS.attached;
    const firstIsForeign = classOf(this.#text.codes[first]!) === CLASS.attached;
    if (before !== CLASS.none && (isForeign || firstIsForeign)) return 'the text before it touches it';
    const wildcard = this.#printedStart(first);
    if (wildcard < first && classOf(this.#code(wildcard - 1)) !== CLASS.none)
      return 'a wildcard stands inside its first label';
    if (this.#code(first - 1) === NEWLINE && this.#code(first - 2) === 0x2d)
      if (classOf(this.#code(first - 3)) !== CLASS.none) return 'the line before it ends in a hyphen';
    if (last === 1 && run.joined[1] === 'spaced') {
      const word = this.#textOf(run.starts[1]!, run.ends[1]!).toLowerCase();
      const after = run.ends[1]!;
      if (WORDS.has(word) && this.#code(after) === SPACE && classOf(this.#code(after + 1)) !== CLASS.none)
        return 'its last part may be a word of the sentence';
    }
    return null;
  }

  #textOf(from: number, to: number): string {
    let label = '';
    for (let at = from; at < to; at += 1) label += String.fromCodePoint(this.#text.codes[at]!);
    return label;
  }

  #code(at: number): number {
    return at >= 0 && at < this.#text.count ? this.#text.codes[at]! : 0;
  }

  /** Counts lines up to a place in the source; places come in order. */
  #countLines(to: number): void {
    const source = this.#text.source;
    for (let at = this.#counted; at < to; at += 1) {
      const code = source.charCodeAt(at);
      if (code !== 0x0a && (code !== 0x0d || source.charCodeAt(at + 1) === 0x0a)) continue;
      this.#line += 1;
      this.#lineStart = at + 1;
    }
    this.#counted = Math.max(this.#counted, to);
  }
}

/** A line end straight after a defanged `://`. */
function skipBreak(text: FoldedText, at: number): number {
  return text.codes[at] === NEWLINE && at < text.count ? at + 1 : at;
}

/** Hyphens and Markdown's underscores around a name are not part of it. */
function trimRun(text: FoldedText, run: Run): Run {
  const last = run.ends.length - 1;
  const starts = [...run.starts];
  const ends = [...run.ends];
  const hasUnderscore = text.codes[ends[last]! - 1] === 0x5f;
  while (ends[last]! > starts[last]! && isEdge(text.codes[ends[last]! - 1]!)) ends[last]! -= 1;
  while (starts[0]! < ends[0]! && isLead(text.codes[starts[0]!]!, hasUnderscore)) starts[0]! += 1;
  const from = starts[0] === ends[0] ? 1 : 0;
  const to = ends[last] === starts[last] ? last : last + 1;
  return { starts: starts.slice(from, to), ends: ends.slice(from, to), joined: run.joined.slice(from, to) };
}

const isLead = (code: number, hasUnderscore: boolean): boolean =>
  code === 0x2d || (hasUnderscore && code === 0x5f);
const isMark = (joint: Joint): boolean => joint !== 'first' && joint !== 'plain';
const isEdge = (code: number): boolean => code === 0x2d || code === 0x5f;
const isCloser = (code: number): boolean => code === 0x29 || code === 0x5d || code === 0x7d;

/** A URL in running text ends at spaces, quotes, angle brackets, pipes, commas and whatever is not ASCII punctuation. */
function endsPath(code: number): boolean {
  if (code <= SPACE || code === 0x22 || code === 0x27 || code === 0x60 || code === 0x7c) return true;
  if (code === 0x2c || code === 0x3b || code === 0x3c || code === 0x3e) return true;
  return code >= 0x80 && classOf(code) === CLASS.none;
}
