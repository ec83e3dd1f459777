// `cenote pause [DURATION]` and `cenote resume`: stops blocking, and blocks again.
import type { PauseView } from '../../admin/events/state.ts';
import { EXIT } from '../cli-error.ts';
import { moment } from '../lines/event-lines.ts';
import { printJson, printLines } from '../print.ts';
import { askRunning, type DaemonOptions } from '../running-daemon.ts';

export interface PauseOptions extends DaemonOptions {
  readonly duration?: string;
  readonly group?: string;
}

export async function pauseCommand(options: PauseOptions): Promise<number> {
  const { duration, group } = options;
  const body = {
    ...(duration === undefined ? {} : { for: duration }),
    ...(group === undefined ? {} : { group }),
  };
  return tell(await askRunning(options, '/api/v1/pause', { body }), options);
}

export async function resumeCommand(options: PauseOptions): Promise<number> {
  const body = options.group === undefined ? {} : { group: options.group };
  return tell(await askRunning(options, '/api/v1/resume', { body }), options);
}

function tell(told: { readonly paused: readonly PauseView[] }, { json }: PauseOptions): number {
  if (json) printJson(told);
  else if (told.paused.length === 0) printLines(['Every group blocks.']);
  else printLines(told.paused.map(pauseText));
  return EXIT.ok;
}

function pauseText({ group, until }: PauseView): string {
  const end = until === null ? 'until `cenote resume`' : `until ${moment(until)} UTC`;
  return `Group ${group} blocks nothing ${end}.`;
}
