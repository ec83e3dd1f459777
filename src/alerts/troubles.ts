// What is wrong with cenote itself, from its begin to its end: told when it begins, again to receivers that forget, and when it is over.
//
// What had begun before a restart is told as over when it has not come again soon after.
import { type Clocks, SteadyClock } from '../config/steady-clock.ts';
import { counted } from '../config/values/grouped.ts';
import type { OutboxRow } from '../hits/store/outbox-table.ts';
import type { Delivery } from './delivery.ts';
import type { Trouble } from './receiver.ts';

export interface TroublesOptions extends Clocks {
  /** Monotonic, ms. */
  readonly monotonic: () => number;
  readonly delivery: () => Pick<Delivery, 'announce' | 'repeatMs'>;
}

interface Lasting {
  /** Its begin as the wall clock, as it is set now, calls it. */
  trouble: Trouble;
  /** Steady, ms. */
  readonly sinceMs: number;
  /** Monotonic, ms. */
  toldMs: number;
  /** Left by an earlier start, and not seen since: when it counts as over. */
  staleMs: number | null;
}

/** What is wrong shows within this after a start. */
const STALE_MS = 5 * 60_000;
const ROW = 't ';

export class Troubles {
  readonly #options: TroublesOptions;
  readonly #clock: SteadyClock;
  readonly #lasting = new Map<string, Lasting>();
  readonly #unsaved = new Map<string, OutboxRow>();

  constructor(options: TroublesOptions) {
    this.#options = options;
    this.#clock = new SteadyClock(options.now, options.steady);
  }

  /** Tells it, and again when it is another text. @param id of what is wrong, the same whenever it is */
  begin(id: string, text: string): void {
    const { monotonic, delivery } = this.#options;
    const known = this.#lasting.get(id);
    const isNew = known === undefined || (known.staleMs === null && known.trouble.text !== text);
    if (known !== undefined && known.staleMs === null && !isNew) return;
    const sinceMs = known?.sinceMs ?? this.#clock.now();
    const trouble = { id, text, since: this.#timeOf(sinceMs) };
    this.#lasting.set(id, { trouble, sinceMs, toldMs: monotonic(), staleMs: null });
    this.#note(id, trouble);
    // What an earlier start told already goes on.
    if (isNew) delivery().announce('trouble', trouble);
  }

  /** Those whose ids begin so that this start has told, and not their end. */
  toldOf(beginning: string): readonly string[] {
    return [...this.#lasting].flatMap(([id, { staleMs }]) =>
      staleMs === null && id.startsWith(beginning) ? [id] : [],
    );
  }

  end(id: string, text: string): void {
    const known = this.#lasting.get(id);
    if (known === undefined) return;
    this.#lasting.delete(id);
    this.#note(id, null);
    const since = this.#timeOf(known.sinceMs);
    this.#options.delivery().announce('recovered', { ...known.trouble, since, text });
  }

  /** Something that happened, and has no end. */
  once(id: string, text: string): void {
    const { now, delivery } = this.#options;
    delivery().announce('trouble', { id, text, since: isoOf(now()) });
  }

  tick(): void {
    const { monotonic, delivery } = this.#options;
    const { repeatMs } = delivery();
    for (const [id, lasting] of this.#lasting) {
      this.#date(id, lasting);
      if (lasting.staleMs !== null && monotonic() >= lasting.staleMs) {
        this.end(id, `no longer so since the last start: ${lasting.trouble.text}`);
        continue;
      }
      if (repeatMs === null || monotonic() - lasting.toldMs < repeatMs) continue;
      lasting.toldMs = monotonic();
      delivery().announce('trouble', lasting.trouble, 'forgetting');
    }
  }

  /** What an earlier start reported without its end. */
  restore(rows: readonly OutboxRow[]): void {
    const nowMs = this.#options.monotonic();
    for (const { id, body } of rows) {
      if (!id.startsWith(ROW) || body === null || this.#lasting.has(id.slice(ROW.length))) continue;
      const trouble: Trouble = JSON.parse(body);
      const sinceMs = this.#clock.ofWall(Date.parse(trouble.since));
      this.#lasting.set(trouble.id, { trouble, sinceMs, toldMs: nowMs, staleMs: nowMs + STALE_MS });
    }
  }

  unsaved(): readonly OutboxRow[] {
    return [...this.#unsaved.values()];
  }

  /** What began or is over since `saved` was last called. */
  changed(): readonly {
    readonly id: string;
    readonly trouble: Trouble & { readonly state: 'begun' | 'over' };
  }[] {
    return [...this.#unsaved.keys()].map((row) => {
      const id = row.slice(ROW.length);
      const lasting = this.#lasting.get(id)?.trouble;
      const trouble = lasting ?? { id, text: '', since: isoOf(this.#options.now()) };
      return { id, trouble: { ...trouble, state: lasting === undefined ? 'over' : 'begun' } };
    });
  }

  get hasUnsaved(): boolean {
    return this.#unsaved.size > 0;
  }

  saved(): void {
    this.#unsaved.clear();
  }

  /** The clock was set since: it began as long ago as before. */
  #date(id: string, lasting: Lasting): void {
    const since = this.#timeOf(lasting.sinceMs);
    if (since === lasting.trouble.since) return;
    lasting.trouble = { ...lasting.trouble, since };
    this.#note(id, lasting.trouble);
  }

  #timeOf(steadyMs: number): string {
    return isoOf(this.#clock.wall(steadyMs));
  }

  #note(id: string, trouble: Trouble | null): void {
    const row = ROW + id;
    this.#unsaved.set(row, {
      id: row,
      receiver: '',
      body: trouble === null ? null : JSON.stringify(trouble),
    });
  }
}

