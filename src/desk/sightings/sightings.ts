// Gathers query records, and hits, into what the history keeps: which machine asked for which name, what it got, from when to
// when, how often; and hands on what was asked for though a list that alerts has it, and no hit tells of it.
//
// Works on the records' octets: names and machines become text only when the store has to learn them, and the numbers it gave
// are remembered beside them. Costs nothing that must be collected for a name and a machine that were seen before.
// Who asked, and how the name stood with the lists, is settled as a record comes in: nothing is looked up later.
import type { HitRecord } from '../../events/hit-record.ts';
import { askedMsIn, decodeQuery, OWN_NAME, QUERY_AT, type QueryRecord } from '../../events/query-record.ts';
import { getU16, getU32, RECORD } from '../../events/record.ts';
import type { Result } from '../../events/result.ts';
import { RingReader } from '../../events/ring.ts';
import { typeBitOf } from '../../hits/asked-types.ts';
import type { Hit } from '../../hits/hit.ts';
import type { Judged, Matcher } from '../../hits/matches.ts';
import { gotOf, reachesLists, STANDING, type Standing } from '../../hits/standing.ts';
import type { DayRow } from '../../hits/store/day-source.ts';
import type { History } from '../../hits/store/history.ts';
import { DAY_MS, dayOf } from '../../hits/store/schema.ts';
import type { Tables } from '../../hits/store/store.ts';
import { VERDICT } from '../../policy/verdict.ts';
import { nameToText } from '../../wire/names/presentation.ts';
import { type Anonymity, AskerNumbers, type AskerOf } from './asker-numbers.ts';
import { ElsewhereNoted } from './elsewhere-noted.ts';
import { HeldSightings } from './held-sightings.ts';
import { joinedRow } from './joined-row.ts';
import { judgeBoth, listedOnWay } from './judge-way.ts';
import { LedTargets } from './led-targets.ts';
import { NewNames } from './new-names.ts';
import type { Newcomers } from './newcomers.ts';
import { Remembered } from './remembered.ts';
import { VisitTable } from './visit-table.ts';

export type Privacy = 'none' | 'anonymise' | 'off';

export interface SightingsOptions {
  readonly rings: readonly SharedArrayBuffer[];
  readonly privacy: Privacy;
  readonly newcomers: Newcomers;
  readonly askerOf: AskerOf;
  /** What knows the lists that a record was decided by, by the bits of its revision that it has; null: it is too old. */
  readonly matcherOf: (revision: number) => Matcher | null;
  /** Told of an asking that lists which alert have, and that was not blocked: paused, out of schedule, over the rate limit. */
  readonly onAsked: (record: QueryRecord, judged: Judged, worker: number) => void;
  /** Told of each record; must copy what it keeps. */
  readonly onRecord?: (bytes: Uint8Array, offset: number, length: number) => void;
  readonly anonymity: Anonymity;
}

/** Different (day, asker, name, got) held while the store takes nothing; past it sightings are counted as lost. */
const HELD_MAX = 131_072;
/** Names, and askers, whose numbers in the store are remembered; past it all are forgotten. */
const REMEMBERED_MAX = 49_152;
/** Names, and askers, that have numbers while the store takes nothing: those held, and as many again as are remembered. */
const NUMBERED_MAX = HELD_MAX + REMEMBERED_MAX;
const ADDRESS_OCTETS = 16;
const LISTED = { unknown: 0, no: 1, yes: 2 } as const;

export class Sightings {
  readonly #options: SightingsOptions;
  readonly #rings: readonly RingReader[];
  readonly #held = new HeldSightings();
  readonly #names = new Remembered();
  readonly #askers: AskerNumbers;
  readonly #newNames: NewNames;
  readonly #visits = new VisitTable();
  readonly #led = new LedTargets();
  readonly #elsewhere = new ElsewhereNoted();
  /** By number of a name: whether a list that alerts has it, as #matcher says. */
  #listed = new Uint8Array(1024);
  #matcher: Matcher | null = null;
  #privacy: Privacy;
  // Of what is written or was never held, and of the write that is being made: one that fails is made again.
  /** Queries that the history does not know of. */
  #lost = { written: 0, now: 0 };
  /** Queries of which only a name above theirs is kept. */
  #unnamed = { written: 0, now: 0 };

  constructor(options: SightingsOptions) {
    this.#options = options;
    this.#rings = options.rings.map((ring) => new RingReader(ring));
    this.#privacy = options.privacy;
    this.#askers = new AskerNumbers(options.askerOf, options.anonymity);
    this.#newNames = new NewNames(this.#names, this.#askers);
  }

  get size(): number {
    return this.#held.size;
  }

  /** Queries the history does not know of for want of room. */
  get lost(): number {
    return this.#lost.written + this.#lost.now + this.ringsLost;
  }

