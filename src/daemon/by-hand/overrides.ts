// What people allowed or blocked by hand: kept over restarts, ended at its time, in force through the same transaction as all else.
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import { kept } from '../../admin/route.ts';
import { messageOf } from '../../config/coded-error.ts';
import type { Config } from '../../config/config.ts';
import { writeWhole } from '../../config/disk/whole-file.ts';
import type { Loaded } from '../../config/load.ts';
import type { SteadyClock } from '../../config/steady-clock.ts';
import type { Looks } from '../machine/looks.ts';
import { type AddressesOf, type Override, withOverrides } from './override.ts';
import { storedOf } from './stored.ts';

/** More is a list's work. */
export const OVERRIDES_MAX = 1_000;
/** Machines change addresses, and clocks are set: looked at this often. */
const LOOK_MS = 5_000;
const ID_LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';
const ID_LENGTH = 5;

export interface OverridesParts {
  readonly clock: SteadyClock;
  /** Where they are kept: `events.dir`. */
  readonly dir: string;
  readonly log: Logger;
  readonly addressesOf: AddressesOf;
  /** The configuration in force. */
  readonly inForce: () => Config;
  /** Puts another into force. @throws Error when it was refused */
  readonly use: (config: Config) => Promise<void>;
}

export class Overrides {
  readonly #parts: OverridesParts;
  readonly #clock: SteadyClock;
  readonly #path: string;
  /** Their times are the steady clock's. */
  #all: readonly Override[];
  /** What was last given, and of what. */
  #given: { readonly config: Config; readonly of: Config } | null = null;
  #loaded: { readonly loaded: Loaded; readonly of: Loaded } | null = null;
  /** Configurations that were given, and what they were made of. */
  readonly #beneath = new WeakMap<Config, Config>();
  /** The clock's zero by the wall, as it was when they were written down; null: not by this start. */
  #keptAt: number | null = null;
  #endLooks = (): void => undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: OverridesParts) {
    this.#parts = parts;
    this.#clock = parts.clock;
    this.#path = join(parts.dir, 'overrides.json');
    this.#all = read(this.#path, parts.log)
      .map((one) => this.#resumed(one))
      .filter((one) => !this.#isOver(one));
  }

  get all(): readonly Override[] {
    return this.#present.map((one) => this.#byWall(one));
  }

  get #present(): readonly Override[] {
    return this.#all.filter((one) => !this.#isOver(one));
  }

