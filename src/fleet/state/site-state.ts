// What a site tells of itself: at each change, and now and then so that its silence is noticed. It is a claim of the site's own.
import { z } from 'zod';

/** Until the year 9999: what two clocks make of it is still a date. */
const moment = z.number().int().min(0).max(253_402_300_799_999);
const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const text = (most: number) => z.string().max(most);

/** Of a message, to the stream and to who hears it beside the stream. */
export const STATE_OCTETS_MAX: number = 32 * 1024;
const LISTS_TOLD = 100;
const UPSTREAMS_TOLD = 30;
const WORDS_MAX = 600;
const [UNUSED_TOLD, UNUSED_CHARACTERS] = [20, 200];

const stateSchema = z.object({
  site: text(64),
  /** By the site's clock. */
  sentMs: moment,
  startedMs: moment,
  version: text(40),
  /** Of the head's policy, in force; null: none. */
  revision: count.nullable(),
  sinceMs: moment,
  refused: z.object({ revision: count.nullable(), why: text(WORDS_MAX), sinceMs: moment }).nullable(),
  /** Why a policy is not here yet. */
  behind: text(WORDS_MAX).nullable(),
  /** What is wrong with the site's own file, where the policy holds beside what the file said before. */
  own: z
    .object({ why: text(WORDS_MAX), sinceMs: moment })
    .nullable()
    .default(null),
  /** What the site's own file says and the head does not let it, or has no place for. */
  unused: z.array(text(UNUSED_CHARACTERS)).max(UNUSED_TOLD),
  names: count,
  lists: z
    .array(
      z.object({
        name: text(200),
        state: text(20),
        entries: count,
        /** When its text was last known to be current. */
        goodMs: moment.nullable(),
      }),
    )
    .max(LISTS_TOLD),
  upstreams: z.array(z.object({ name: text(300), healthy: z.boolean() })).max(UPSTREAMS_TOLD),
  /** Hits that the central store does not have yet; null: none are sent. */
  backlog: count.nullable(),
});

export type SiteState = z.output<typeof stateSchema>;

/** As a message: what is too much of it is left out. */
export function stateOctets(state: SiteState): Uint8Array {
  const cut = (words: string): string => words.slice(0, WORDS_MAX);
  const told: SiteState = {
    ...state,
    refused: state.refused === null ? null : { ...state.refused, why: cut(state.refused.why) },
    own: state.own === null ? null : { ...state.own, why: cut(state.own.why) },
    behind: state.behind === null ? null : cut(state.behind),
    unused: state.unused.slice(0, UNUSED_TOLD).map((one) => one.slice(0, UNUSED_CHARACTERS)),
    lists: state.lists.slice(0, LISTS_TOLD),
    upstreams: state.upstreams.slice(0, UPSTREAMS_TOLD),
  };
  return Buffer.from(JSON.stringify(told));
}

/** @param site whose subject it came by @returns null when it is no state of that site */
export function readState(octets: Uint8Array, site: string): SiteState | null {
  if (octets.length > STATE_OCTETS_MAX) return null;
  try {
    const read = stateSchema.safeParse(JSON.parse(new TextDecoder().decode(octets)));
    return read.success && read.data.site === site ? read.data : null;
  } catch {
    return null;
  }
}