  /** Those of them that the rings had no room for: nobody knows of them. */
  get ringsLost(): number {
    return this.#rings.reduce((sum, ring) => sum + ring.lost, 0);
  }

  /** Queries whose names were more than are kept for a day: only that they were below another is known. */
  get unnamed(): number {
    return this.#unnamed.written + this.#unnamed.now;
  }

  /** Names that have a number here. */
  readonly numbered = (): number => this.#names.table.size;

  usePrivacy(privacy: Privacy): void {
    this.#privacy = privacy;
  }

  /** Takes in what is there, until so many are held. @returns whether there may be more */
  drain(heldMax = Number.POSITIVE_INFINITY): boolean {
    return this.#rings.some((ring, worker) => {
      const room = heldMax - this.#held.size;
      if (room <= 0) return true;
      return (
        ring.drain((bytes, offset, length) => this.#accept(worker, bytes, offset, length), room) === room
      );
    });
  }

  /** Writes what was gathered; call inside a transaction. `written` lets it go. @returns the time of the newest */
  writeTo({ history, led, elsewhere }: Pick<Tables, 'history' | 'led' | 'elsewhere'>): number {
    const { askers, names, days, gots, firstMs, lastMs, counts, visits, types, size } = this.#held;
    this.#names.useStore(history.generation);
    this.#askers.useStore(history.generation);
    let newestMs = 0;
    let waiting: DayRow | null = null;
    this.#lost.now = 0;
    this.#unnamed.now = 0;
    if (history.bringsNew) this.#newNames.enter(history, this.#held);
    for (let place = 0; place < size; place += 1) {
      const day = days[place]!;
      newestMs = Math.max(newestMs, lastMs[place]!);
      // Both ends are cut to the second: a span that is rounded would end before, or after, the last asking's own second.
      const firstSecond = Math.floor(firstMs[place]! / 1000);
      const spanSeconds = Math.floor(lastMs[place]! / 1000) - firstSecond;
      const asker = this.#askers.idOf(history, askers[place]!, day);
      if (asker === null) {
        this.#lost.now += counts[place]!;
        continue;
      }
      const name = this.#nameId(history, names[place]!, day, askers[place]!);
      if (name < 0) this.#unnamed.now += counts[place]!;
      const row = {
        day,
        asker,
        name: Math.abs(name),
        got: gots[place]!,
        firstSecond: firstSecond - (day * DAY_MS) / 1000,
        spanSeconds,
        count: counts[place]!,
        visits: visits[place]!,
        types: types[place]!,
      };
      const joined: DayRow | null = waiting === null ? null : joinedRow(waiting, row);
      if (waiting !== null && joined === null) history.addSoon(waiting);
      waiting = joined ?? row;
    }
    if (waiting !== null) history.addSoon(waiting);
    history.flush();
    const idOn = (name: number, day: number): number => this.#names.idOn(name, day);
    this.#led.writeTo(led, idOn);
    this.#elsewhere.writeTo(elsewhere, idOn);
    return newestMs;
  }

  /** Keys of pseudonyms of days that are over are forgotten, whether anybody asks or not. @param nowMs wall clock */
  turnTo(nowMs: number): void {
    this.#askers.turnTo(dayOf(nowMs));
  }

  written(): void {
    this.#held.clear();
    this.#lost = { written: this.#lost.written + this.#lost.now, now: 0 };
    this.#unnamed = { written: this.unnamed, now: 0 };
    this.#led.written();
    this.#elsewhere.written();
    if (this.#names.table.size <= REMEMBERED_MAX && this.#askers.size <= REMEMBERED_MAX) return;
    this.#names.forget();
    this.#led.forget();
    this.#elsewhere.forget();
    this.#askers.forget();
    this.#listed.fill(LISTED.unknown);
    this.#visits.clear();
  }

  /** A hit that was answered with the sinkhole's answer has no query record beside it. */
  addHit({ qname, timeMs, count, verdict, result, qtype }: HitRecord, hit: Hit): void {
    // Where the history has no addresses, what stands beside an address in the hit log has no place in it.
    if (this.#rings.length === 0 || this.#privacy !== 'none' || verdict === VERDICT.monitor) return;
    const asker = this.#askers.numberOfAsker(hit);
    const name = this.#numberOf(qname, 0, qname.length);
    const standing = hit.matches.length > 0 ? STANDING.told : STANDING.unlisted;
    this.#add(asker, name, timeMs, count, gotOf(result as Result, standing), typeBitOf(qtype));
  }

  #accept(worker: number, bytes: Uint8Array, offset: number, length: number): void {
    const qnameLength = bytes[offset + QUERY_AT.qnameLength]!;
    if (length < QUERY_AT.qname || qnameLength > length - QUERY_AT.qname) return;
    this.#options.onRecord?.(bytes, offset, length);
    const name = this.#numberOf(bytes, offset + QUERY_AT.qname, qnameLength);
    const result = bytes[offset + QUERY_AT.result]! as Result;
    const mark = bytes[offset + QUERY_AT.mark]!;
    const isHit = (mark & 1) === 1;
    const ledAt = QUERY_AT.qname + qnameLength;
    // A record of the configuration stands above lists, also where there was no time to answer from it.
    const isOwn = (bytes[offset + QUERY_AT.from]! & OWN_NAME) !== 0;
    let standing: Standing = isOwn ? STANDING.allowed : STANDING.unlisted;
    const matcher = isOwn ? null : this.#options.matcherOf(mark >>> 1);
    const isListed =
      matcher !== null &&
      (name < 0
        ? matcher.isListed(bytes.subarray(offset + QUERY_AT.qname, offset + ledAt), qnameLength)
        : this.#isListed(matcher, name));
    const way = matcher === null ? [] : listedOnWay(matcher, bytes, offset + ledAt, offset + length);
    if (matcher !== null && (isListed || way.length > 0)) {
      const record = decodeQuery(bytes, offset, length);
      const judged = record === null ? null : judgeBoth(matcher, record, isListed, way);
      standing = judged?.standing ?? STANDING.unlisted;
      if (record !== null && standing === STANDING.elsewhere && name >= 0 && this.#privacy !== 'off')
        this.#elsewhere.note(matcher, name, record);
      if (standing === STANDING.told && !reachesLists(result)) standing = STANDING.allowed;
      if (record !== null && judged !== null && standing === STANDING.told && !isHit)
        this.#options.onAsked(record, judged, worker);
    }
    const timeMs = askedMsIn(bytes, offset);
    this.#options.newcomers.note(bytes, offset + QUERY_AT.address, timeMs);
    if (this.#privacy === 'off') return;
    const isAnonymous = this.#privacy === 'anonymise';
    const count = getU32(bytes, offset + RECORD.count);
    if (name >= 0 && length > ledAt) this.#led.note(name, bytes, offset + ledAt, offset + length, timeMs);
    if (isAnonymous && (isHit || standing === STANDING.told)) return;
    if (this.#askers.size >= NUMBERED_MAX) {
      this.#lost.written += count;
      return;
    }
    const group = getU16(bytes, offset + QUERY_AT.group);
    const address = bytes.subarray(offset + QUERY_AT.address, offset + QUERY_AT.address + ADDRESS_OCTETS);
    const asker = isAnonymous
      ? this.#askers.anonymousOf(address, group, timeMs)
      : this.#askers.numberOf(address, group, timeMs);
    const types = typeBitOf(getU16(bytes, offset + QUERY_AT.qtype));
    this.#add(asker, name, timeMs, count, gotOf(result, standing), types);
  }

  /** -1: new, and there is no room for what cannot be stored anyway. */
  #numberOf(bytes: Uint8Array, offset: number, length: number): number {
    const { table } = this.#names;
    return table.size < NUMBERED_MAX
      ? table.numberOf(bytes, offset, length)
      : table.find(bytes, offset, length);
  }

  #isListed(matcher: Matcher, name: number): boolean {
    const octets = this.#names.table.octetsOf(name);
    if (matcher !== this.#matcher) {
      // The one before is asked for seconds only, and remembers nothing.
      if (this.#options.matcherOf(-1) !== matcher) return matcher.isListed(octets, octets.length);
      this.#matcher = matcher;
      this.#listed.fill(LISTED.unknown);
    }
    if (name >= this.#listed.length) {
      const longer = new Uint8Array(Math.max(this.#listed.length * 2, name + 1));
      longer.set(this.#listed);
      this.#listed = longer;
    }
    if (this.#listed[name] === LISTED.unknown)
      this.#listed[name] = matcher.isListed(octets, octets.length) ? LISTED.yes : LISTED.no;
    return this.#listed[name] === LISTED.yes;
  }

  #add(asker: number, name: number, timeMs: number, count: number, got: number, types: number): void {
    const day = dayOf(timeMs);
    let place = name < 0 ? -1 : this.#held.find(asker, name, day, got);
    if (place < 0) {
      if (name < 0 || this.#held.size >= HELD_MAX) {
        this.#lost.written += count;
        return;
      }
      place = this.#held.begin(asker, name, day, got);
    }
    this.#held.add(place, timeMs, count, this.#visits.begins(asker, name, timeMs), types);
  }

  /** As History.nameId. */
  #nameId(history: History, name: number, day: number, asker: number): number {
    const known = this.#names.idOn(name, day);
    if (known > 0) return known;
    const text = nameToText(this.#names.table.octetsOf(name));
    const machine = this.#askers.machineOf(asker);
    const id = history.nameId(text, day, machine);
    // A name that was not kept for one machine may be for another.
    if (id > 0) this.#names.learn(name, id, day);
    return id;
  }
}