  /** A configuration as it was read, with what was decided by hand. */
  over(config: Config): Config {
    const given = withOverrides(config, this.#present, this.#parts.addressesOf);
    const before = this.#given;
    // The same again is the same value: what was refused is known by it.
    if (before?.of === config && isDeepStrictEqual(before.config.lists, given.lists)) return before.config;
    this.#given = { config: given, of: config };
    if (given !== config) this.#beneath.set(given, config);
    return given;
  }

  overLoaded(loaded: Loaded): Loaded {
    if (loaded.config === null) return loaded;
    const config = this.over(loaded.config);
    if (this.#loaded?.of !== loaded || this.#loaded.loaded.config !== config)
      this.#loaded = { loaded: { ...loaded, config }, of: loaded };
    return this.#loaded.loaded;
  }

  /** Looks at once, since machines are known by now, and every few seconds. */
  async start(looks: Pick<Looks, 'every'>): Promise<void> {
    await this.look();
    this.#endLooks = looks.every(LOOK_MS, () => void this.look());
  }

  stop(): void {
    this.#endLooks();
  }

  /** @throws RouteError NOT_KEPT, or Error when it was refused: then nothing changed */
  add(asked: Omit<Override, 'id' | 'sinceMs'>): Promise<Override> {
    const wanted = this.#bySteady({ ...asked, id: '', sinceMs: this.#clock.wall(this.#clock.now()) });
    return this.#inTurn(async () => {
      if (this.#all.length >= OVERRIDES_MAX)
        throw new Error(`there are ${OVERRIDES_MAX} overrides; remove some, or make a list of them`);
      const override = { ...wanted, id: newId(this.#all) };
      const others = this.#all.filter((one) => !isSameScope(one, override));
      await this.#put([...others, override]);
      return this.#byWall(override);
    });
  }

  /** @returns null when there is none of that id @throws Error as `add` */
  remove(id: string): Promise<Override | null> {
    return this.#inTurn(async () => {
      const override = this.#all.find((one) => one.id === id);
      if (override === undefined) return null;
      await this.#put(this.#all.filter((one) => one !== override));
      return this.#byWall(override);
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** @throws Error when it was refused, or `keep` throws: then nothing changed */
  async #put(
    next: readonly Override[],
    keep: () => void = () => kept(this.#path, () => this.keep()),
  ): Promise<void> {
    const before = this.#all;
    this.#all = next;
    try {
      await this.#apply();
      keep();
    } catch (error) {
      this.#all = before;
      await this.#apply().catch(() => undefined);
      throw error;
    }
  }

  /** Writes them down, also where their folder was removed meanwhile. @throws Error when the disk does not take it */
  keep(): void {
    this.#keptAt = this.#clock.wall(0);
    const all = this.#all.map((one) => this.#byWall(one));
    writeWhole(this.#path, `${JSON.stringify(all, null, 1)}\n`);
  }

  /** One whose time is over ends on a full disk, too: the next start sees that by its time. */
  #keepEnded(): void {
    try {
      this.keep();
    } catch (error) {
      this.#parts.log.warn(
        { file: this.#path, error: messageOf(error) },
        'what ended of the overrides is out of force and cannot be written down; the next start leaves it out by its time',
      );
    }
  }

  /** Puts the configuration in force under what is decided by hand now. */
  #apply(): Promise<void> {
    return this.#parts.use(this.over(this.#beneathInForce));
  }

  get #beneathInForce(): Config {
    const config = this.#parts.inForce();
    return this.#beneath.get(config) ?? config;
  }

  /** Ends those whose time is over, and follows machines to other addresses; what was refused is tried at the next look. */
  async look(): Promise<void> {
    const present = this.#present;
    const wanted = withOverrides(this.#beneathInForce, present, this.#parts.addressesOf);
    const isSame = isDeepStrictEqual(wanted.lists, this.#parts.inForce().lists);
    const isSet = this.#keptAt !== null && this.#keptAt !== this.#clock.wall(0);
    if (isSame && !isSet && present.length === this.#all.length) return;
    await this.#inTurn(() => this.#put(this.#present, () => this.#keepEnded())).catch((error: unknown) => {
      this.#parts.log.error({ error: String(error) }, 'overrides could not be put into force; tried again');
    });
  }

  #isOver({ untilMs }: Override): boolean {
    return untilMs !== null && untilMs <= this.#clock.now();
  }

  /** As the wall clock has it now: for the disk, and for people. */
  #byWall(one: Override): Override {
    return this.#timed(one, (ms) => this.#clock.wall(ms));
  }

  #bySteady(one: Override): Override {
    return this.#timed(one, (ms) => this.#clock.ofWall(ms));
  }

  /** It was kept by the wall clock of then; where that of now is behind, what was decided for a while is in force no longer than that. */
  #resumed(stored: Override): Override {
    const clock = this.#clock;
    const one = this.#bySteady(stored);
    const sinceMs = Math.min(one.sinceMs, clock.now());
    if (one.untilMs === null) return { ...one, sinceMs };
    return { ...one, sinceMs, untilMs: Math.min(one.untilMs, clock.now() + one.untilMs - one.sinceMs) };
  }

  #timed(one: Override, at: (ms: number) => number): Override {
    return { ...one, sinceMs: at(one.sinceMs), untilMs: one.untilMs === null ? null : at(one.untilMs) };
  }
}

/** The later word counts: what was said before of the same name for the same machine or group is gone. */
function isSameScope(one: Override, other: Override): boolean {
  return (
    one.name === other.name && one.group === other.group && isDeepStrictEqual(one.machine, other.machine)
  );
}

function newId(all: readonly Override[]): string {
  for (;;) {
    const id = Array.from({ length: ID_LENGTH }, () => ID_LETTERS[randomInt(ID_LETTERS.length)]).join('');
    if (!all.some((one) => one.id === id)) return id;
  }
}

/** Unreadable is told and begun anew: what was decided by hand can be said again, and must not stop a start. */
function read(path: string, log: Logger): readonly Override[] {
  try {
    return storedOf(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!isMissing)
      log.error({ file: path, error: String(error) }, 'overrides cannot be read; none are in force');
    return [];
  }
}
