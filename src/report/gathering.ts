// Gathers what a report gives: each name once, each thing left out once with its reason, both within bounds.
import { networkText } from '../wire/names/network.ts';
import { Denials } from './denials.ts';
import { judge } from './judge.ts';
import { registeredOf, siteOf } from './known/suffix.ts';
import { isAgainst } from './layout/heading.ts';
import { moved, type Place, spotOf } from './place.ts';
import {
  type Candidate,
  type EntryScope,
  explanationOf,
  type LeftOut,
  type LeftOutReason,
  type Taken,
  type ToldAddress,
} from './report.ts';
import { TakenNames } from './taken-names.ts';
import { type ExtractOptions, extract } from './text/extract.ts';
import { isAddressLike, oddAddress, withDots } from './text/odd-host.ts';
import { plainHost } from './text/plain-host.ts';
import { comparable, refangNetwork } from './text/refang-host.ts';
import { usualValue } from './text/usual-line.ts';

/** A list of more names is not made from a report. */
const TAKEN_MAX = 1_000_000;
/** What a person will look through; the rest is counted. */
const LEFT_OUT_MAX = 5_000;
const TEXT_CHARACTERS_MAX = 300;

/** Reasons that lie in what is written, not in where it stands. */
const SURE: ReadonlySet<LeftOutReason> = new Set<LeftOutReason>([
  'address',
  'email',
  'suffix',
  'no-suffix',
  'not-a-name',
  'shared-host',
]);

export interface Wishes {
  /** Names to take although they would be left out. */
  readonly take?: readonly string[];
  /** Names to leave out although they would be taken. */
  readonly leaveOut?: readonly string[];
  /** Take what a report marks as not meant for detection (MISP's `to_ids`), which many reports never set. */
  readonly takeUnflagged?: boolean;
  /** Take what is no indicator any more, with the time at which it ended: whoever asked only watches it. */
  readonly takeExpired?: boolean;
  /** What the fields of the report hold is to be let through: its file's name says so. */
  readonly isOfHarmless?: boolean;
}

/** What is said of a name in a text, by itself. */
const NOTHING: Taken['said'] = {};

export class Gathering {
  #taken = new TakenNames();
  readonly #denials = new Denials();
  readonly #leftOut = new Map<string, LeftOut>();
  /** With the line of each. */
  readonly #addresses = new Map<string, number>();
  readonly #take: ReadonlySet<string>;
  readonly #leave: ReadonlySet<string>;
  readonly #takeUnflagged: boolean;
  readonly #isOfHarmless: boolean;
  /** Wall clock, ms: what ended before is no indicator any more. */
  readonly #now: number;
  /** Domains the report was published on. */
  readonly #own: ReadonlySet<string>;
  /** Left out, but beyond what is kept to show. */
  leftOutMore = 0;
  /** What was taken or left out, each time it was met. */
  heard = 0;
  readonly #takenMax: number;
  /** All that may be a name was taken, or is left out wherever it stands: another reading of the text takes nothing more. */
  isSettled = true;

  /** @param published where the report stands, as far as that is known */
  constructor(
    wishes: Wishes,
    published: readonly (string | null | undefined)[] = [],
    now = Number.NEGATIVE_INFINITY,
    takenMax = TAKEN_MAX,
  ) {
    this.#takenMax = takenMax;
    this.#now = wishes.takeExpired === true ? Number.NEGATIVE_INFINITY : now;
    this.#take = new Set(wishes.take?.map(comparable));
    this.#leave = new Set(wishes.leaveOut?.map(comparable));
    this.#takeUnflagged = wishes.takeUnflagged ?? false;
    this.#isOfHarmless = wishes.isOfHarmless ?? false;
    this.#own = new Set(published.flatMap((address) => siteOf(address) ?? []));
  }

  get takenCount(): number {
    return this.names.size;
  }

  /** What is taken, as it is kept. */
  get names(): TakenNames {
    this.#taken = this.#taken.without(this.#denials.withdrawn(this.#take));
    return this.#taken;
  }

