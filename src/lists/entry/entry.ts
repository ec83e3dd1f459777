// Decides, once for all formats, what a name or address on a line is worth: an entry, or a skip with its reason.
//
// Case, trailing dot, IDN: host-name.ts. Roots, public suffixes, the machine's own names: broad-name.ts. Duplicates are no
// problem: the trie holds a name once. CRLF and BOM: formats/lines.ts. Comments: each format, for `#` means much.
import type { ListConfig } from '../../config/config.ts';
import { PATTERNS_MAX, patternProblem } from '../../policy/patterns.ts';
import { addressesOf } from '../../policy/rule.ts';
import { lowerName } from '../../wire/names/name.ts';
import { isBroadNetwork, networkText, readNetwork } from '../../wire/names/network.ts';
import type { Network } from '../../wire/names/plain-network.ts';
import { nameToText } from '../../wire/names/presentation.ts';
import type { Shape, Sink } from '../format.ts';
import { breadthOf, isBroadPattern } from './broad-name.ts';
import type { Cancels, TakenBack } from './cancels.ts';
import { Expiries } from './expiries.ts';
import { Extent } from './extent.ts';
import { HOST, readHost } from './host-name.ts';
import { beginsNowhere } from './nowhere.ts';
import { Problems, type SkipReason } from './problems.ts';
import { type Warnings, warningsOf } from './warnings.ts';

/** What becomes of entries: compile puts them in the trie, explain looks for one of them. */
export interface EntryTarget {
  /** @param name wire form, lower case, with its root octet; exactly as long as the name; valid during the call only
   *  @returns null, `simplified` when the entry was taken without its own answer or remark, or why it cannot be taken */
  add(name: Uint8Array, shape: Shape, line: number): SkipReason | null;
  /** @returns null, or why the address or network cannot be taken */
  addNetwork(network: Network, shape: Shape, line: number): SkipReason | null;
  /** @returns null, or why the expression cannot be taken */
  addPattern(source: string, shape: Shape, line: number): SkipReason | null;
  readonly cancels: Cancels;
}

/** The list's settings that say what may become an entry. */
export type EntrySettings = Pick<
  ListConfig,
  'allowPublicSuffixes' | 'addresses' | 'expires' | 'warnings' | 'take'
>;

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const WIRE_MAX = 256;
/** Of a host that came as text. */
const TEXT_OCTETS = 1024;
/** Octets of text that may be an address or network. */
const ADDRESS_OCTETS_MAX = 64;
/** Expressions of one list that are looked at, good or bad. */
const TRIED_PATTERNS_MAX = 4 * PATTERNS_MAX;
/** Expressions of one list that only widen a name. */
const FRAGMENTS_MAX = 200;

export class EntrySink implements Sink {
  readonly problems = new Problems();
  readonly expiries: Expiries;
  /** Names, expressions, addresses and networks taken. */
  entries = 0;
  patterns = 0;
  /** Rules that only take others out of force. */
  cancelling = 0;
  readonly #extent = new Extent();
  #tried = 0;
  #fragments = 0;
  readonly #target: EntryTarget;
  readonly #allowBroad: boolean;
  /** Files of what is held back; null for nothing. */
  #warningFiles: readonly string[] | null;
  /** Read for the first name that is held against them: a list in format indicators needs none. */
  #warnings: Warnings | null = null;
  readonly #taken: ReadonlySet<string>;
  /** null: those that the list itself names, not those of a report. */
  readonly #keepsAddresses: boolean | null;
  readonly #name = new Uint8Array(WIRE_MAX);
  readonly #text = new Uint8Array(TEXT_OCTETS);
  /** #name cut to each length: a view made once, not once a name. */
  readonly #views: readonly Uint8Array[];

  constructor(target: EntryTarget, settings: EntrySettings) {
    this.#target = target;
    this.#allowBroad = settings.allowPublicSuffixes;
    this.#keepsAddresses = settings.addresses;
    this.expiries = new Expiries(settings);
    this.#warningFiles = settings.warnings ?? null;
    this.#taken = new Set(settings.take);
    this.#views = Array.from({ length: WIRE_MAX + 1 }, (_, length) => this.#name.subarray(0, length));
  }

