// When a receiver is told next of an incident that changed.

import type { Change } from '../hits/incidents/change.ts';
import type { Incident } from '../hits/incidents/incident.ts';
import type { Gathering } from './gathering.ts';
import { afterQuiet, pauseAfter, type ReceiverSettings } from './settings.ts';

export interface Happened {
  readonly incident: Incident;
  readonly change: Change;
  /** Wall clock, ms. */
  readonly now: number;
}

/** Sets when it is due, and what the notice will be. */
export function schedule(
  gathering: Gathering,
  settings: ReceiverSettings,
  { incident, change, now }: Happened,
): void {
  const { kind, news } = change;
  const isSeen = incident.acknowledgedMs !== null;
  const dueIn = (waitMs: number): number => afterQuiet(settings.quiet, now + waitMs);
  const atLatest = (dueMs: number): void => {
    gathering.dueMs = Math.min(gathering.dueMs ?? dueMs, dueMs);
  };
  gathering.news ||= news !== null;
  if (kind === 'closed') {
    gathering.closing = true;
    if (gathering.sealed > 0) atLatest(dueIn(0));
    else gathering.dueMs ??= dueIn(0);
    return;
  }
  if (kind === 'reopened') {
    // Its end was not told yet: then it has none.
    if (!gathering.closing) gathering.reopening = gathering.sealed > 0;
    gathering.closing = false;
  }
  if (gathering.sealed === 0) {
    gathering.dueMs ??= dueIn(settings.groupWaitMs);
    return;
  }
  if (news === 'severity') {
    atLatest(dueIn(settings.groupWaitMs));
    return;
  }
  if (isSeen) {
    if (news === null) return;
    gathering.acknowledgedAt ??= gathering.sealed;
    atLatest(dueIn(pauseAfter(settings, gathering.sealed - gathering.acknowledgedAt + 1)));
    return;
  }
  if (kind === 'reopened' || kind === 'found') atLatest(dueIn(settings.groupWaitMs));
  else gathering.dueMs ??= dueIn(pauseAfter(settings, gathering.sealed));
}

/** After a restart: the clock may have been set back meanwhile, and nothing waits longer than the longest pause. @param now wall clock, ms */
export function keepDue(gathering: Gathering, { quiet, repeatMs }: ReceiverSettings, now: number): void {
  const latestMs = afterQuiet(quiet, now + repeatMs);
  for (const key of ['dueMs', 'repeatMs'] as const)
    if (gathering[key] !== null) gathering[key] = Math.min(gathering[key], latestMs);
}

/** The wall clock jumped: what is due is due as much later, or earlier. */
export function shiftDue(gathering: Gathering, jumpMs: number): void {
  for (const key of ['dueMs', 'repeatMs'] as const) if (gathering[key] !== null) gathering[key] += jumpMs;
}
