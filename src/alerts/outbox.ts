// What is still to be told, as rows that the store keeps in the transaction of the hits: notices, gatherings, and the names of the
// receivers they wait for, so that one whose name changes inherits.
import type { Waiting } from '../hits/incidents/unsaved-incidents.ts';
import type { OutboxRow } from '../hits/store/outbox-table.ts';
import { beginGathering, type Gathering } from './gathering.ts';
import { heirsOf } from './heirs.ts';
import type { Notice } from './receiver.ts';

const NAMES_ID = 'receivers';
/** Name → what incidents call it that note what it was told: its first name, whatever it is called since. */
const KEYS_ID = 'receivers told as';
/** Name → what it was called before, as releases noted it of which each name was a key. */
const FORMERLY_ID = 'receivers before';
const OWN_IDS: readonly string[] = [NAMES_ID, KEYS_ID, FORMERLY_ID];
const NOBODY = '';

interface ForReceiver {
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
  /** Of the unsaved, those that the store has no row of: once they go, nothing of them is to be saved. */
  readonly #fresh = new Set<string>();
  /** Gatherings whose row is among the unsaved. */
  readonly #noted = new Set<Gathering>();
  /** Gatherings that had a row at some time. */
  readonly #known = new Set<Gathering>();
  #formerly: ReadonlyMap<string, readonly string[]> = new Map();
  #keys: ReadonlyMap<string, string> = new Map();

  /** @param names of the receivers, in the order of the configuration */
  constructor(names: readonly string[]) {
    this.#names = names;
    this.#set(this.#namesRow());
  }

  /** By what incidents note what a receiver is told. */
  keyOf(receiver: string): string {
    return this.#keys.get(receiver) ?? receiver;
  }

  /** By what they may have noted it, that first. */
  keysOf(receiver: string): readonly string[] {
    return [this.keyOf(receiver), ...(this.#formerly.get(receiver) ?? [])];
  }

  /** Everything, for a delivery that takes over. */
  rows(waiting: readonly ForReceiver[]): OutboxRow[] {
    return [
      this.#namesRow(),
      this.#formerlyRow(),
      this.#keysRow(),
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
    this.#inheritKeys(rows, heirs);
    for (const row of rows) {
      if (OWN_IDS.includes(row.id)) continue;
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

  /** What is gathered is no news; a notice is sent when it is stored. */
  get waiting(): Waiting {
    return { rows: this.#unsaved.size, isNews: this.#unsaved.size > this.#noted.size };
  }

  saved(): void {
    this.#noted.clear();
    this.#fresh.clear();
    this.#unsaved.clear();
  }

  noteNotice(receiver: string, notice: Notice): void {
    this.#begin(noticeRow(receiver, notice));
  }

  removeNotice(receiver: string, { id }: Notice): void {
    this.#end(`n ${id}`, receiver);
  }

  noteGathering(receiver: string, gathering: Gathering): void {
    if (this.#noted.has(gathering)) return;
    this.#noted.add(gathering);
    const row = gatheringRow(receiver, gathering);
    if (this.#known.has(gathering)) this.#set(row);
    else this.#begin(row);
    this.#known.add(gathering);
  }

  removeGathering(receiver: string, gathering: Gathering): void {
    this.#noted.delete(gathering);
    this.#known.delete(gathering);
    this.#end(gatheringId(receiver, gathering), receiver);
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
      this.#known.add(gathering);
      gatherings.push({ receiver, gathering });
      if (!isRenamed) return;
      this.#set({ ...row, body: null });
      this.#set(gatheringRow(receiver, gathering));
    }
  }

  #inheritKeys(rows: readonly OutboxRow[], heirs: ReadonlyMap<string, string>): void {
    const [keysBefore, namesBefore] = [KEYS_ID, FORMERLY_ID].map((own) => {
      const kept = rows.findLast(({ id, body }) => id === own && body !== null);
      return kept?.body ?? '{}';
    }) as [string, string];
    const keys = new Map<string, string>(Object.entries(JSON.parse(keysBefore)));
    const formerly = new Map<string, readonly string[]>(Object.entries(JSON.parse(namesBefore)));
    this.#formerly = new Map(
      [...heirs].flatMap(([old, name]) => {
        const names = formerly.get(old);
        return names === undefined ? [] : [[name, names] as const];
      }),
    );
    const now = new Map([...heirs].map(([old, name]) => [name, keys.get(old) ?? old] as const));
    // A name that was another's is none of a newcomer's.
    const taken = new Set([...now.values(), ...[...this.#formerly.values()].flat()]);
    for (const name of this.#names) {
      if (now.has(name)) continue;
      let key = name;
      for (let number = 2; taken.has(key); number += 1) key = `${name} ~${number}`;
      taken.add(key);
      now.set(name, key);
    }
    this.#keys = new Map([...now].filter(([name, key]) => name !== key));
    for (const [row, before] of [
      [this.#keysRow(), keysBefore],
      [this.#formerlyRow(), namesBefore],
    ] as const)
      if (row.body !== before) this.#set(row);
  }

  #keysRow(): OutboxRow {
    return { id: KEYS_ID, receiver: NOBODY, body: JSON.stringify(Object.fromEntries(this.#keys)) };
  }

  #formerlyRow(): OutboxRow {
    return { id: FORMERLY_ID, receiver: NOBODY, body: JSON.stringify(Object.fromEntries(this.#formerly)) };
  }

  #namesRow(): OutboxRow {
    return { id: NAMES_ID, receiver: NOBODY, body: JSON.stringify(this.#names) };
  }

  /** A row that was not there before, unless what removes one of its name is not saved yet. */
  #begin(row: OutboxRow): void {
    if (!this.#unsaved.has(row.id)) this.#fresh.add(row.id);
    this.#set(row);
  }

  /** However long nothing is saved, what came and went meanwhile leaves nothing here. */
  #end(id: string, receiver: string): void {
    if (this.#fresh.delete(id)) this.#unsaved.delete(id);
    else this.#set({ id, receiver, body: null });
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
