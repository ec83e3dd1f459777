// Machines and their addresses on disk, so that a machine keeps its id over restarts: `machines.jsonl` in `events.dir`.
//
// One JSON line a machine, binding, merge or session of a user, one for a machine that is forgotten, and one for when earlier starts
// were, appended as they change; the last of one kind and identity holds. A half line at the end (a crash) is passed over. Written anew,
// by a second file that replaces it, when it has far more lines than facts, and when what was appended is not all there: a disk that was
// full, a file that somebody removed.
import { appendFileSync, closeSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../config/coded-error.ts';
import { writeWhole } from '../../config/disk/whole-file.ts';
import { addressToText, textToAddress } from '../../wire/names/address.ts';
import {
  type Binding,
  type Identity,
  type Machine,
  type MachineUpdate,
  type Merge,
  NO_UPDATE,
} from '../machine.ts';
import { MachineTable } from '../machine-table.ts';
import type { Session } from '../users/session.ts';

const FILE = 'machines.jsonl';
/** A file with more lines than this for each fact is written anew. */
const LINES_PER_FACT = 3;
/** Beyond these: a start reads what was left once, and a daemon may write many facts anew while all are answered. */
const FURTHER_LINES = { atStart: 100, running: 10_000 } as const;
const RETRY_MS = 10_000;
const PIECE_OCTETS = 1 << 20;

type Line =
  | { readonly began: number }
  | { readonly machine: Machine }
  | { readonly binding: Omit<Binding, 'address' | 'who'> & Identity & { readonly ip: string } }
  | { readonly merge: Merge }
  | { readonly gone: string }
  | { readonly session: Omit<Session, 'networks'> & { readonly networks: readonly SavedNetwork[] } };
/** Bits of the 16-octet form. */
type SavedNetwork = readonly [address: string, bits: number];

export class MachineFile {
  readonly #path: string;
  readonly #report: (problem: string) => void;
  readonly #monotonic: () => number;
  /** Octets that it has if nobody else wrote; null: it has to be written anew. */
  #octets: number | null = 0;
  #lines = 0;
  /** With more it is written anew. */
  #linesMax: number = FURTHER_LINES.running;
  /** When writing failed; null: it did not, the last time. */
  #failedMs: number | null = null;

  /** @param report told once when it cannot be written, and once when it can again @param monotonic ms */
  constructor(dir: string, report: (problem: string) => void, monotonic = () => performance.now()) {
    this.#path = join(dir, FILE);
    this.#report = report;
    this.#monotonic = monotonic;
  }

  /** What earlier starts kept. */
  load(): MachineUpdate {
    const table = new MachineTable();
    let read: LinesRead;
    try {
      read = readLines(this.#path, (line) => table.apply(updateOf(line)));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT'))
        this.#report(`machines of earlier starts are not known (${this.#path}): ${messageOf(error)}`);
      this.#expect(this.#size() ?? 0, 0, 0);
      return NO_UPDATE;
    }
    const all = table.snapshot(0);
    const facts = linesOf(all);
    // A crash may have left half a line, behind which nothing can be appended.
    if (!read.isWhole || read.lines > LINES_PER_FACT * facts.length + FURTHER_LINES.atStart)
      this.#rewrite(facts);
    else this.#expect(read.octets, read.lines, facts.length);
    return all;
  }

  /** In place of whatever it has. */
  begin(all: MachineUpdate): void {
    this.#rewrite(linesOf(all));
  }

  remove(): void {
    try {
      rmSync(this.#path, { force: true });
      this.#expect(0, 0, 0);
    } catch (error) {
      this.#report(
        `${this.#path} has the machines of earlier starts and cannot be removed: ${messageOf(error)}`,
      );
    }
  }

  /** Appends what changed; where something is forgotten, the file is written anew without it. @param all what is known with it, where the file has to be written anew */
  write(update: MachineUpdate, all: () => MachineUpdate): void {
    if (this.#failedMs !== null && this.#monotonic() - this.#failedMs < RETRY_MS) return;
    const lines = linesOf(update);
    const isAsExpected = this.#octets !== null && this.#octets === this.#size();
    if (!isAsExpected || update.beforeMs !== undefined || this.#lines + lines.length > this.#linesMax)
      this.#rewrite(linesOf(all()));
    else this.#append(lines);
  }

  /** Null: it cannot be told. */
  #size(): number | null {
    try {
      return statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
    } catch {
      return null;
    }
  }

  #append(lines: readonly string[]): void {
    if (lines.length === 0) return;
    const text = textOf(lines);
    try {
      appendFileSync(this.#path, text, { mode: 0o640 });
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#octets = (this.#octets ?? 0) + Buffer.byteLength(text);
    this.#lines += lines.length;
  }

  #rewrite(facts: readonly string[]): void {
    const text = textOf(facts);
    try {
      writeWhole(this.#path, text, 0o640);
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#expect(Buffer.byteLength(text), facts.length, facts.length);
    if (this.#failedMs !== null) this.#report(`machines are kept again (${this.#path})`);
    this.#failedMs = null;
  }

  #expect(octets: number, lines: number, facts: number): void {
    this.#octets = octets;
    this.#lines = lines;
    this.#linesMax = LINES_PER_FACT * facts + FURTHER_LINES.running;
  }

  /** Part of a line may be in it. */
  #fail(error: unknown): void {
    this.#octets = null;
    if (this.#failedMs === null)
      this.#report(
        `machines cannot be kept: ${messageOf(error)} (${this.#path}); after a restart some may get another id`,
      );
    this.#failedMs = this.#monotonic();
  }
}

interface LinesRead {
  readonly lines: number;
  readonly octets: number;
  /** It ends with a line's end. */
  readonly isWhole: boolean;
}

/** In pieces: what an earlier release left may be longer than a string can be. */
function readLines(path: string, hear: (line: string) => void): LinesRead {
  const descriptor = openSync(path, 'r');
  try {
    const piece = Buffer.alloc(PIECE_OCTETS);
    let [lines, octets, rest] = [0, 0, Buffer.alloc(0)];
    for (let got = readSync(descriptor, piece); got > 0; got = readSync(descriptor, piece)) {
      octets += got;
      const text = Buffer.concat([rest, piece.subarray(0, got)]);
      const end = text.lastIndexOf('\n') + 1;
      rest = text.subarray(end);
      for (const line of text.toString('utf8', 0, end).split('\n').slice(0, -1)) {
        hear(line);
        lines += 1;
      }
    }
    return { lines, octets, isWhole: rest.length === 0 };
  } finally {
    closeSync(descriptor);
  }
}

const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

function linesOf({ machines, bindings, merges, gone = [], sessions = [], beganMs }: MachineUpdate): string[] {
  const lines: Line[] = [
    ...(beganMs === undefined ? [] : [{ began: beganMs }]),
    ...merges.map((merge) => ({ merge })),
    ...gone.map((id) => ({ gone: id })),
    ...machines.map((machine) => ({ machine })),
    ...bindings.map(({ address, who, fromMs, toMs }) => ({
      binding: { ip: addressToText(address), ...who, fromMs, toMs },
    })),
    ...sessions.map(({ networks, ...session }) => ({
      session: {
        ...session,
        networks: networks.map(({ bytes, bits }): SavedNetwork => [addressToText(bytes), bits]),
      },
    })),
  ];
  return lines.map((line) => JSON.stringify(line));
}

/** Nothing for a line that is damaged. */
function updateOf(text: string): MachineUpdate {
  let line: Line;
  try {
    line = JSON.parse(text) as Line;
  } catch {
    return NO_UPDATE;
  }
  if (line === null || typeof line !== 'object') return NO_UPDATE;
  if ('began' in line)
    return typeof line.began === 'number' ? { ...NO_UPDATE, beganMs: line.began } : NO_UPDATE;
  if ('machine' in line)
    return isMachine(line.machine) ? { ...NO_UPDATE, machines: [line.machine] } : NO_UPDATE;
  if ('merge' in line)
    return typeof line.merge?.from === 'string' && typeof line.merge.into === 'string'
      ? { ...NO_UPDATE, merges: [line.merge] }
      : NO_UPDATE;
  if ('gone' in line) return typeof line.gone === 'string' ? { ...NO_UPDATE, gone: [line.gone] } : NO_UPDATE;
  if ('session' in line) return { ...NO_UPDATE, sessions: sessionsOf(line.session) };
  if (typeof line.binding?.ip !== 'string' || typeof line.binding.fromMs !== 'number') return NO_UPDATE;
  const { ip, fromMs, toMs, ...who } = line.binding;
  const address = textToAddress(ip);
  return address === null || typeof who.id !== 'string'
    ? NO_UPDATE
    : { ...NO_UPDATE, bindings: [{ address, who, fromMs, toMs }] };
}

function sessionsOf(saved: Extract<Line, { session: unknown }>['session']): readonly Session[] {
  const { id, user, fromMs, expiresMs, networks } = saved ?? {};
  if (typeof id !== 'string' || typeof user !== 'string' || !Array.isArray(networks)) return [];
  if (typeof fromMs !== 'number' || typeof expiresMs !== 'number') return [];
  const read = networks.flatMap((one: unknown) => {
    const [ip, bits] = Array.isArray(one) ? (one as unknown as SavedNetwork) : ['', 0];
    const bytes = textToAddress(String(ip));
    return bytes === null || !(bits >= 0 && bits <= 128) ? [] : [{ bytes, bits }];
  });
  return [{ ...saved, networks: read }];
}

const isMachine = (machine: Machine | undefined): boolean =>
  typeof machine?.id === 'string' && typeof machine.lastMs === 'number';
