// What happens, on its way from the hits thread to the thread that sends it out: lines of JSON, a bounded number of them.
//
// Costs nothing where nothing goes out: no thread, no line. Invariant: events told here = events posted + `lost`.

import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { OutConfig, OutEvents } from '../config/meant/out.ts';
import { counted, takesText } from '../config/values/grouped.ts';
import type { Find } from '../hits/find.ts';
import type { Hit } from '../hits/hit.ts';
import type { IncidentSummary } from '../hits/incidents/summary.ts';
import type { LogRow } from '../querylog/read/question.ts';
import type { IncidentEvent } from './event.ts';
import type { FromOut, OutBirth, OutState, ToOut } from './messages.ts';

export interface TapOptions {
  /** `events.dir`. */
  readonly dir: string;
  readonly resolver: string;
  /** ULID of this start: ids of queries begin with it. */
  readonly boot: string;
  readonly report: (text: string) => void;
  /** Told of each output that begins to fail or to lose, and of the end of it. */
  readonly trouble: (id: string, text: string, isOver: boolean) => void;
  readonly monotonic: () => number;
}

const ENTRY: URL = new URL('./thread.ts', import.meta.url);
/** Posted and not taken in yet. */
const UNDERWAY_MAX = 16 * 1024 * 1024;
const LINES_MAX = 4096;
/** An output that takes nothing for so long is trouble; no loss for so long is its end. */
const FAILING_MS = 10_000;
const NO_LOSS_MS = 60_000;
const STOP_MS = 10_000;
const AGAIN_MS = 1000;
const YOUNG_MB = 16;

interface Told {
  isFailing: boolean;
  failingMs: number | null;
  lost: number;
  lostMs: number | null;
}

export class Tap {
  readonly #options: TapOptions;
  #outputs: readonly OutConfig[] = [];
  #wanted: ReadonlySet<OutEvents> = new Set();
  #thread: Worker | null = null;
  /** One thread ends, then the next begins. */
  #stopping: Promise<void> = Promise.resolve();
  #lines: string[] = [];
  #underway = 0;
  #number = 0;
  #lost = 0;
  #states: readonly OutState[] = [];
  readonly #told = new Map<string, Told>();

  constructor(options: TapOptions) {
    this.#options = options;
  }

  get states(): readonly OutState[] {
    return this.#states.map((state) => ({ ...state, lost: state.lost + this.#lost }));
  }

  wants(events: OutEvents): boolean {
    return this.#wanted.has(events);
  }

  useOutputs(outputs: readonly OutConfig[]): void {
    if (JSON.stringify(outputs) === JSON.stringify(this.#outputs)) return;
    this.#outputs = outputs;
    this.#wanted = new Set(outputs.flatMap(({ events }) => events));
    this.#post();
    // The next one reads the spool that the one before leaves.
    this.#stopping = this.#stopping.then(() => this.#stop()).then(() => this.#start());
  }

  query(row: LogRow): void {
    this.#number += 1;
    const id = `${this.#options.boot}-${this.#number}`;
    this.#add(JSON.stringify({ event: 'query', id, ...row, resolver: this.#options.resolver }));
  }

  hit(hit: Hit): void {
    if (this.wants('hits')) this.#add(JSON.stringify(hit));
  }

  find(find: Find): void {
    if (this.wants('finds')) this.#add(JSON.stringify(find));
  }

  incident(incident: IncidentSummary, change: IncidentEvent['change'], timeMs: number): void {
    if (!this.wants('incidents')) return;
    this.#number += 1;
    const { boot, resolver } = this.#options;
    const id = `${boot}-${this.#number}`;
    const time = new Date(timeMs).toISOString();
    this.#add(
      JSON.stringify({ event: 'incident', id, time, change, resolver, incident } satisfies IncidentEvent),
    );
  }

  /** Call a few times a second. */
  tick(): void {
    this.#post();
    for (const state of this.states) this.#watch(state);
  }

  /** What waits is on the disk then. */
  async stop(): Promise<void> {
    await this.#stopping;
    this.#post();
    this.#outputs = [];
    await this.#stop();
  }

  #add(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length >= LINES_MAX) this.#post();
  }

  #post(): void {
    if (this.#lines.length === 0) return;
    if (this.#thread === null) {
      // Between two threads lines wait here.
      if (this.#outputs.length > 0 && this.#lines.length < LINES_MAX * 4) return;
      this.#lost += this.#outputs.length === 0 ? 0 : this.#lines.length;
    } else if (this.#underway > UNDERWAY_MAX) this.#lost += this.#lines.length;
    else {
      const lines = this.#lines.join('\n');
      this.#underway += lines.length;
      this.#thread.postMessage({ kind: 'events', lines } satisfies ToOut);
    }
    this.#lines = [];
  }

  #start(): void {
    if (this.#outputs.length === 0) return;
    const { dir, resolver, report } = this.#options;
    const thread = new Worker(ENTRY, {
      workerData: { dir: join(dir, 'out'), outputs: this.#outputs, resolver } satisfies OutBirth,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    this.#underway = 0;
    thread.on('message', (said: FromOut) => {
      if (said.kind === 'taken') this.#underway -= said.characters;
      else if (said.kind === 'states') this.#states = said.states;
    });
    thread.on('error', (error) => {
      report(
        `the thread that sends events out ended: ${error instanceof Error ? error.message : error}; started again`,
      );
      if (this.#thread !== thread) return;
      this.#thread = null;
      setTimeout(() => {
        if (this.#thread === null) this.#start();
      }, AGAIN_MS).unref();
    });
    this.#thread = thread;
  }

  async #stop(): Promise<void> {
    const thread = this.#thread;
    this.#thread = null;
    this.#states = [];
    if (thread === null) return;
    await new Promise<void>((resolve) => {
      const late = setTimeout(resolve, STOP_MS);
      thread.on('message', (said: FromOut) => {
        if (said.kind !== 'stopped') return;
        clearTimeout(late);
        resolve();
      });
      thread.once('exit', () => resolve());
      thread.postMessage({ kind: 'stop' } satisfies ToOut);
    });
    await thread.terminate();
  }

  #watch({ name, error, takesPart, lost, waiting }: OutState): void {
    const { monotonic, trouble } = this.#options;
    const told = this.#told.get(name) ?? { isFailing: false, failingMs: null, lost: 0, lostMs: null };
    this.#told.set(name, told);
    const nowMs = monotonic();
    told.failingMs = error === null ? null : (told.failingMs ?? nowMs);
    if (told.failingMs !== null && nowMs - told.failingMs >= FAILING_MS && !told.isFailing) {
      told.isFailing = true;
      trouble(
        `out:${name}`,
        `output ${name} ${takesText({ error, takesPart })}; what waits is sent later: ${counted(waiting, 'event')}`,
        false,
      );
    } else if (told.failingMs === null && told.isFailing) {
      told.isFailing = false;
      trouble(`out:${name}`, `output ${name} takes events again`, true);
    }
    if (lost > told.lost) {
      if (told.lostMs === null)
        trouble(
          `out-lost:${name}`,
          `output ${name} loses events: ${lost} until now; \`cenote status\` counts them`,
          false,
        );
      told.lostMs = nowMs;
    } else if (told.lostMs !== null && nowMs - told.lostMs >= NO_LOSS_MS) {
      told.lostMs = null;
      trouble(`out-lost:${name}`, `output ${name} loses no events any more; ${lost} were lost`, true);
    }
    told.lost = lost;
  }
}