/** No more of it for so long: it is over. */
const CROWD_OVER_MS = 10 * 60_000;
const CROWDS = {
  /** An incident ended for want of room before receivers were notified of it. */
  untold: {
    id: 'crowd',
    begins:
      'more machines ask for listed names than can be followed at once, and receivers are not told of each: source addresses may be forged; `cenote incidents` shows all',
    ends: (incidents: number) =>
      `machines are followed again; receivers were told nothing of ${counted(incidents, 'incident')}`,
  },
  /** A hit opened no incident, since too many wait for the store. */
  unopened: {
    id: 'crowd-unstored',
    begins:
      'more incidents wait for the store than there is room for, as where it cannot be written for long: machines that ask for listed names only now get no incident; their hits are in the hit log',
    ends: (hits: number) =>
      `incidents are opened again; ${counted(hits, 'hit')} opened none, and ${hits === 1 ? 'is' : 'are'} in the hit log`,
  },
} as const;
type CrowdKind = keyof typeof CROWDS;

interface CrowdOptions extends Pick<TroublesOptions, 'monotonic'> {
  readonly troubles: Troubles;
}

/** More machines ask at once than can be followed and reported one by one, as where source addresses are forged. */
export class Crowd {
  readonly #options: CrowdOptions;
  readonly #going = new Map<CrowdKind, { count: number; lastMs: number }>();

  constructor(options: CrowdOptions) {
    this.#options = options;
  }

  note(kind: CrowdKind, count = 1): void {
    const before = this.#going.get(kind)?.count ?? 0;
    this.#going.set(kind, { count: before + count, lastMs: this.#options.monotonic() });
    this.#options.troubles.begin(CROWDS[kind].id, CROWDS[kind].begins);
  }

  /** Call a few times a second. */
  tick(): void {
    for (const [kind, { count, lastMs }] of this.#going) {
      if (this.#options.monotonic() - lastMs < CROWD_OVER_MS) continue;
      this.#options.troubles.end(CROWDS[kind].id, CROWDS[kind].ends(count));
      this.#going.delete(kind);
    }
  }
}

const isoOf = (timeMs: number): string => new Date(timeMs).toISOString();