  /** What was left out as an address, and is one. */
  get addresses(): ToldAddress[] {
    return Array.from(this.#addresses, ([address, line]) => ({ address, line }));
  }

  /** Without what is taken from elsewhere in the report. */
  get leftOut(): LeftOut[] {
    const names = this.names;
    return [...this.#leftOut.values()].filter(({ name }) => name === null || !names.has(name));
  }

  /** Text in which only what is defanged counts. */
  text(source: string, place: Place, options: ExtractOptions = {}): void {
    const isUsualSpot = place.line === 1 && place.column === 1 && place.path === undefined;
    const mayBeUsual = isUsualSpot && this.#own.size + this.#take.size + this.#leave.size === 0;
    const how = mayBeUsual ? { ...options, onUsual: this.#usual } : options;
    extract(source, how, (candidate) => this.#judge(moved(candidate, place), NOTHING, 'subtree', place));
  }

  /** What the rules make of it, which have nothing against it but where it stands. */
  readonly #usual: NonNullable<ExtractOptions['onUsual']> = (usual, spot, standing) => {
    const { host, printed, isAddress, isDefanged } = usual;
    const isMeant = isDefanged ? !isAgainst(standing) : standing === 'name' || standing === 'value';
    if (isAddress) {
      if (isMeant || standing === 'address') this.#leaveUsualAddress(printed, host, spot);
      else if (isDefanged && isAgainst(standing)) this.leave(printed, standing, spot);
      else this.isSettled = false;
    } else if (isMeant) {
      this.#denials.note(host, { standing, isTyped: false, isField: false }, !this.#taken.has(host));
      this.#add(host, printed, spot, NOTHING, 'subtree');
    } else {
      if (standing === 'benign') this.#denials.deny(host, false);
      this.leave(printed, isAgainst(standing) ? standing : 'plain', spot, undefined, host);
    }
  };

  /** Where no more is shown, one that was not met before is counted and kept. @param address in its usual form */
  #leaveUsualAddress(printed: string, address: string, spot: Place): void {
    const isNew = this.#isFull && !this.#addresses.has(address);
    if (!isNew || this.#addresses.size >= TAKEN_MAX) this.leave(printed, 'address', spot);
    else {
      this.heard += 1;
      this.leftOutMore += 1;
      this.#addresses.set(address, spot.line);
    }
  }

  /** The value of a field that holds names or URLs: a plain one counts. */
  typed(value: string, place: Place, said: Taken['said'] = {}, scope: EntryScope = 'subtree'): void {
    // A name that nothing speaks against: with no site of the report's own, and not to be left out.
    const mayBeUsual = place.column > 0 && this.#own.size === 0 && said.expires === undefined;
    const usual = mayBeUsual && !this.#isOfHarmless ? usualValue(value) : null;
    if (usual !== null && !this.#leave.has(usual.host)) {
      this.#denials.confirm(usual.host);
      this.#add(usual.host, usual.printed, spotOf(place, place), said, scope);
    } else this.#field(value, { isTyped: true }, place, said, scope);
  }

  /** The value of a field that holds indicators of any kind: a plain name counts, a file's name does not. */
  untyped(value: string, place: Place, said: Taken['said'] = {}): void {
    this.#field(value, { standing: 'value' }, place, said, 'subtree');
  }

  #field(
    written: string,
    options: ExtractOptions,
    place: Place,
    said: Taken['said'],
    scope: EntryScope,
  ): void {
    if (/^"[^"]*"[^\s"]/.test(written)) {
      this.leave(written, 'not-a-name', place, 'a quote inside it');
      return;
    }
    if (this.#isOfHarmless) {
      this.leave(written, 'benign', place, "by its file's name");
      return;
    }
    const value = withDots(written);
    const address = options.isTyped === true ? oddAddress(value) : null;
    if (address !== null) {
      this.leave(address, 'address', place, `written ${value.trim().slice(0, 60)}`);
      return;
    }
    const simple = options.isTyped === true && place.column > 0 ? plainHost(value) : null;
    if (simple !== null) {
      this.#judge(moved(simple, place), said, scope, place);
      return;
    }
    let found = 0;
    extract(value, options, (candidate) => {
      found += 1;
      this.#judge(moved(candidate, place), said, scope, place);
    });
    if (found === 0 && value.trim() !== '')
      this.leave(
        value,
        isAddressLike(value) || refangNetwork(value) !== null ? 'address' : 'not-a-name',
        place,
      );
  }

