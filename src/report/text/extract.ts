// Finds everything in a report that may be a host name, defanged or plain, with its place and the text as printed.
//
// One pass over the folded text; each step reads a bounded number of units, so time is linear whatever the input, and
// nothing is kept but the candidate in hand. Whether a candidate is worth anything is judge.ts's business.

import { CLASS, classOf, isAsciiLetter, NEWLINE, SPACE } from '../characters.ts';
import { type Aside, contextBy, leadOf, saidBy } from '../layout/aside.ts';
import type { Standing } from '../layout/heading.ts';
import { Layout } from '../layout/layout.ts';
import { isOfSettings } from '../layout/settings.ts';
import { LineCounter } from '../line-counter.ts';
import type { Candidate } from '../report.ts';
import { doubtOf } from './doubt.ts';
import { FoldedText } from './folded-text.ts';
import { type Ipv6Run, readIpv6 } from './ipv6.ts';
import { isMarkdown } from './markdown.ts';
import { readMark, skipAt } from './refang.ts';
import { isMark, plainWordEnd, type Run, readRun, trimRun } from './run.ts';
import { readScheme, type Scheme } from './scheme.ts';
import {
  contextBefore,
  endsOneUrl,
  endsPath,
  escapeEnd,
  isCloser,
  isOneUrl,
  isPathStart,
  isPortWord,
  isUrlBehindAnother,
  lineUntil,
  nestedHost,
  skipPort,
} from './url-parts.ts';
import { isLineOver, isLineStart, itemBegin, type UsualLine, usualLine } from './usual-line.ts';
import { isAfterDot, isAfterMark, printedStart, skipWildcard } from './wildcard.ts';

export interface ExtractOptions {
  readonly isHtml?: boolean;
  /** The text is the value of a field that holds names: a plain dot is as good as a defanged one. */
  readonly isTyped?: boolean;
  /** The text is values and comments, without prose: a plain name alone in its line counts. */
  readonly isBare?: boolean;
  /** What the field's name says of the text. */
  readonly standing?: Standing;
  /** Takes a line that is one value in its usual form, with what is said of it. */
  readonly onUsual?: (usual: UsualLine, spot: LineCounter, standing: Standing | null) => void;
  /** Called after every step with the units it moved on by: work done, for tests of linear time. */
  readonly onStep?: (units: number) => void;
}

const LOOKAHEAD_UNITS = 4096;
const LOOKBEHIND_UNITS = 64;
const USERINFO_UNITS_MAX = 256;
const LINE_UNITS_MAX = 1024;
const PRINTED_MAX = 300;

type Said = Pick<Candidate, 'context' | 'isDefanged'>;

export function extract(
  source: string,
  options: ExtractOptions,
  onCandidate: (candidate: Candidate) => void,
): void {
  new Extractor(source, options, onCandidate).run();
}

class Extractor {
  readonly #text: FoldedText;
  readonly #lines: LineCounter;
  readonly #options: ExtractOptions;
  readonly #onCandidate: (candidate: Candidate) => void;
  /** null where there are no lines to speak of. */
  readonly #layout: Layout | null;
  /** Where the present line begins and ends; its beginning may have left the window. */
  #lineStart = 0;
  #lineEnd = -1;
  /** It ends before its line does. */
  #isCut = false;
  /** Inside the path of a URL, where names are parts of paths. */
  #isInPath = false;
  /** The host of that URL. */
  #outer: string | null = null;
  readonly #endsPath: (code: number) => boolean;

  constructor(source: string, options: ExtractOptions, onCandidate: (candidate: Candidate) => void) {
    const isPage = options.isHtml === true && !isMarkdown(source);
    this.#text = new FoldedText(source, options.isHtml ?? false, isPage);
    this.#lines = new LineCounter(source);
    this.#options = options;
    this.#onCandidate = onCandidate;
    this.#endsPath = options.isTyped === true && isOneUrl(source) ? endsOneUrl : endsPath;
    this.#layout =
      options.isTyped === true || options.standing !== undefined
        ? null
        : new Layout({ isBare: options.isBare ?? false, isHtml: isPage, isOfSettings: isOfSettings(source) });
  }

  run(): void {
    const text = this.#text;
    let at = 0;
    while (true) {
      if (text.count - at < LOOKAHEAD_UNITS && !text.isComplete) {
        const from = Math.max(0, at - LOOKBEHIND_UNITS);
        text.refill(from);
        at -= from;
        this.#lineStart -= from;
        this.#lineEnd -= from;
      }
      if (at >= text.count) break;
      const isUsual = at > this.#lineEnd && this.#enterLine(at);
      const next = isUsual ? this.#lineEnd : this.#isInPath ? this.#stepInPath(at) : this.#step(at);
      this.#options.onStep?.(next - at);
      at = next;
    }
    text.close();
  }

