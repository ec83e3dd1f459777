// Machines and their addresses on disk, so that a machine keeps its id over restarts: `machines.jsonl` in `events.dir`.
//
// One JSON line a machine, binding, merge or session of a user, one for a machine that is forgotten, and one for when earlier starts
// were, appended as they change; the last of one kind and identity holds. A half line at the end (a crash) is passed over. Written anew,
// by a second file that replaces it, at a start that finds far more lines than facts.
import { appendFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../config/coded-error.ts';
import { writeWhole } from '../../config/disk/whole-file.ts';
import { addressToText, textToAddress } from '../../wire/names/address.ts';
import type { Binding, Identity, Machine, MachineUpdate, Merge } from '../machine.ts';
import { MachineTable } from '../machine-table.ts';
import type { Session } from '../users/session.ts';

const FILE = 'machines.jsonl';
/** A file with more lines than this for each fact is written anew. */
const LINES_PER_FACT = 3;
/** Lines that wait while nothing can be written; further ones are kept in memory only, as machines. */
const WAITING_MAX = 100_000;

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
  #waiting: string[] = [];
  #isFailing = false;

  /** @param report told once when it cannot be written, and once when it can again */
  constructor(dir: string, report: (problem: string) => void) {
    this.#path = join(dir, FILE);
    this.#report = report;
  }

  /** What earlier starts kept. @param sinceMs what ended before is left out, and from now on from the file too */
  load(sinceMs: number): MachineUpdate {
    let text = '';
    try {
      text = readFileSync(this.#path, 'utf8');
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT'))
        this.#report(`machines of earlier starts are not known (${this.#path}): ${messageOf(error)}`);
    }
    const table = new MachineTable();
    const lines = text.split('\n').slice(0, -1);
    for (const line of lines) table.apply(updateOf(line));
    table.forget(sinceMs);
    const all = table.snapshot(sinceMs);
    const facts = linesOf(all);
    if (lines.length > LINES_PER_FACT * facts.length + 100) this.#rewrite(facts);
    // A crash may have left half a line: what comes next begins on one of its own.
    else if (text !== '' && !text.endsWith('\n')) this.#waiting.push('');
    return all;
  }

  /** In place of whatever it has. */
  begin(all: MachineUpdate): void {
    this.#rewrite(linesOf(all));
  }

  remove(): void {
    try {
      rmSync(this.#path, { force: true });
    } catch (error) {
      this.#report(
        `${this.#path} has the machines of earlier starts and cannot be removed: ${messageOf(error)}`,
      );
    }
  }

  /** Appends what changed; what cannot be written waits. */
  write(update: MachineUpdate): void {
    if (this.#waiting.length < WAITING_MAX) this.#waiting.push(...linesOf(update));
    if (this.#waiting.length === 0) return;
    try {
      appendFileSync(this.#path, `${this.#waiting.join('\n')}\n`, { mode: 0o640 });
      this.#waiting = [];
      if (this.#isFailing) this.#report(`machines are kept again (${this.#path})`);
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing)
        this.#report(
          `machines cannot be kept: ${messageOf(error)} (${this.#path}); after a restart some may get another id`,
        );
      this.#isFailing = true;
    }
  }

  #rewrite(facts: readonly string[]): void {
    try {
      writeWhole(this.#path, facts.map((line) => `${line}\n`).join(''), 0o640);
    } catch (error) {
      this.#report(`${this.#path} cannot be written anew and grows: ${messageOf(error)}`);
    }
  }
}

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
  const nothing: MachineUpdate = { machines: [], bindings: [], merges: [] };
  let line: Line;
  try {
    line = JSON.parse(text) as Line;
  } catch {
    return nothing;
  }
  if (line === null || typeof line !== 'object') return nothing;
  if ('began' in line) return typeof line.began === 'number' ? { ...nothing, beganMs: line.began } : nothing;
  if ('machine' in line) return isMachine(line.machine) ? { ...nothing, machines: [line.machine] } : nothing;
  if ('merge' in line)
    return typeof line.merge?.from === 'string' && typeof line.merge.into === 'string'
      ? { ...nothing, merges: [line.merge] }
      : nothing;
  if ('gone' in line) return typeof line.gone === 'string' ? { ...nothing, gone: [line.gone] } : nothing;
  if ('session' in line) return { ...nothing, sessions: sessionsOf(line.session) };
  if (typeof line.binding?.ip !== 'string' || typeof line.binding.fromMs !== 'number') return nothing;
  const { ip, fromMs, toMs, ...who } = line.binding;
  const address = textToAddress(ip);
  return address === null || typeof who.id !== 'string'
    ? nothing
    : { ...nothing, bindings: [{ address, who, fromMs, toMs }] };
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
