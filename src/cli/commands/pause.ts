// `cenote pause [DURATION]` and `cenote resume`: stops blocking, and blocks again.
import type { PausedMachine } from '../../admin/events/paused-machines.ts';
import type { PauseView } from '../../admin/events/state.ts';
import { grouped, momentText } from '../../config/values/grouped.ts';
import { EXIT } from '../cli-error.ts';
import { printJson, printLines } from '../print.ts';
import { askRunning, type DaemonOptions } from '../running-daemon.ts';

export interface PauseOptions extends DaemonOptions {
  readonly duration?: string;
  readonly group?: string;
  /** A machine: its name, MAC or address, or a user. */
  readonly client?: string;
}

const GROUPS_SHOWN = 10;

interface Paused {
  readonly paused: readonly PauseView[];
  readonly pausedMachines: readonly PausedMachine[];
}

export async function pauseCommand(options: PauseOptions): Promise<number> {
  const { duration } = options;
  const body = { ...(duration === undefined ? {} : { for: duration }), ...whomOf(options) };
  return tell(await askRunning(options, '/api/v1/pause', { body }), options);
}

export async function resumeCommand(options: PauseOptions): Promise<number> {
  return tell(await askRunning(options, '/api/v1/resume', { body: whomOf(options) }), options);
}

function whomOf({ group, client }: PauseOptions): object {
  return { ...(group === undefined ? {} : { group }), ...(client === undefined ? {} : { client }) };
}

function tell(told: Paused, { json }: PauseOptions): number {
  const { paused, pausedMachines } = told;
  if (json) printJson(told);
  else if (paused.length + pausedMachines.length === 0) printLines(['Every group blocks.']);
  else printLines([...pauseLines(paused), ...pausedMachines.map(machineText)]);
  return EXIT.ok;
}

function machineText({ client, until }: PausedMachine): string {
  const end = until === null ? `until \`cenote resume --client ${client}\`` : `until ${momentText(until)}`;
  return `Nothing is blocked for ${client} ${end}.`;
}

/** Many groups that are paused together are counted. */
function pauseLines(paused: readonly PauseView[]): string[] {
  return [...Map.groupBy(paused, ({ until }) => until)].flatMap(([until, own]) => {
    const end = until === null ? 'until `cenote resume`' : `until ${momentText(until)}`;
    if (own.length > GROUPS_SHOWN) return `${grouped(own.length)} groups block nothing ${end}.`;
    return own.map(({ group }) => `Group ${group} blocks nothing ${end}.`);
  });
}
