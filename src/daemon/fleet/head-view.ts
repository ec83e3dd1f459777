// What the head shows of its sites.
import type { HeadView, SiteView } from '../../admin/served/fleet-view.ts';
import { messageOf } from '../../config/coded-error.ts';
import { momentText } from '../../config/values/grouped.ts';
import { unknownSitesText } from '../../fleet/invitations.ts';
import type { LinkState } from '../../fleet/link.ts';
import { foreignText } from '../../fleet/policy/head-sentences.ts';
import {
  type SharedKey,
  type Stranger,
  sharedKeyText,
  strangerText,
  unknownKeysText,
} from '../../fleet/site-keys.ts';
import { ownFiles, twins } from '../../fleet/state/sentences.ts';
import type { SiteRow } from '../../fleet/state/site-table.ts';
import type { ProblemFact } from '../health/problems.ts';
import { strangerId } from './to-receivers.ts';

/** A list whose source brings nothing new. */
const NOT_RENEWED: ReadonlySet<string> = new Set(['stale', 'refused', 'failed']);

/** Something else than the newest policy is in force there, and it is not being told just now. */
export function isLagging({ condition }: SiteRow): boolean {
  return condition !== 'current' && condition !== 'changing' && condition !== 'heard';
}

export function siteView({
  site,
  condition,
  sinceMs,
  heardMs,
  clockMs,
  isClockWrong,
  state,
  inForceMs,
}: SiteRow): SiteView {
  return {
    site,
    condition,
    since: sinceMs === null ? null : isoOf(sinceMs),
    heard: heardMs === null ? null : isoOf(heardMs),
    revision: state?.revision ?? null,
    inForceSince: state?.revision == null || inForceMs === null ? null : isoOf(inForceMs),
    refused: state?.refused == null ? null : { ...state.refused, since: isoOf(state.refused.sinceMs) },
    behind: state?.behind ?? null,
    own: state?.own == null ? null : { why: state.own.why, since: isoOf(state.own.sinceMs - (clockMs ?? 0)) },
    unused: state?.unused ?? [],
    version: state?.version ?? null,
    started: state === null ? null : isoOf(state.startedMs),
    names: state?.names ?? null,
    lists: (state?.lists ?? []).map(({ name, state: condition, entries, goodMs }) => ({
      ...{ name, state: condition, entries },
      good: goodMs === null ? null : isoOf(goodMs),
    })),
    upstreams: state?.upstreams ?? [],
    backlog: state?.backlog ?? null,
    clockOffsetMs: clockMs,
    clockWrong: isClockWrong,
  };
}

export function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}

export function textOf(error: unknown): string {
  return messageOf(error);
}

/** @param heard when they came after that, by name */
export function removedView(
  removed: readonly { readonly site: string; readonly removedMs: number }[],
  heard: ReadonlyMap<string, number>,
): HeadView['removed'] {
  return [...removed]
    .sort((a, b) => b.removedMs - a.removedMs)
    .map(({ site, removedMs }) => {
      const heardMs = heard.get(site);
      return { site, since: isoOf(removedMs), heard: heardMs === undefined ? null : isoOf(heardMs) };
    });
}

/** A remedy follows it, in the same sentence. */
export const asProblem = (sentence: string): string => sentence.replace(/\.$/, '');

export function strangerProblems(strangers: readonly Stranger[]): ProblemFact[] {
  return strangers.map((stranger) => ({
    id: strangerId(stranger),
    sinceMs: stranger.heardMs,
    what: asProblem(strangerText(stranger)),
    remedy: `take the key of ${stranger.site} out of what the NATS server lets in, and invite it anew`,
  }));
}

export function sharedKeyProblems(shared: readonly SharedKey[]): ProblemFact[] {
  return shared.map((one) => ({
    id: `fleet:key:${one.sites[0]}`,
    sinceMs: one.sinceMs,
    what: asProblem(sharedKeyText(one)),
    remedy: 'each site needs a key of its own: what one is believed, all of them are',
  }));
}

