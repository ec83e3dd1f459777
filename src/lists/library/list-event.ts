// What people want to hear of a list, and in which words.

import { grouped } from '../../config/values/grouped.ts';
import type { Failure, Held } from './held-list.ts';
import { gapsText } from './list-problem.ts';

export interface ListEvent {
  /** stale: its renewal has failed, or failed for another reason. */
  readonly kind: 'changed' | 'stale' | 'recovered';
  readonly list: string;
  readonly message: string;
  /** Whether that is news beyond the log. */
  readonly isTrouble: boolean;
}

/** What asking sources came to. */
export interface Refreshed {
  /** There is something to compile. */
  readonly changed: boolean;
  /** Failures. */
  readonly events: readonly ListEvent[];
}

/** @param changed whether another text came into force */
export function tellGood({ config, state }: Held, changed: boolean, events: ListEvent[]): void {
  const { lastError, isEmpty, entries, format, skips } = state;
  const gaps = gapsText(skips);
  const held = isEmpty
    ? 'in force as empty: its owner has nothing on it'
    : `${counted(entries)} (${format})${gaps === null ? '' : `; not all of it is in force: ${gaps}`}`;
  const say = (kind: ListEvent['kind'], text: string): void => {
    events.push({ kind, list: config.name, message: `list ${config.name}: ${text}`, isTrouble: false });
  };
  if (lastError !== null) say('recovered', `good again, ${held}`);
  else if (changed) say('changed', held);
}

/** Called with the state as it was before. */
export function tellFailed({ config, state }: Held, error: Failure, events: ListEvent[]): void {
  const { lastError, inForce, isEmpty, entries } = state;
  if (lastError?.message === error.message) return;
  const stays = !inForce
    ? 'nothing of it is in force'
    : isEmpty
      ? 'it stays in force as empty'
      : `its last good text stays in force, ${counted(entries)}`;
  events.push({
    kind: 'stale',
    list: config.name,
    message: `list ${config.name}: ${error.message}; ${stays}`,
    isTrouble: lastError === null,
  });
}

function counted(entries: number): string {
  return `${grouped(entries)} ${entries === 1 ? 'entry' : 'entries'}`;
}

/** Where lists are spoken of. */
interface Told {
  readonly log: Record<'info' | 'warn', (about: { readonly list: string }, message: string) => void>;
  /** A list begins to fail, or is good again. */
  readonly onTrouble: (trouble: {
    readonly id: string;
    readonly text: string;
    readonly state: 'begun' | 'over';
  }) => void;
}

export function tellOf(events: readonly ListEvent[], { log, onTrouble }: Told): void {
  for (const { kind, list, message, isTrouble } of events) {
    log[kind === 'stale' ? 'warn' : 'info']({ list }, message);
    if (isTrouble || kind === 'recovered')
      onTrouble({ id: `list-${list}`, text: message, state: isTrouble ? 'begun' : 'over' });
  }
}
