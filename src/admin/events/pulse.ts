// How cenote is, in a few figures: asked once, or told every two seconds for as long as somebody looks.
import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { AdminState } from '../state.ts';
import { type PausedMachine, pausedMachines } from './paused-machines.ts';
import type { PauseView } from './state.ts';

export interface PulseView {
  readonly time: string;
  readonly startedAt: string;
  /** Counts what was put into force since the start. */
  readonly revision: number;
  readonly healthy: boolean;
  readonly ready: boolean;
  /** Problems, and what was refused. */
  readonly concerns: number;
  readonly paused: readonly PauseView[];
  /** Machines whose every name is allowed by hand: overrides of the root. */
  readonly pausedMachines: readonly PausedMachine[];
  /** Null while the hits thread does not say. */
  readonly openIncidents: number | null;
  /** Since the start. */
  readonly queries: number;
  /** Whether this daemon is one of many sites. */
  readonly isOfFleet: boolean;
}

const PULSE_MS = 2_000;

export async function pulseOf(
  state: AdminState,
  now: () => number,
  startedAt: string,
  isOfFleet: boolean,
): Promise<PulseView> {
  const [health, figures] = await Promise.all([state.health(), state.figures()]);
  return {
    time: new Date(now()).toISOString(),
    startedAt,
    revision: health.revision,
    healthy: health.healthy,
    ready: health.ready,
    concerns: health.problems.length + (health.refused === null ? 0 : 1),
    paused: state.paused(),
    pausedMachines: pausedMachines(state),
    openIncidents: figures.openIncidents,
    queries: figures.endings.reduce((sum, { count }) => sum + count, 0),
    isOfFleet,
  };
}

export async function* pulses(pulse: () => Promise<PulseView>): AsyncGenerator<PulseView, void> {
  for (;;) {
    yield await pulse();
    await wait(PULSE_MS, undefined, { ref: false });
  }
}

/** Server-sent events (WHATWG HTML §9.2), each a JSON text. They end when whoever listens goes away, or cenote does. */
export function eventsOf(events: AsyncIterable<unknown>): Readable {
  const made = async function* (): AsyncGenerator<string, void> {
    for await (const event of events) yield `data: ${JSON.stringify(event)}\n\n`;
  };
  return Readable.from(made(), { objectMode: false });
}
