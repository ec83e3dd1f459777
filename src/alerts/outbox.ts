// What is still to be told, as rows that the store keeps in the transaction of the hits: notices, gatherings, and the names of the
// receivers they wait for, so that one whose name changes inherits.
import type { OutboxRow } from '../hits/store/outbox-table.ts';
import { beginGathering, type Gathering } from './gathering.ts';
import { heirsOf } from './heirs.ts';
import type { Notice } from './receiver.ts';

const NAMES_ID = 'receivers';
/** Name → what it was called before, the latest first. */
const FORMERLY_ID = 'receivers before';
const FORMERLY_MAX = 8;
const NOBODY = '';

interface Waiting {
  readonly receiver: string;
  readonly notices: readonly Notice[];
  readonly gatherings: readonly Gathering[];
}

export interface Restored {
  readonly notices: { readonly receiver: string; readonly notice: Notice }[];
  readonly gatherings: { readonly receiver: string; readonly gathering: Gathering }[];
  /** Receiver without an heir → what waited for it. */
  readonly dropped: Map<string, number>;
}

/** What notices of earlier releases did not have. */
const NOTICE_DEFAULTS = { found: [], furtherFound: 0, trouble: null, link: null, expires: null } as const;

export class Outbox {
  readonly #names: readonly string[];
  readonly #unsaved = new Map<string, OutboxRow>();
  /** Gatherings whose row is among the unsaved. */
  readonly #noted = new Set<Gathering>();
  #formerly: ReadonlyMap<string, readonly string[]> = new Map();

  /** @param names of the receivers, in the order of the configuration */
  constructor(names: readonly string[]) {
    this.#names = names;
    this.#set(this.#namesRow());
  }

  /** What a receiver is called, and was: incidents note by name what it was told. */
  namesOf(receiver: string): readonly string[] {
    return [receiver, ...(this.#formerly.get(receiver) ?? [])];
  }

  /** Everything, for a delivery that takes over. */
  rows(waiting: readonly Waiting[]): OutboxRow[] {
    return [
      this.#namesRow(),
      this.#formerlyRow(),
      ...waiting.flatMap(({ receiver, notices, gatherings }) => [
        ...notices.map((notice) => noticeRow(receiver, notice)),
        ...gatherings.map((gathering) => gatheringRow(receiver, gathering)),
      ]),
    ];
  }

  /** @param state whether the store has these rows */
  restore(rows: readonly OutboxRow[], state: 'saved' | 'unsaved'): Restored {
    const heirs = heirsOf(namesIn(rows), this.#names);
    const restored: Restored = { notices: [], gatherings: [], dropped: new Map() };
    this.#inheritNames(rows, heirs);
    for (const row of rows) {
      if (row.id === NAMES_ID || row.id === FORMERLY_ID) continue;
      if (state === 'unsaved') this.#set(row);
      if (row.body === null || row.receiver === NOBODY) continue;
      const receiver = heirs.get(row.receiver);
      if (receiver === undefined) {
        this.#set({ ...row, body: null });
        restored.dropped.set(
          row.receiver,
          (restored.dropped.get(row.receiver) ?? 0) + (isWaiting(row) ? 1 : 0),
        );
      } else this.#inherit(row, row.body, receiver, restored);
    }
    return restored;
  }

  unsaved(): readonly OutboxRow[] {
    return [...this.#unsaved.values()];
  }

  get hasUnsaved(): boolean {
    return this.#unsaved.size > 0;
  }

  saved(): void {
    this.#noted.clear();
    this.#unsaved.clear();
  }

  noteNotice(receiver: string, notice: Notice): void {
    this.#set(noticeRow(receiver, notice));
  }

  removeNotice(receiver: string, { id }: Notice): void {
    this.#set({ id: `n ${id}`, receiver, body: null });
  }

  noteGathering(receiver: string, gathering: Gathering): void {
    if (this.#noted.has(gathering)) return;
    this.#noted.add(gathering);
    this.#set(gatheringRow(receiver, gathering));
  }

  removeGathering(receiver: string, gathering: Gathering): void {
    this.#noted.delete(gathering);
    this.#set({ id: gatheringId(receiver, gathering), receiver, body: null });
  }

  #inherit(row: OutboxRow, body: string, receiver: string, { notices, gatherings }: Restored): void {
    const isRenamed = receiver !== row.receiver;
    if (row.id.startsWith('n ')) {
      const notice: Notice = { ...NOTICE_DEFAULTS, ...JSON.parse(body) };
      notices.push({ receiver, notice });
      if (isRenamed) this.#set(noticeRow(receiver, notice));
    } else if (row.id.startsWith('g ')) {
      const kept = JSON.parse(body) as Gathering;
      const gathering = { ...beginGathering(kept.incident, kept.sealed), ...kept };
      gatherings.push({ receiver, gathering });
      if (!isRenamed) return;
      this.#set({ ...row, body: null });
      this.#set(gatheringRow(receiver, gathering));
    }
  }

  #inheritNames(rows: readonly OutboxRow[], heirs: ReadonlyMap<string, string>): void {
    const kept = rows.findLast(({ id, body }) => id === FORMERLY_ID && body !== null);
    const before = new Map<string, readonly string[]>(Object.entries(JSON.parse(kept?.body ?? '{}')));
    const now = [...heirs].map(([old, name]): [string, readonly string[]] => {
      const names = before.get(old) ?? [];
      return [
        name,
        old === name ? names : [old, ...names.filter((one) => one !== name)].slice(0, FORMERLY_MAX),
      ];
    });
    this.#formerly = new Map(now.filter(([, names]) => names.length > 0));
    const row = this.#formerlyRow();
    if (row.body !== (kept?.body ?? '{}')) this.#set(row);
  }

  #formerlyRow(): OutboxRow {
    return { id: FORMERLY_ID, receiver: NOBODY, body: JSON.stringify(Object.fromEntries(this.#formerly)) };
  }

  #namesRow(): OutboxRow {
    return { id: NAMES_ID, receiver: NOBODY, body: JSON.stringify(this.#names) };
  }

  #set(row: OutboxRow): void {
    this.#unsaved.set(row.id, row);
  }
}

/** The receivers of the configuration before; without the row that says it, those that something waits for. */
function namesIn(rows: readonly OutboxRow[]): readonly string[] {
  const kept = rows.findLast(({ id, body }) => id === NAMES_ID && body !== null);
  if (kept?.body != null) return JSON.parse(kept.body) as string[];
  return [...new Set(rows.map(({ receiver }) => receiver))].filter((name) => name !== NOBODY);
}

/** A gathering that has nothing to tell yet does not count as waiting. */
function isWaiting({ id, body }: OutboxRow): boolean {
  return !id.startsWith('g ') || (JSON.parse(body ?? '{}') as Partial<Gathering>).dueMs != null;
}

const gatheringId = (receiver: string, { incident }: Gathering): string => `g ${incident} ${receiver}`;

const noticeRow = (receiver: string, notice: Notice): OutboxRow => ({
  id: `n ${notice.id}`,
  receiver,
  body: JSON.stringify(notice),
});

function gatheringRow(receiver: string, gathering: Gathering): OutboxRow {
  return {
    id: gatheringId(receiver, gathering),
    receiver,
    // Turned into JSON once a transaction, not with every hit: when the row is asked for.
    get body() {
      return JSON.stringify(gathering);
    },
  };
}
