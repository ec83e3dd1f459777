// What the history was found to hold of an incident, and whether somebody has to see that.
import { outcomesOf } from '../find.ts';
import type { Incident } from './incident.ts';

/** It was answered before anybody knew, and nobody has acknowledged that: it stays open, however long it is silent. */
export function awaitsSomebody({ past, acknowledgedMs }: Incident): boolean {
  if (past === null || acknowledgedMs !== null) return false;
  return outcomesOf([{ got: past.got ?? {} }]).answered > 0;
}

/** Without a hit: there is no silence to wait for. */
export const isPastOnly = ({ past, hits }: Incident): boolean => past?.hits === hits;
