// What several routes are asked: since when, of which machine.
import type { Who } from '../../clients/who.ts';
import { noSuchDay, parseDuration } from '../../config/values/amounts.ts';
import { addressToText } from '../../wire/names/address.ts';
import { networkText, readNetwork } from '../../wire/names/network.ts';
import { readPastedAddress, readPastedName, refanged } from '../../wire/names/pasted-name.ts';
import { nobodyIs } from '../clients/routes.ts';
import { type Asked, RouteError } from '../route.ts';
import { dateMs } from '../shapes.ts';
import type { EventsState } from './state.ts';

/** @throws RouteError BAD_CLIENT */
export function whoIs(state: EventsState, text: string): Who {
  const who = state.whoIs(text);
  if (who === null) throw nobodyIs(text);
  return who;
}

export function clientAndLimit(
  state: EventsState,
  { client, limit }: Asked['query'],
): { who?: Who; limit?: number } {
  return {
    ...(client === undefined ? {} : { who: whoIs(state, client) }),
    ...(limit === undefined ? {} : { limit: Number(limit) }),
  };
}

/** A duration back from now, or a date with or without a time, in UTC unless it says. */
export function sinceMs(text: string, nowMs: number): number {
  const duration = parseDuration(text);
  if (duration.ok) return Math.max(0, Math.round(nowMs - duration.value));
  const fromMs = dateMs(text, 'UTC');
  if (fromMs === null)
    throw new RouteError(
      400,
      'BAD_SINCE',
      `not a duration or a date: ${JSON.stringify(text)}; ${noSuchDay(text) ?? '12h, 7d, 2026-11-20, 2026-11-20T19:30 (UTC)'}`,
    );
  return Math.max(0, fromMs);
}

/** @throws RouteError BAD_SINCE also for a time that ends before it begins */
export function spanOf(
  { since, until }: Asked['query'],
  usualSince: string,
  nowMs: number,
): { readonly sinceMs: number; readonly untilMs: number | null } {
  const fromMs = sinceMs(since ?? usualSince, nowMs);
  if (until === undefined) return { sinceMs: fromMs, untilMs: null };
  const untilMs = sinceMs(until, nowMs);
  if (untilMs > fromMs) return { sinceMs: fromMs, untilMs };
  const begin = `\`since\`, ${isoTime(fromMs)}${since === undefined ? ` (${usualSince} unless said)` : ''}`;
  throw new RouteError(
    400,
    'BAD_SINCE',
    `\`until\`, ${isoTime(untilMs)}, is not after ${begin}; say an earlier \`since\`, such as 30d`,
  );
}

export const isoTime = (timeMs: number): string => new Date(timeMs).toISOString();

/** Between commas; a name's own comma is written \, as in a zone file. */
export function split(text: string | undefined): string[] {
  return [...(text ?? '').matchAll(/(?:\\.|[^\\,])+/g)].map(([part]) => part);
}

/** What a hunt looks for: a name, or an address or network that names led to, whatever it was pasted from. */
export function huntedOf(text: string): string {
  const network = readNetwork(refanged(text));
  if (network !== null) return networkText(network);
  const address = readPastedAddress(text);
  return address === null ? nameOf(text) : addressToText(address);
}

/** As the history writes it, whatever it was pasted from. */
function nameOf(text: string): string {
  const read = readPastedName(text);
  if ('problem' in read) throw new RouteError(400, 'BAD_NAME', read.problem);
  if (read.name.length <= 1)
    throw new RouteError(400, 'BAD_NAME', `not a domain name: ${JSON.stringify(text)}; the root is none`);
  return read.text;
}
