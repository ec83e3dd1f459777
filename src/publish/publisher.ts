// Zones and list files follow the rules in force: made anew when these change, one after the other, the latest rules only.
import { join } from 'node:path';
import { messageOf } from '../config/coded-error.ts';
import type { ServeConfig } from '../config/meant/serve.ts';
import { nextExpiryMs } from '../policy/expiry.ts';
import { type Built, buildContent } from './build.ts';
import { writeList } from './list-files.ts';
import type { FromPublisher, PublishSettings, PublishState, ServedListState } from './messages.ts';
import { Selected } from './selected.ts';
import { ZoneKeeper } from './zone-keeper.ts';
import { ZoneServer } from './zone-server.ts';

/** States are told at most this often. */
const STATE_MS = 100;
/** How often it is looked whether an entry's time is over; after that what is served is made anew. */
const ENDS_MS = { least: 60_000, most: 3_600_000 } as const;

export interface PublisherParts {
  /** Folder of what is kept. */
  readonly dir: string;
  readonly send: (message: FromPublisher) => void;
  /** Wall clock, ms. */
  readonly now: () => number;
  readonly random16: () => number;
}

export class Publisher {
  readonly server: ZoneServer;
  readonly #parts: PublisherParts;
  readonly #abort = new AbortController();
  #next: { readonly number: number; readonly settings: PublishSettings } | null = null;
  #isWorking = false;
  #lists: readonly ServedListState[] = [];
  #stateTimer: NodeJS.Timeout | null = null;
  #endTimer: NodeJS.Timeout | null = null;

  constructor(parts: PublisherParts) {
    this.#parts = parts;
    this.server = new ZoneServer({
      now: parts.now,
      random16: parts.random16,
      log: (level, message) => parts.send({ kind: 'log', level, message }),
      changed: () => this.#changed(),
    });
  }

  /** @param number told back once nothing of earlier rules is read any more */
  use(number: number, settings: PublishSettings): void {
    this.#next = { number, settings };
    if (!this.#isWorking) void this.#work();
  }

  stop(): void {
    this.#abort.abort(new Error('cenote is stopping'));
    if (this.#stateTimer !== null) clearTimeout(this.#stateTimer);
    if (this.#endTimer !== null) clearTimeout(this.#endTimer);
    this.server.close();
  }

  get state(): PublishState {
    return { zones: this.server.states(), lists: this.#lists };
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    while (this.#next !== null && !this.#abort.signal.aborted) {
      const { number, settings } = this.#next;
      this.#next = null;
      if (this.#endTimer !== null) clearTimeout(this.#endTimer);
      this.#parts.send({ kind: 'turned', number });
      const nextMs = nextExpiryMs(settings.ruleSet, this.#parts.now());
      try {
        await this.#publish(settings);
        this.#awaitEnd(number, settings, nextMs);
      } catch (error) {
        if (this.#abort.signal.aborted) break;
        const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
        this.#parts.send({
          kind: 'log',
          level: 'error',
          message: `what is served could not be made: ${why}`,
        });
      }
    }
    this.#isWorking = false;
  }

  async #publish({ serve, ruleSet }: PublishSettings): Promise<void> {
    await this.#openZones(serve);
    /** Those that differ in the zone's name alone are the same names, but for those that are too long. */
    const selections = new Map<string, Selected>();
    const selectedOf = (lists: readonly string[]): Selected => {
      const key = JSON.stringify(lists);
      const known = selections.get(key) ?? new Selected(ruleSet, lists, this.#parts.now());
      selections.set(key, known);
      return known;
    };
    const { signal } = this.#abort;
    const build = (lists: readonly string[], apexOctets: number): Promise<Built> =>
      buildContent(selectedOf(lists), { apexOctets, signal });
    for (const config of serve.zones) {
      const keeper = this.server.keeperOf(config);
      try {
        const isNew = await keeper?.update(await build(config.lists, config.apex.length));
        this.server.tell(config, isNew === true);
      } catch (error) {
        if (keeper !== null) keeper.error = this.#failure(`zone ${config.name}`, error);
      }
    }
    const states: ServedListState[] = [];
    for (const list of serve.lists)
      try {
        const { content } = await build(list.lists, 1);
        states.push(await writeList(join(this.#parts.dir, 'lists'), list, content, this.#parts.now));
      } catch (error) {
        const before = this.#lists.find(({ name }) => name === list.name);
        const why = this.#failure(`list ${list.name}`, error);
        states.push({ name: list.name, formats: before?.formats ?? [], error: why });
      }
    this.#lists = states;
    this.#changed();
  }

  /**
   * Makes all anew once another entry is the next to end: that one's time is over, or the clock was set. Until then the same rules
   * are read.
   */
  #awaitEnd(number: number, settings: PublishSettings, nextMs: number): void {
    if (nextMs === Number.POSITIVE_INFINITY) return;
    const waitMs = Math.min(Math.max(nextMs - this.#parts.now(), ENDS_MS.least), ENDS_MS.most);
    this.#endTimer = setTimeout(() => {
      const isSame = nextExpiryMs(settings.ruleSet, this.#parts.now()) === nextMs;
      if (isSame) this.#awaitEnd(number, settings, nextMs);
      else this.use(number, settings);
    }, waitMs).unref();
  }

  /** One that cannot be made keeps no other from its names. @returns why @throws when all is to stop */
  #failure(what: string, error: unknown): string {
    this.#abort.signal.throwIfAborted();
    const why = `it could not be made anew: ${messageOf(error)}`;
    this.#parts.send({ kind: 'log', level: 'error', message: `served ${what}: ${why}` });
    return why;
  }

  /** Zones that are kept from before answer at once, with what they were. */
  async #openZones({ zones }: ServeConfig): Promise<void> {
    const keepers: ZoneKeeper[] = [];
    for (const config of zones) {
      const known = this.server.keeperOf(config);
      if (known !== null) known.config = config;
      keepers.push(known ?? (await ZoneKeeper.open(join(this.#parts.dir, 'zones'), config, this.#parts.now)));
    }
    this.server.use(keepers);
    this.#changed();
  }

  #changed(): void {
    this.#stateTimer ??= setTimeout(() => {
      this.#stateTimer = null;
      this.#parts.send({ kind: 'state', state: this.state });
    }, STATE_MS);
  }
}
