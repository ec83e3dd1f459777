// One office, played day by day: what people, machines, attackers and admins do, and what is asked of cenote in between.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { IncidentSummary } from '../../src/hits/incidents/summary.ts';
import { TRANSPORT } from '../../src/wire/message/query.ts';
import { textToAddress } from '../../src/wire/names/address.ts';
import { type FakeClock, fakeClock } from '../support/clock.ts';
import { wireMessage, wireOpt } from '../support/wire-message.ts';
import { Api } from './cenote/api.ts';
import { Cenote, type InForce } from './cenote/cenote.ts';
import { HitLines } from './cenote/hit-lines.ts';
import { Receivers } from './cenote/receivers.ts';
import { checkpoint } from './compare/checkpoint.ts';
import { compareEnd } from './compare/ends.ts';
import { compareFind } from './compare/finds.ts';
import { Report } from './compare/report.ts';
import { Random } from './random.ts';
import type { Way } from './truth/asking.ts';
import { Ledger } from './truth/ledger.ts';
import { witnessed } from './truth/witnessed.ts';
import { Admin } from './world/admin.ts';
import { BOX, FRONT, type Named, throughBox } from './world/box.ts';
import { DAY_MS, type Happening, planDay } from './world/day.ts';
import { answerTo, type Names, namesOf, TYPES, type TypeName } from './world/names.ts';
import { type Machine, Network } from './world/network.ts';
import { configFor, rulesFor } from './world/rules.ts';

export interface Play {
  readonly seed: number;
  readonly days: number;
  /** Told of what happens, for a story to read. */
  readonly say?: (text: string) => void;
}

/** When an office opens, and where: most have no summer time, some are about to have it, or to have had it. */
const CALENDARS = [
  { zone: 'Europe/Berlin', openedMs: Date.UTC(2026, 9, 22) },
  { zone: 'America/New_York', openedMs: Date.UTC(2027, 2, 11) },
  { zone: 'Australia/Lord_Howe', openedMs: Date.UTC(2027, 3, 1) },
] as const;
const USUAL = { zone: 'UTC', openedMs: Date.UTC(2026, 10, 23) } as const;
/** Where there is one: what is synchronous on a disk waits for it. */
const MEMORY_DIR = '/dev/shm';
const CHECK_DAYS = 5;
const HABITS = 0x6a09e667;
const WHIMS = 0xbb67ae85;
const BOXES = 0x3c6ef372;
const TURNS = 0xa54ff53a;
const KEEPS = 0x510e527f;
const SHARES = 0x1f83d9ab;
/** Whole days are what is removed. */
const REMOVED_MS = 2 * DAY_MS;
/** Long enough for what threads hold, and for every round of a search, to be through. */
const ROUNDS_MS = [3000, 4000, 16_000, 6000];
/** Threads hold queries for two seconds, and the desk writes what it gathers after five. */
const SOON_MS = [2200, 6000];
const IDLE_MS = 1_800_000;
const NOBODY: ReadonlyMap<string, string> = new Map();

