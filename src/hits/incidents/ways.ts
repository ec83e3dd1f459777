// In which ways the names of an incident may be asked for again: as before, and by all that they lead to.
import { textToAddress } from '../../wire/names/address.ts';
import type { AskedName, Way } from './incident.ts';

/** Of names of releases that did not note how they were asked for; behind each stood what the name says. */
const WAYS_UNKNOWN: readonly { readonly type: string; readonly via?: string | null }[] = [
  { type: 'A' },
  { type: 'AAAA' },
  { type: 'TXT' },
];

/** In which ways a name is looked at as if it were asked for again. */
export type WaysOf = (asked: AskedName) => readonly Way[];

/** In the ways in which it was asked for before. */
export const waysNoted: WaysOf = ({ via: lastVia, ways = WAYS_UNKNOWN }) =>
  ways.map(({ type, via = lastVia }) => ({ type, via }));

/** By all that it leads to: what was blocked by its name, or listed later, may be seen by what stands behind it. */
export const waysLed =
  (ledTo: (name: string) => readonly string[]): WaysOf =>
  ({ name, ways = WAYS_UNKNOWN }) => {
    const types = [...new Set(ways.map(({ type }) => type))];
    return ledTo(name).flatMap((via) =>
      types.filter((type) => comesTo(via, type)).map((type) => ({ type, via })),
    );
  };

/** Whether an answer of this type holds it. */
function comesTo(via: string, type: string): boolean {
  if (textToAddress(via) === null) return true;
  return type === (via.includes(':') ? 'AAAA' : 'A');
}