  /** @returns whether all of the line is read by that */
  #enterLine(at: number): boolean {
    const isRest = this.#isCut && this.#text.lineEnd(this.#lineEnd, at - this.#lineEnd) === at;
    this.#lineStart = at;
    this.#lineEnd = this.#text.pieceEnd(at, LINE_UNITS_MAX);
    this.#isCut = this.#lineEnd < this.#text.count && this.#text.codes[this.#lineEnd] !== NEWLINE;
    const layout = this.#layout;
    const { onUsual } = this.#options;
    if (layout === null) return false;
    if (!isRest && onUsual !== undefined && this.#readUsual(at, layout, onUsual)) return true;
    const piece = this.#text.unitsOf(at, this.#lineEnd);
    if (isRest) layout.goOn(piece);
    else layout.enter(piece);
    return false;
  }

  #readUsual(at: number, layout: Layout, onUsual: NonNullable<ExtractOptions['onUsual']>): boolean {
    const text = this.#text;
    const end = this.#lineEnd;
    if (this.#isInPath || this.#isCut || !isLineStart(text, at) || !isLineOver(text, end)) return false;
    const line = text.writtenOf(at, end);
    const begin = line === null ? 0 : itemBegin(line);
    const usual = line === null ? null : usualLine(line.slice(begin));
    const standing = usual === null ? undefined : layout.enterValue(line!, begin);
    if (usual === null || standing === undefined) return false;
    this.#lines.moveTo(text.starts[at]! + begin);
    onUsual(usual, this.#lines, standing);
    return true;
  }

  /** One step outside a path. @returns the unit to go on from, after `at` */
  #step(at: number): number {
    const text = this.#text;
    const code = text.codes[at]!;
    if (code === 0x25) return escapeEnd(text, at);
    const isLabel = classOf(code) !== CLASS.none;
    const address = readIpv6(text, at);
    if (address !== null) return this.#emitAddress(address, at, at, { context: 'host', isDefanged: false });
    const next = isLabel ? plainWordEnd(text, at) : at;
    if (next > at) return next;
    if (isLabel || (code === 0x5b && isAsciiLetter(text.codeAt(at + 1)))) {
      const scheme = readScheme(text, at);
      if (scheme !== null && (isLabel || scheme.isDefanged)) return this.#readUrl(at, scheme);
    }
    if (isLabel) return this.#readHost(at, at, { context: contextBefore(text, at), isDefanged: false });
    const afterAt = skipAt(text, at);
    if (afterAt === at || classOf(text.codeAt(afterAt)) === CLASS.none) return at + 1;
    const run = readRun(text, afterAt);
    this.#emit(run, at, { context: 'email', isDefanged: code !== 0x40 });
    return run.end;
  }