export class OfficeDays {
  readonly random: Random;
  /** Chance for what came to the repertoire later: a seed goes on being the same office. */
  readonly habits: Random;
  /** The same for what came later still. */
  readonly whims: Random;
  /** Of the box that some offices have in front. */
  readonly boxes: Random;
  /** Of what a list, an entry, a group or an address becomes in the middle of an incident. */
  readonly turns: Random;
  /** Of what incidents keep. */
  readonly keeps: Random;
  /** Of addresses that many have, or ask from. */
  readonly shares: Random;
  /** Machines ask through a box that says their MACs and addresses: the kernel knows nobody but the box. */
  readonly isBehindBox: boolean;
  readonly report = new Report();
  readonly ledger = new Ledger();
  readonly network: Network;
  readonly names: Names;
  readonly admin: Admin;
  readonly wall: FakeClock;
  readonly receivers: Receivers;
  readonly api: Api;
  readonly workers: number;
  /** Whether the admin has the history kept under pseudonyms now and then. */
  readonly isPrivate: boolean;
  /** It was started while the history is kept under pseudonyms: nothing of machines is kept beside those. */
  hasForgotten = false;
  /** Ids of incidents that are, or were, several in one. */
  readonly merged = new Set<string>();
  readonly monotonic: FakeClock = fakeClock(0);
  readonly dir: string;
  readonly #lines: HitLines;
  readonly #say: (text: string) => void;
  cenote: Cenote;
  #revision = 1;
  #noticesTold = 0;
  #turnedMs = 0;
  /** When the store took something last, while it is locked. */
  #storedMs = Number.POSITIVE_INFINITY;
  #isAsked = false;
  #startedMs = 0;
  #changedMs = 0;
  /** Incidents that were open at the last look. */
  #open = new Set<string>();
  /** When each was first seen open. */
  readonly #openSince = new Map<string, number>();
  /** Incidents whose machine has been called by a name, and since when, by the clock that cannot jump. */
  readonly #named = new Map<string, number>();
  /** When cenote did not run, by the wall clock. */
  readonly downs: { readonly fromMs: number; readonly toMs: number; readonly unstoredMs: number }[] = [];
  readonly openedMs: number;
  /** Whether somebody sets the clock here now and then. */
  readonly isJumpy: boolean;
  hasJumped = false;
  /** Incident → when somebody has seen it, by the wall clock. */
  readonly acknowledged = new Map<string, number>();
  /** Names that are hunted for at the next look. */
  readonly toHunt: string[] = [];
  /** What goes on beyond the day it began. */
  readonly later: Happening[] = [];
  #locker: DatabaseSync | null = null;
  /** What the counters of the daemon that runs now must say: by transport, and in all. */
  asked = { udp: 0, tcp: 0, https: 0, replies: 0 };

  constructor({ seed, say = () => undefined }: Play) {
    this.random = new Random(seed);
    this.habits = new Random(seed ^ HABITS);
    this.whims = new Random(seed ^ WHIMS);
    this.boxes = new Random(seed ^ BOXES);
    this.turns = new Random(seed ^ TURNS);
    this.keeps = new Random(seed ^ KEEPS);
    this.shares = new Random(seed ^ SHARES);
    const { zone, openedMs } = this.turns.chance(0.2) ? this.turns.pick(CALENDARS) : USUAL;
    // Local time of all of the process: offices are played one after the other.
    process.env['TZ'] = zone;
    this.openedMs = openedMs;
    this.wall = fakeClock(openedMs);
    this.receivers = new Receivers(this.wall.now);
    this.isBehindBox = this.boxes.chance(0.3);
    this.workers = this.habits.pick([1, 1, 2, 3]);
    this.isPrivate = this.habits.chance(0.3);
    this.isJumpy = this.random.chance(0.2);
    this.#say = say;
    this.dir = mkdtempSync(join(existsSync(MEMORY_DIR) ? MEMORY_DIR : tmpdir(), 'cenote-witness-'));
    this.network = new Network(this.random, this.random.from(3, 7));
    this.names = namesOf(this.random);
    this.admin = new Admin(this.random, this.habits, this.names, this.network);
    this.#lines = new HitLines(this.dir);
    this.cenote = this.#start();
    this.api = new Api(() => this.cenote, this.wall.now);
  }

  get atMs(): number {
    return this.monotonic.now();
  }

  async play(days: number): Promise<void> {
    for (let day = 0; day < days; day += 1) {
      this.report.turnTo(day);
      this.#growOld();
      const endMs = (day + 1) * DAY_MS;
      for (const { atMs, act, text } of planDay(this, day * DAY_MS)) {
        await this.waitUntil(atMs);
        if (text !== null) this.tell(text);
        await act();
      }
      await this.waitUntil(endMs);
      if ((day + 1) % CHECK_DAYS === 0 || day + 1 === days) await this.check();
    }
  }

  tell(text: string): void {
    this.#say(`${new Date(this.wall.now()).toISOString()} ${text}`);
  }

  /** Time passes, and cenote's threads turn: soon after something was asked, else now and then. */
  async waitUntil(atMs: number): Promise<void> {
    for (const ms of this.#isAsked ? SOON_MS : []) {
      if (this.atMs + ms >= atMs) break;
      this.#advance(ms);
      await this.turn();
      this.#isAsked = false;
    }
    while (this.atMs < atMs) {
      this.#advance(Math.min(IDLE_MS, atMs - this.atMs));
      if (this.atMs < atMs) await this.turn();
    }
  }

  /** A moment passes in which no thread turns. */
  pass(ms: number): void {
    this.#advance(ms);
  }