  /** A value that its report marks as not meant for detection. */
  unflagged(value: string, place: Place, said: Taken['said']): void {
    if (this.#takeUnflagged) this.typed(value, place, said);
    else this.leave(value, 'benign', place);
  }

  /** An address that is not meant for detection is none for a list. */
  unflaggedAddress(value: string, place: Place): void {
    this.leave(value, this.#takeUnflagged ? 'address' : 'benign', place);
  }

  /** @param more what is special about this one */
  leave(text: string, reason: LeftOutReason, place: Place, more?: string, name: string | null = null): void {
    this.#keepOut(text, name, reason, explanationOf(reason, more), place);
  }

  #judge(candidate: Candidate, said: Taken['said'], scope: EntryScope, place: Place): void {
    const judged = judge(candidate);
    const isSettled = this.isSettled;
    if (judged.kind === 'ignore') {
      this.isSettled &&= candidate.isByLine === true;
      return;
    }
    const spot = spotOf(candidate, place);
    const { name, printed } = judged;
    const isOwn = judged.kind === 'take' && this.#isOwn(judged.name);
    const isOver =
      judged.kind === 'take' && typeof said.expires === 'string' && Date.parse(said.expires) < this.#now;
    const isTaken = name !== null && (this.#take.has(name) || (judged.kind === 'take' && !isOwn && !isOver));
    if (judged.kind === 'leave' && judged.reason === 'benign' && name !== null && !candidate.isField)
      this.#denials.deny(name, candidate.isKillSwitch === true);
    if (isTaken && !this.#leave.has(name)) {
      this.#denials.note(name, candidate, !this.#taken.has(name));
      this.#add(name, printed, spot, said, scope);
    } else if (judged.kind === 'leave') this.#keepOut(printed, name, judged.reason, judged.explanation, spot);
    else if (isOver && !this.#taken.has(judged.name))
      this.leave(
        printed,
        'expired',
        spot,
        `until ${said.expires}; --take ${judged.name} takes it all the same`,
        name,
      );
    else if (isOwn) this.leave(printed, 'reference', spot, 'the report was published there', name);
    else this.leave(printed, 'excluded', spot, undefined, name);
    if (candidate.isByLine === true) this.isSettled = isSettled;
  }

  #add(name: string, printed: string, spot: Place, said: Taken['said'], scope: EntryScope): void {
    if (this.#taken.size >= this.#takenMax && !this.#taken.has(name)) {
      this.leave(printed, 'too-many', spot, undefined, name);
      return;
    }
    this.heard += 1;
    this.#taken.add(name, printed, spot, said, scope);
  }

  #isOwn(name: string): boolean {
    return this.#own.size > 0 && this.#own.has(registeredOf(name) ?? '');
  }

  #keepOut(
    written: string,
    name: string | null,
    reason: LeftOutReason,
    explanation: string,
    place: Place,
  ): void {
    this.heard += 1;
    if (!SURE.has(reason)) this.isSettled = false;
    const text = written.slice(0, TEXT_CHARACTERS_MAX).trim();
    const key = `${reason} ${name ?? text}`;
    if (this.#leftOut.has(key)) return;
    if (reason === 'address') this.#keepAddress(text, place.line);
    if (this.#isFull) this.leftOutMore += 1;
    else this.#leftOut.set(key, { text, name, reason, explanation, ...spotOf(place, place) });
  }

  get #isFull(): boolean {
    return this.#leftOut.size >= LEFT_OUT_MAX;
  }

  #keepAddress(text: string, line: number): void {
    const network = refangNetwork(text);
    if (network === null || this.#addresses.size >= TAKEN_MAX) return;
    const address = networkText(network);
    if (!this.#addresses.has(address)) this.#addresses.set(address, line);
  }
}
