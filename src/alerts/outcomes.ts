// What a machine got for its questions, and why what is listed was not blocked, in words.
import type { Hit } from '../hits/hit.ts';
import { isGraver, severityOf } from '../hits/incidents/concern.ts';
import type { IncidentSummary } from '../hits/incidents/summary.ts';
import type { Match, MatchMode } from '../hits/match.ts';
import { defanged, plain } from './escape.ts';
import type { Notice } from './receiver.ts';
import { queriesText } from './words.ts';

type ResultName = Hit['outcome'];

/** After "N were", or "it was". */
const WORDS: Readonly<Record<ResultName, string>> = {
  data: 'answered',
  nodata: 'answered with NODATA',
  nxdomain: 'answered with NXDOMAIN',
  failed: 'answered with SERVFAIL or not at all',
  refused: 'refused',
  withheld: 'withheld (a private address for a public name)',
  blocked: 'blocked',
  rewritten: 'answered with what the list says',
  truncated: 'told to come back over TCP',
  limited: 'over the rate limit',
  dropped: 'dropped without an answer',
  local: 'answered from the configuration',
  partlyBlocked: 'asked of an older release, which noted only that some were blocked',
  unrecorded: 'let through to an upstream, whose answer is not recorded',
};

/** What let the attacker's own data through comes first. */
const ORDER: readonly ResultName[] = ['data', 'unrecorded', 'local', 'rewritten', 'nodata', 'nxdomain'];

/** `it was blocked`, `all were answered`, `3 were answered, 2 were blocked`. */
export function gotText({ outcomes }: Pick<IncidentSummary, 'outcomes'>): string {
  const got = (Object.entries(outcomes) as [ResultName, number][])
    .filter(([, count]) => count > 0)
    .sort(([a], [b]) => placeOf(a) - placeOf(b));
  const [only, ...others] = got;
  if (only === undefined) return 'what it got was not recorded';
  const [outcome, count] = only;
  if (others.length === 0) return `${count === 1 ? 'it was' : 'all were'} ${WORDS[outcome]}`;
  return got.map(([which, many]) => `${many} ${many === 1 ? 'was' : 'were'} ${WORDS[which]}`).join(', ');
}

/** Of what was asked before it was listed, what came of it by the history's classes; some in the order of ORDER. */
const PAST_WORDS = [
  ['answered', 'answered'],
  ['local', 'answered from the configuration'],
  // One class of the history: all that was sent on and brought no data.
  ['failed', 'not resolved (NXDOMAIN, NODATA, SERVFAIL, truncated, withheld or over the rate limit)'],
  ['rewritten', WORDS.rewritten],
  ['blocked', 'blocked'],
  ['refused', 'refused'],
] as const;

/** `it was answered`, `2 were answered, 1 was blocked`. */
export function pastGotText(past: NonNullable<IncidentSummary['past']>): string {
  const got = PAST_WORDS.filter(([name]) => past[name] > 0);
  const [only, ...others] = got;
  // Of an older release: it may have been blocked by another list, or answered.
  if (only === undefined) return 'what it got was not recorded';
  const { unrecorded } = past;
  if (others.length === 0 && unrecorded === 0) return `${past.hits === 1 ? 'it was' : 'all were'} ${only[1]}`;
  return [
    ...got.map(([name, words]) => `${past[name]} ${past[name] === 1 ? 'was' : 'were'} ${words}`),
    ...(unrecorded === 0 ? [] : [`of ${unrecorded} it was not recorded`]),
  ].join(', ');
}

/** Of all that it asked, before and since it was listed. */
export function allGotText(incident: Pick<IncidentSummary, 'hits' | 'past' | 'outcomes' | 'first'>): string {
  const { past, hits } = incident;
  if (past === null) return gotText(incident);
  // Lists without an alert may have had it, and blocked it.
  const before = `${notListedText(incident, 'it was')} ${pastGotText(past)}`;
  return hits === past.hits ? before : `${gotText(incident)}; ${before}`;
}

/** Of what was taken off a list and is on it again, "before" would be false. */
export function notListedText(
  { past, first }: Pick<IncidentSummary, 'past' | 'first'>,
  were: string,
): string {
  const wasListed = past !== null && first < past.first;
  return wasListed ? `while ${were} not listed with an alert` : `before ${were} listed with an alert`;
}

const placeOf = (outcome: ResultName): number => {
  const place = ORDER.indexOf(outcome);
  return place < 0 ? ORDER.length : place;
};

// Why what is listed was not blocked: from what each of its lists did when it was asked for. A notice gives the reasons of the hits
// that it brings, never reasons worked out afterwards from dates or from the rules of now.

export type LetThrough = Exclude<MatchMode, 'enforce'>;

/**
 * The match that says why a hit was not blocked. Null: it was blocked, something else decided (the rate limit, a rebinding), or the
 * reply was truncated, as the rate limit does too: the query that follows over TCP says why.
 */
export function letThroughBy({
  verdict,
  matches,
  list,
  outcome,
}: Hit): (Match & { readonly mode: LetThrough }) | null {
  if (verdict !== 'monitor' || outcome === 'truncated') return null;
  const passing = matches.filter(isPassing);
  const own = passing.find((match) => match.list === list);
  // A list that blocks has it too: then no list let it through.
  if (own === undefined && passing.length < matches.length) return null;
  return own ?? passing.reduce(graver, passing[0] ?? null);
}

function graver<One extends Match>(known: One | null, one: One): One {
  return known === null || isGraver(severityOf(one.indicator), severityOf(known.indicator)) ? one : known;
}

const isPassing = (match: Match): match is Match & { readonly mode: LetThrough } => match.mode !== 'enforce';

/** After "not blocked". */
const WHY: Readonly<Record<Exclude<LetThrough, 'expired'>, (match: Match) => string>> = {
  paused: () => 'blocking was paused',
  schedule: () => 'its lists were outside their schedule',
  monitor: ({ list }) => `list ${plain(list, 60)} only watches (mode: monitor)`,
};

function whyText(match: Match & { readonly mode: LetThrough }): string {
  if (match.mode !== 'expired') return WHY[match.mode](match);
  const expires = match.indicator?.expires;
  return `entry ${defanged(match.rule)} expired${expires === undefined ? '' : ` on ${expires}`}`;
}

/** One hit: `blocking was paused`; null where nothing needs saying. */
export function letThroughText(hit: Hit): string | null {
  const match = letThroughBy(hit);
  return match === null ? null : whyText(match);
}

const REASONS_SHOWN = 3;

/** `Not blocked: 2 queries, since blocking was paused; 1 query, since entry old[.]example expired on 2026-01-01.` */
export function notBlockedSentence({ hits, furtherHits, kind }: Notice): string | null {
  const sums = new Map<string, number>();
  for (const hit of hits) {
    const why = letThroughText(hit);
    if (why !== null) sums.set(why, (sums.get(why) ?? 0) + hit.count);
  }
  if (sums.size === 0) return null;
  const each = [...sums].map(
    ([why, count]) => `${furtherHits > 0 ? 'at least ' : ''}${queriesText(count)}, since ${why}`,
  );
  const more = each.length - REASONS_SHOWN;
  const shown = each.slice(0, REASONS_SHOWN).join('; ');
  const since = kind === 'opened' ? '' : ' since the last notice';
  return `Not blocked${since}: ${shown}${more > 0 ? `; and for ${more} more reasons` : ''}.`;
}