  #advance(ms: number): void {
    this.wall.advance(ms);
    this.monotonic.advance(ms);
  }

  async turn(): Promise<void> {
    this.#turnedMs = this.atMs;
    await this.cenote.turn();
    this.#lookAtEnds();
    this.#readLines();
    for (const { place, notice } of this.receivers.accepted.slice(this.#noticesTold))
      this.tell(
        `told: receiver ${place}: ${notice.kind} of ${notice.incident?.id}, ${notice.time}: ${notice.text}`,
      );
    this.#noticesTold = this.receivers.accepted.length;
  }

  #lookAtEnds(): void {
    const { registry } = this.cenote.desk;
    const open = new Set([...registry.open].map(({ id }) => id));
    const { office } = this.admin;
    const present = {
      office,
      names: this.names,
      atMs: this.atMs,
      wallMs: this.wall.now(),
      startedMs: this.#startedMs,
      changedMs: this.#changedMs,
      hasJumped: this.hasJumped,
      downs: this.downs,
    };
    for (const id of this.#open) {
      const ended = open.has(id) ? null : this.cenote.desk.incident(id);
      if (ended === null || ended.state !== 'closed') continue;
      this.tell(
        `told: incident ${id} (${ended.campaign ?? ended.list}) of ${ended.machine} is over: ${ended.end}`,
      );
      compareEnd(ended, this.#openSince.get(id) ?? 0, this.ledger, this.report, present);
    }
    for (const id of open) if (!this.#openSince.has(id)) this.#openSince.set(id, this.atMs);
    for (const { id, client } of registry.open) {
      const isKept = client.name !== null || !this.#named.has(id);
      this.report.hold('incident', isKept, () => `incident ${id}: its machine has no name any more`);
      if (client.name !== null && !this.#named.has(id)) this.#named.set(id, this.atMs);
    }
    this.#open = open;
  }

  /** What is kept no longer may be gone, and be there still for a while. */
  #growOld(): void {
    const { historyDays, hitsDays } = this.admin.office;
    const nowMs = this.wall.now() + REMOVED_MS;
    for (const asking of this.ledger.askings) {
      if (asking.wallMs >= nowMs - historyDays * DAY_MS) continue;
      asking.isVolatile = true;
      if (asking.wallMs < nowMs - hitsDays * DAY_MS) asking.isPast = true;
    }
  }

  /** All that was asked is in the history, and every search has ended. */
  async settle(): Promise<void> {
    this.cenote.flush();
    await this.turn();
    for (const ms of ROUNDS_MS) {
      this.pass(ms);
      this.cenote.flush();
      await this.turn();
      await this.turn();
    }
  }

  /** @param named whom the query says it is for, though nobody has declared that its machine may say so: it is that machine's */
  ask(
    machine: Machine,
    ip: string,
    name: string,
    type: TypeName,
    transport: Way = 'udp',
    named: Named | null = null,
  ): void {
    // As it does a few times a second.
    this.cenote.tick();
    const asked = { name, type: TYPES[type] };
    const said = this.isBehindBox ? { machine, ip } : named;
    const message =
      said !== null
        ? throughBox(asked, said.machine, said.ip)
        : wireMessage({ ...asked, additional: [wireOpt()] });
    const worker = this.workers === 1 ? 0 : this.habits.from(0, this.workers - 1);
    const reply = this.cenote.ask(
      message,
      textToAddress(this.isBehindBox ? BOX : ip) ?? new Uint8Array(16),
      TRANSPORT[transport],
      worker,
      transport === 'https' ? textToAddress(FRONT) : null,
    );
    // The main thread looks at what the box said of a machine a little later, mostly before the next query.
    if (this.boxes.chance(0.7)) this.cenote.hearOfMachines();
    this.asked[transport] += 1;
    if (reply !== null) this.asked.replies += 1;
    const asking = witnessed(
      { machine, ip, name, type, transport, worker, reply, atMs: this.atMs, wallMs: this.wall.now() },
      { office: this.admin.office, names: this.names, number: this.ledger.askings.length },
      this.report,
    );
    this.ledger.add(asking);
    this.#isAsked = true;
    this.tell(`${machine.mac} (${ip}) asks ${name} ${type}: ${asking.got}, ${asking.standing}`);
  }

  /** The network is another; cenote sees it a moment later. */
  lookAround(): void {
    this.cenote.lookAround(this.network.leaseFile(this.wall.now() + 30 * DAY_MS));
  }

  /** From now on the history is kept under pseudonyms, or no more: what was asked before is in it as it was then. */
  async anonymise(): Promise<void> {
    this.cenote.flush();
    await this.turn();
    this.tell(this.admin.anonymise().text);
    this.use();
  }

  /** The admin's changes take effect. */
  use(): void {
    this.#revision += 1;
    this.#changedMs = this.atMs;
    this.#isAsked = true;
    this.cenote.use(this.#inForce(), this.random.chance(0.5) ? 'desk' : 'resolver');
  }

  async restart(): Promise<void> {
    this.unlock();
    await this.cenote.stop();
    this.#readLines();
    const deeds = this.random.chance(0.3) ? 2 : 0;
    for (let i = deeds; i > 0; i -= 1) this.tell(this.admin.quietDeed().text);
    // Of two titles that change at once nobody can say which became which.
    if (deeds === 0 && this.habits.chance(0.2)) this.tell(this.admin.editTitle().text);
    await this.#down();
  }

  /** @param moved has another's address by the time that cenote runs again */
  async kill(moved: Machine | null = null): Promise<void> {
    const lateMs = 9000;
    // Time may have passed in which no thread turned; what a locked store did not take is in memory alone.
    const keptMs = Math.min(this.#turnedMs, this.#storedMs);
    this.unlock();
    for (const asking of this.ledger.askings) if (keptMs - asking.atMs < lateMs) asking.isVolatile = true;
    // A name that came just before was not stored.
    for (const [id, atMs] of this.#named) if (keptMs - atMs < lateMs) this.#named.delete(id);
    this.cenote.kill();
    if (this.turns.chance(0.15)) this.#damageJournal();
    // What happens meanwhile is known by the time that the journal is read.
    if (this.random.chance(0.5)) {
      const { machines } = this.network;
      const [one, other] = [this.random.pick(machines), this.random.pick(machines)];
      this.#swapMeanwhile(one, other);
    }
    if (moved !== null)
      this.#swapMeanwhile(
        moved,
        this.habits.pick(this.network.machines.filter((machine) => machine !== moved)),
      );
    if (this.random.chance(0.5)) this.tell(this.admin.answerOtherwise().text);
    await this.#down(this.#turnedMs - keptMs);
  }

  /** A bit of what was journalled last is another by the time that it is read: hits of it are lost, and those around it are not. */
  #damageJournal(): void {
    const dir = join(this.dir, 'journal');
    // It is made when something is written.
    const files = existsSync(dir) ? readdirSync(dir) : [];
    if (files.length === 0) return;
    const path = join(dir, this.turns.pick(files));
    const octets = readFileSync(path);
    const place = octets.length - this.turns.from(1, 600);
    if (place < 0) return;
    octets[place] = (octets[place] ?? 0) ^ 0x10;
    writeFileSync(path, octets);
    for (const asking of this.ledger.askings) if (asking.isVolatile) asking.isPast = true;
    this.tell(`octet ${place} of ${path} is damaged`);
  }

  #swapMeanwhile(one: Machine, other: Machine): void {
    this.network.swap(one, other);
    this.tell(`meanwhile ${one.mac} and ${other.mac} change addresses`);
  }

  /** Somebody has seen one of the incidents that are open. */
  async acknowledge(): Promise<void> {
    const open = [...this.cenote.desk.registry.open];
    if (open.length > 0) await this.#acknowledge(this.habits.pick(open).id);
  }

  /** The one that had a hit last. */
  async acknowledgeLatest(): Promise<void> {
    const [latest] = [...this.cenote.desk.registry.open].sort((a, b) => b.lastMs - a.lastMs);
    if (latest !== undefined) await this.#acknowledge(latest.id);
  }

  /** Or one that is over. */
  async acknowledgeOver(): Promise<void> {
    const { incidents } = await this.api.get<{ readonly incidents: readonly IncidentSummary[] }>(
      '/api/v1/incidents',
      { state: 'closed', limit: '20' },
    );
    const over = incidents.filter(({ mergedInto }) => mergedInto === null);
    if (over.length === 0) return;
    const { id } = this.whims.pick(over);
    await this.#acknowledge(id);
  }

  /** Who acknowledges it is told that the store takes nothing. */
  async #isRefused(id: string): Promise<void> {
    const error = await this.cenote.question({ what: 'acknowledge', id }).catch(String);
    const isSaid = String(error).includes('acknowledge it again');
    this.report.hold('incident', isSaid, () => `${id}: acknowledged while the store takes nothing`);
  }

  async #acknowledge(id: string): Promise<void> {
    if (this.#locker !== null) return this.#isRefused(id);
    const said = await this.cenote.question({ what: 'acknowledge', id });
    this.report.hold('incident', said !== null && said.acknowledged !== null, () => `${id}: not seen`);
    if (!this.acknowledged.has(id)) this.acknowledged.set(id, this.wall.now());
    this.tell(`somebody has seen incident ${id}`);
  }

  /** Somebody sets the clock. */
  async jump(ms: number): Promise<void> {
    this.hasJumped = true;
    this.wall.advance(ms);
    // As it does every few seconds.
    this.lookAround();
    await this.turn();
  }

  get isLocked(): boolean {
    return this.#locker !== null;
  }

  /** Another program locks the store for a while. */
  lock(): void {
    this.#locker = new DatabaseSync(join(this.dir, 'cenote.db'));
    this.#locker.exec('BEGIN IMMEDIATE');
    this.#storedMs = this.#turnedMs;
  }

  unlock(): void {
    this.#locker?.exec('ROLLBACK');
    this.#locker?.close();
    this.#locker = null;
    this.#storedMs = Number.POSITIVE_INFINITY;
  }

  async check(): Promise<void> {
    await this.settle();
    await checkpoint(this);
  }

  async close(): Promise<void> {
    this.unlock();
    await this.cenote.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** @param unstoredMs before the end, of which the store has nothing */
  async #down(unstoredMs = 0): Promise<void> {
    const fromMs = this.wall.now();
    this.pass(this.random.from(1, 600) * 1000);
    this.downs.push({ fromMs, toMs: this.wall.now(), unstoredMs });
    this.asked = { udp: 0, tcp: 0, https: 0, replies: 0 };
    this.#revision += 1;
    this.#startedMs = this.atMs;
    this.hasForgotten ||= this.admin.office.privacy === 'anonymise';
    this.cenote = this.#start();
    this.lookAround();
    await this.turn();
  }

  #readLines(): void {
    for (const find of this.#lines.finds()) {
      const { list, indicator, machine, names, count } = find;
      this.tell(
        `told: find of ${list}, ${indicator?.campaign ?? 'no campaign'}: ${machine} asked ${names.map(({ name }) => name).join(', ')} ${count} times`,
      );
      compareFind(find, this.admin.office, this.ledger, this.report, this.atMs);
    }
  }

  #start(): Cenote {
    return new Cenote(
      {
        dir: this.dir,
        workers: this.workers,
        wall: this.wall,
        monotonic: this.monotonic,
        random: () => 0.5,
        receivers: this.receivers,
        neighbours: () => (this.isBehindBox ? NOBODY : this.network.neighbours),
        upstream: (message) => this.#answer(message),
      },
      this.#inForce(),
    );
  }

  #inForce(): InForce {
    const { office } = this.admin;
    return {
      config: configFor(office, this.dir, [this.isBehindBox ? BOX : FRONT]),
      ruleSet: rulesFor(office, this.#revision),
      paused: office.groups.flatMap(({ name, paused }) => (paused ? [name] : [])),
    };
  }

  #answer(message: Uint8Array): Uint8Array | null {
    const { name, type } = questionOf(message);
    const parts = answerTo(this.names, name, type);
    return parts === null ? null : wireMessage({ id: 1, flags: 0x8180, ...parts });
  }
}

function questionOf(message: Uint8Array): { readonly name: string; readonly type: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(
      Buffer.from(message.subarray(at + 1, at + 1 + length))
        .toString('latin1')
        .toLowerCase(),
    );
    at += length + 1;
  }
  return { name: labels.join('.'), type: ((message[at + 1] ?? 0) << 8) | (message[at + 2] ?? 0) };
}

/** Plays an office from its first day. */
export async function playOffice(play: Play): Promise<Report> {
  const office = new OfficeDays(play);
  try {
    await office.play(play.days);
  } finally {
    await office.close();
  }
  return office.report;
}