  host(bytes: Uint8Array, start: number, end: number, shape: Shape, line: number): void {
    const length = readHost(bytes, start, end, this.#name);
    const reason =
      length > 0
        ? this.#add(length, shape, line)
        : length === HOST.root
          ? this.#addRoot(shape, line)
          : this.#addAddress(bytes, start, end, shape, line);
    if (reason !== null) this.problems.add(reason, line, bytes, start, end);
  }

  address(text: string, shape: Shape, line: number, origin: 'list' | 'report'): void {
    const network = readNetwork(text.trim());
    const reason = network === null ? 'not-a-name' : this.#addNetwork(network, shape, line, origin);
    if (reason !== null) this.problems.addText(reason, line, text);
  }

  hostText(text: string, shape: Shape, line: number): void {
    // Three octets are the most that a UTF-16 unit takes.
    if (text.length * 3 > TEXT_OCTETS) {
      const bytes = encoder.encode(text);
      this.host(bytes, 0, bytes.length, shape, line);
    } else this.host(this.#text, 0, encoder.encodeInto(text, this.#text).written, shape, line);
  }

  name(wire: Uint8Array, shape: Shape, line: number): void {
    lowerName(wire, 0, wire.length, this.#name);
    const reason = this.#add(wire.length, shape, line);
    if (reason !== null) this.problems.addName(reason, line, wire);
  }

  pattern(source: string, shape: Shape, line: number): void {
    const reason = this.#patternReason(source, shape, line);
    if (reason !== null) this.problems.addText(reason, line, source);
  }

  fragment(host: string, source: string, shape: Shape, line: number): void {
    if (this.#fragments < FRAGMENTS_MAX && this.#patternReason(source, shape, line) === null)
      this.#fragments += 1;
    else this.hostText(host, shape, line);
  }

  cancel(key: string): void {
    this.cancelling += 1;
    this.#target.cancels.add(key);
  }

  takeBack(taken: TakenBack): void {
    this.cancelling += 1;
    this.#target.cancels.takeBack(taken);
  }

  get cancels(): Cancels {
    return this.#target.cancels;
  }

  skip(reason: SkipReason, line: number, bytes: Uint8Array, start: number, end: number): void {
    this.problems.add(reason, line, bytes, start, end);
  }

  skipText(reason: SkipReason, line: number, text: string): void {
    this.problems.addText(reason, line, text);
  }

  #add(length: number, shape: Shape, line: number): SkipReason | null {
    const breadth = breadthOf(this.#name, length);
    if (breadth !== 'usual') {
      const reason = this.#broadReason(breadth, shape);
      if (reason !== null) return reason;
    }
    if (this.#isHeldBack(length, shape)) return 'held-back';
    this.#extent.count(this.#name, length, line);
    const reason = this.#target.add(this.#views[length]!, shape, line);
    if (reason === null || reason === 'simplified') this.#count(shape);
    return reason;
  }

  /** The list is what somebody says himself. */
  holdNothing(): void {
    this.#warningFiles = null;
  }

  #isHeldBack(length: number, { action, scope, rewrite }: Shape): boolean {
    if (rewrite !== null && rewrite.kind !== 'rcode') return false;
    const warnings = this.#warningsFor(action);
    if (warnings === null) return false;
    const name = nameToText(this.#views[length]!);
    return warnings.of(name, scope !== 'exact') !== null && !this.#taken.has(name);
  }

  #isHeldBackNetwork(network: Network, { action }: Shape): boolean {
    const where = this.#warningsFor(action)?.ofNetwork(network) ?? null;
    return where !== null && !this.#taken.has(networkText(network));
  }

  /** What entries of this action are held against; null for nothing. */
  #warningsFor(action: Shape['action']): Warnings | null {
    if (this.#warningFiles === null || action === 'allow') return null;
    this.#warnings ??= warningsOf(this.#warningFiles);
    return this.#warnings;
  }

  #broadReason(breadth: Exclude<ReturnType<typeof breadthOf>, 'usual'>, shape: Shape): SkipReason | null {
    if (breadth === 'local-name') return 'local-name';
    if (this.#allowBroad) return null;
    if (breadth === 'root') return saysWhom(shape) ? null : 'root';
    if (breadth === 'public-suffix') return 'public-suffix';
    // `192.0.2.1 nas` in a hosts file names a machine of the house.
    return addressesOf(shape.rewrite).length > 0 && shape.scope === 'exact' ? null : 'single-label';
  }

  #addRoot(shape: Shape, line: number): SkipReason | null {
    this.#name[0] = 0;
    return this.#add(1, shape, line);
  }

  /** What is no name may be an address or network. */
  #addAddress(bytes: Uint8Array, start: number, end: number, shape: Shape, line: number): SkipReason | null {
    if (end - start > ADDRESS_OCTETS_MAX) return 'not-a-name';
    const network = readNetwork(decoder.decode(bytes.subarray(start, end)));
    return network === null ? 'not-a-name' : this.#addNetwork(network, shape, line, 'list');
  }

  #addNetwork(network: Network, shape: Shape, line: number, origin: 'list' | 'report'): SkipReason | null {
    if (!(this.#keepsAddresses ?? origin === 'list')) return 'address';
    if (beginsNowhere(network)) return 'local-address';
    if (isBroadNetwork(network) && !this.#allowBroad) return 'broad-network';
    if (this.#isHeldBackNetwork(network, shape)) return 'held-back';
    const reason = this.#target.addNetwork(network, shape, line);
    if (reason === null || reason === 'simplified') this.#count(shape);
    return reason;
  }

  #count(shape: Shape): void {
    this.entries += 1;
    this.expiries.count(shape);
  }

  #patternReason(source: string, shape: Shape, line: number): SkipReason | null {
    // Compiling an expression costs more than a thousand names: not once there is no room for it.
    if (this.patterns >= PATTERNS_MAX) return 'too-many-patterns';
    if (this.#tried >= TRIED_PATTERNS_MAX) return 'too-many-patterns';
    this.#tried += 1;
    if (patternProblem(source) !== null) return 'bad-pattern';
    if (!this.#allowBroad && isBroadPattern(source)) return 'root';
    const reason = this.#target.addPattern(source, shape, line);
    if (reason === null || reason === 'simplified') {
      this.#count(shape);
      this.patterns += 1;
    }
    return reason;
  }
}

/** Whether an entry on every name says itself what it does not cover: `*$denyallow=…`, `*$client=…`, `rpz-client-ip`. */
function saysWhom({ except, clients }: Shape): boolean {
  if (except !== null && except.length > 0) return true;
  return clients?.every((client) => !client.startsWith('~') && !client.endsWith('/0')) === true;
}