export const NO_HEAD =
  'this daemon is no head: it has neither `fleet.store` nor `fleet.signingKey`; ask the head';

export const NOT_PUBLISHED =
  'The configuration here says something else than what is published: `cenote fleet publish` sends it.';

/** What stands between what this head says and its sites. */
export function ofPublishing({
  link,
  waits,
  foreign,
}: {
  readonly link: LinkState;
  readonly waits: string | null;
  readonly foreign: number | null;
}): string[] {
  const others = foreign === null ? [] : [`${foreignText(foreign)}.`];
  if (link.is === 'down')
    return [`This head has no connection to NATS (${link.why}): what follows was heard before.`, ...others];
  const kept =
    waits === null
      ? []
      : [
          `NATS does not keep what is published: ${waits}. Sites that are connected get it all the same where it is small, others when it does.`,
        ];
  return [...kept, ...others];
}

export function foreignProblems(foreign: number | null): ProblemFact[] {
  if (foreign === null) return [];
  const remedy = 'stop the other head, or publish here if this is the right one';
  return [{ id: 'fleet:foreign', sinceMs: null, what: foreignText(foreign), remedy }];
}

/** Files of the head that say what it published and whom it knows, and cannot be read. */
export function unreadableProblems(
  published: string | null,
  sites: string | null,
  keys: string | null,
): ProblemFact[] {
  const remedy = '`cenote fleet status` shows what sites have';
  const ofPolicy =
    published === null ? [] : [{ id: 'fleet:published', sinceMs: null, what: published, remedy }];
  const texts = unknownTexts(sites, keys);
  if (texts.length === 0) return ofPolicy;
  const what = texts.map(asProblem).join('; ');
  return [...ofPolicy, { id: 'fleet:sites', sinceMs: null, what, remedy: 'see to the file that it names' }];
}

export const unknownTexts = (sites: string | null, keys: string | null): string[] => [
  ...(sites === null ? [] : [`${unknownSitesText(sites)}.`]),
  ...(keys === null ? [] : [`${unknownKeysText(keys)}.`]),
];

/** Two daemons tell under the name of one site. */
export function twinProblems(rows: readonly SiteRow[], nowMs: number): ProblemFact[] {
  return rows.flatMap((row) =>
    twins([row], nowMs).map((what) => ({
      id: `fleet:twin:${row.site}`,
      sinceMs: row.twinMs,
      what: asProblem(what),
      remedy: 'each hit is counted once all the same',
    })),
  );
}

/** @param published names of lists whose texts sites have from here */
export function staleText(
  lists: readonly { readonly name: string; readonly condition: string; readonly lastGoodMs: number | null }[],
  published: readonly string[],
): string[] {
  return lists
    .filter(({ name, condition }) => published.includes(name) && NOT_RENEWED.has(condition))
    .map(({ name, condition, lastGoodMs }) => {
      const since =
        lastGoodMs === null ? '' : `, and was last known to be current at ${momentText(lastGoodMs)}`;
      return `The list ${name} is ${condition} at this head${since}: sites have the text of then, and call it good.`;
    });
}

/** Sites whose own file has a mistake; what it said before holds there. */
export function ownFileProblems(rows: readonly SiteRow[], nowMs: number): ProblemFact[] {
  return rows.flatMap((row) => {
    const { site, state, clockMs } = row;
    return ownFiles([row], nowMs).map((what) => ({
      id: `fleet:own-file:${site}`,
      sinceMs: (state?.own?.sinceMs ?? 0) - (clockMs ?? 0),
      what: asProblem(what),
      remedy: `mend it there; \`cenote check\` at ${site} shows the line`,
    }));
  });
}

/** Sites that were removed, and that the NATS server still lets in. */
export function stillComing(heard: ReadonlyMap<string, number>, users: string): string[] {
  return [...heard].map(
    ([site, heardMs]) =>
      `${site} was removed and still came at ${momentText(heardMs)}: the NATS server knows its user; ${users} is without it.`,
  );
}
