// A site tells the head what it calls its machines, as that changes, and asks what others call those that have no name here.
//
// One message at a time, each answered. What is told is what the head of this epoch has; with another epoch all is told anew.
import { randomUUID } from 'node:crypto';
import { ASKED_MAX, type FoundNames, type MachineKey, NAMES_MAX, type SiteNames } from './messages.ts';

export interface NameFound {
  readonly name: string;
  readonly site: string;
}

export interface SharerOptions {
  /** What machines are called here, by key. */
  readonly own: () => ReadonlyMap<MachineKey, string>;
  /** Machines that were here lately and have no name here. */
  readonly unnamed: () => Iterable<MachineKey>;
  /** To the head; what comes back is `hear`d. */
  readonly send: (names: SiteNames) => void;
  /** All that is known now. */
  readonly learnt: (names: ReadonlyMap<MachineKey, NameFound>) => void;
  readonly monotonic: () => number;
}

interface Answer {
  readonly found: NameFound | null;
  readonly atMs: number;
}

/** What is called otherwise is told within this. */
const OWN_MS = 30_000;
/** So long what was answered holds. */
const AGAIN_MS = { found: 300_000, none: 60_000 } as const;
const WAIT_MS = { first: 10_000, longest: 300_000 } as const;
/** Nothing is to be said, but a head that began anew is to be noticed. */
const BEAT_MS = 60_000;
const KEPT_MS = 3_600_000;
/** Those asked longest ago are forgotten. */
const ANSWERS_MAX = 20_000;

export class Sharer {
  readonly #options: SharerOptions;
  /** What the head of `#epoch` has. */
  #told = new Map<MachineKey, string>();
  #epoch: string | null = null;
  #pending: SiteNames | null = null;
  #sentMs = Number.NEGATIVE_INFINITY;
  #lookedMs = Number.NEGATIVE_INFINITY;
  #waitMs: number = WAIT_MS.first;
  readonly #answers = new Map<MachineKey, Answer>();

  constructor(options: SharerOptions) {
    this.#options = options;
  }

  /** Called every few seconds while there is a connection. */
  tick(): void {
    const nowMs = this.#options.monotonic();
    if (this.#pending !== null) {
      if (nowMs - this.#sentMs < this.#waitMs) return;
      // A head that does not share answers nothing.
      this.#waitMs = Math.min(WAIT_MS.longest, this.#waitMs * 2);
    }
    this.#say(nowMs);
  }

  /** What was sent before may not have come: the connection is new. */
  again(): void {
    this.#pending = null;
    this.#waitMs = WAIT_MS.first;
  }

  hear({ nonce, epoch, found }: FoundNames): void {
    const asked = this.#pending;
    if (asked?.nonce !== nonce) return;
    const nowMs = this.#options.monotonic();
    this.again();
    if (asked.isAll || epoch === this.#epoch) {
      if (asked.isAll) this.#told.clear();
      for (const key of asked.gone) this.#told.delete(key);
      for (const [key, name] of asked.names) this.#told.set(key, name);
      this.#epoch = epoch;
    } else this.#epoch = null;
    this.#learn(asked.asked, new Map(found.map(([key, name, site]) => [key, { name, site }])), nowMs);
    // Past what is remembered each would be asked for anew at once, for ever: then it is asked at the pace of `tick`.
    const isMoreAsked = asked.asked.length === ASKED_MAX && this.#answers.size < ANSWERS_MAX;
    if (this.#epoch === null || asked.names.length === NAMES_MAX || isMoreAsked) {
      this.#lookedMs = Number.NEGATIVE_INFINITY;
      this.#say(nowMs);
    }
  }

  #say(nowMs: number): void {
    const asked = this.#toAsk(nowMs);
    const isAll = this.#epoch === null;
    const told = isAll ? new Map<MachineKey, string>() : this.#told;
    const names: [MachineKey, string][] = [];
    const gone: MachineKey[] = [];
    if (isAll || nowMs - this.#lookedMs >= OWN_MS) {
      this.#lookedMs = nowMs;
      const own = this.#options.own();
      for (const [key, name] of own)
        if (names.length < NAMES_MAX && told.get(key) !== name) names.push([key, name]);
      for (const key of told.keys()) if (gone.length < NAMES_MAX && !own.has(key)) gone.push(key);
    }
    const isBeat = nowMs - this.#sentMs >= BEAT_MS;
    if (!isAll && !isBeat && names.length + gone.length + asked.length === 0) return;
    this.#pending = { nonce: randomUUID(), isAll, names, gone, asked };
    this.#sentMs = nowMs;
    this.#options.send(this.#pending);
  }

  /** Those never asked for first. */
  #toAsk(nowMs: number): MachineKey[] {
    const [first, again]: [MachineKey[], MachineKey[]] = [[], []];
    for (const key of this.#options.unnamed()) {
      const answer = this.#answers.get(key);
      if (answer === undefined) first.push(key);
      else if (nowMs - answer.atMs >= (answer.found === null ? AGAIN_MS.none : AGAIN_MS.found))
        again.push(key);
      if (first.length >= ASKED_MAX) break;
    }
    return [...first, ...again].slice(0, ASKED_MAX);
  }

  #learn(asked: readonly MachineKey[], found: ReadonlyMap<MachineKey, NameFound>, nowMs: number): void {
    let isOther = false;
    for (const key of asked) {
      const before = this.#answers.get(key)?.found ?? null;
      const now = found.get(key) ?? null;
      this.#answers.delete(key);
      this.#answers.set(key, { found: now, atMs: nowMs });
      if (before?.name !== now?.name || before?.site !== now?.site) isOther = true;
    }
    // In the order in which they came: of a machine that is not here any more nothing is asked again.
    for (const [key, { found: one, atMs }] of this.#answers) {
      if (this.#answers.size <= ANSWERS_MAX && nowMs - atMs < KEPT_MS) break;
      this.#answers.delete(key);
      if (one !== null) isOther = true;
    }
    if (!isOther) return;
    const known = [...this.#answers].flatMap(([key, { found: one }]) =>
      one === null ? [] : [[key, one] as const],
    );
    this.#options.learnt(new Map(known));
  }
}