  /** One step inside a path; names there are told apart from hosts. A path ends without moving on. */
  #stepInPath(at: number): number {
    const code = this.#text.codes[at]!;
    if (classOf(code) === CLASS.attached || this.#endsPath(code)) {
      this.#isInPath = false;
      return at;
    }
    if (code === 0x25) return escapeEnd(this.#text, at);
    if (classOf(code) !== CLASS.none) {
      const nested = nestedHost(this.#text, at);
      const run = readRun(this.#text, nested?.host ?? at);
      const isNext = nested !== null && isUrlBehindAnother(this.#text, at, run);
      const context = nested === null ? 'path' : isNext ? 'url' : 'nested';
      // What is plain in a path of a text is a part of it, wherever it stands.
      if (nested !== null || this.#layout === null || run.joined.some(isMark))
        this.#emit(run, at, { context, isDefanged: nested?.isDefanged ?? false });
      return run.end;
    }
    const mark = readMark(this.#text, at);
    if (mark !== null) return mark.end;
    if (isCloser(code)) this.#isInPath = false;
    return at + 1;
  }

  #readUrl(from: number, scheme: Scheme): number {
    const text = this.#text;
    const isBroken = scheme.isDefanged && text.codeAt(scheme.end) === NEWLINE;
    const authority = this.#skipUserinfo(isBroken ? scheme.end + 1 : scheme.end);
    const said: Said = { context: 'url', isDefanged: scheme.isDefanged };
    const address = text.codeAt(authority) === 0x5b ? readIpv6(text, authority + 1) : null;
    if (address !== null) return this.#emitAddress(address, authority + 1, from, said);
    const host = skipWildcard(text, authority);
    if (classOf(text.codeAt(host)) !== CLASS.none) return this.#readHost(from, host, said);
    return scheme.end;
  }

  /** Past `user:password@` where a URL has it. */
  #skipUserinfo(from: number): number {
    const text = this.#text;
    for (let at = from; at - from < USERINFO_UNITS_MAX && at < text.count; at += 1) {
      const code = text.codes[at]!;
      if (code === 0x2f || code === 0x3f || code <= SPACE || code === 0x22 || code === 0x3c) break;
      const after = skipAt(text, at);
      // `//host@SSL@443/share` names a port of WebDAV, nobody's name.
      if (after > at) return isPortWord(text, after) ? from : after;
    }
    return from;
  }

  #readHost(from: number, host: number, said: Said): number {
    const text = this.#text;
    const run = readRun(text, host);
    const afterAt = said.context === 'url' ? run.end : skipAt(text, run.end);
    if (afterAt > run.end && classOf(text.codeAt(afterAt)) !== CLASS.none) {
      const domain = readRun(text, afterAt);
      if (domain.starts.length > 1) {
        this.#emit(domain, from, { context: 'email', isDefanged: text.codeAt(run.end) !== 0x40 });
        return domain.end;
      }
    }
    this.#emit(run, from, said);
    const afterPort = skipPort(text, run.end);
    if (run.starts.length > 1 || said.context === 'url') {
      this.#isInPath = isPathStart(text, afterPort);
      this.#outer = this.#isInPath
        ? run.starts.map((start, i) => text.textOf(start, run.ends[i]!).toLowerCase()).join('.')
        : null;
    }
    return afterPort;
  }

  #emitAddress({ text, isDefanged, end }: Ipv6Run, at: number, from: number, said: Said): number {
    const inBrackets = this.#text.codeAt(at - 1) === 0x5b && this.#text.codeAt(end) === 0x5d;
    const past = inBrackets ? end + 1 : end;
    const run: Run = { starts: [inBrackets ? at - 1 : at], ends: [past], joined: ['first'], end: past };
    this.#tell(run, from, { ...said, isDefanged: said.isDefanged || isDefanged }, text);
    return past;
  }

  #emit(untrimmed: Run, from: number, said: Said): void {
    if (untrimmed.starts.length < 2) return;
    // A typed value is taken whole or not at all.
    const run = this.#options.isTyped === true ? untrimmed : trimRun(this.#text, untrimmed);
    if (run.starts.length >= 2) this.#tell(run, from, said);
  }

  /** @param address what is told in place of labels */
  #tell(run: Run, from: number, said: Said, address?: string): void {
    const text = this.#text;
    const printedFrom = said.context === 'host' ? printedStart(text, run.starts[0]!) : from;
    const start = text.starts[printedFrom]!;
    const printedLength = (end: number): number => text.ends[end - 1]! - start;
    this.#lines.moveTo(start);
    const afterPort = skipPort(text, run.end);
    const at = from - this.#lineStart;
    const aside = this.#layout?.asideAt(at, run.end - this.#lineStart) ?? null;
    const isDefanged = said.isDefanged || run.joined.some(isMark) || isAfterMark(text, run.starts[0]!);
    const standing = this.#standingOf(aside, at, isDefanged);
    const lead = text.codeAt(from - 1) === 0x2f ? leadOf(lineUntil(text, this.#lineStart, from - 1)) : null;
    this.#onCandidate({
      printed: text.source.slice(start, start + Math.min(PRINTED_MAX, printedLength(run.end))),
      line: this.#lines.line,
      column: this.#lines.column,
      labels: run.starts.map((labelStart, index) => ({
        text: address ?? text.textOf(labelStart, run.ends[index]!),
        joined: run.joined[index]!,
        printedLength: printedLength(run.ends[index]!),
      })),
      isTyped: this.#options.isTyped ?? false,
      isField: this.#layout === null,
      isDefanged,
      standing,
      isByLine: aside === null && this.#layout?.isByLine === true,
      context: contextBy(said.context, aside, standing, lead),
      outer: said.context === 'nested' ? this.#outer : null,
      isSuffixOnly: said.context === 'host' && isAfterDot(text, run.starts[0]!),
      hasPath: isPathStart(text, afterPort),
      hasPort: afterPort > run.end,
      ...(aside === 'kill-switch' && { isKillSwitch: true }),
      bystander: this.#layout?.bystanderAt(at, run.end - this.#lineStart) ?? null,
      doubt: doubtOf(text, run, said.context === 'host' ? printedFrom : run.starts[0]!, isDefanged),
    });
  }

  #standingOf(aside: Aside, at: number, isDefanged: boolean): Standing | null {
    const standing = saidBy(aside) ?? this.#options.standing ?? this.#layout?.standingAt(at) ?? null;
    return aside === 'link' && !isDefanged && standing !== null ? 'reference' : standing;
  }
}
