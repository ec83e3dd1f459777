// Why an incident ended, in words. Only one of the reasons says that the machine asks no more.
import { momentText } from '../config/values/grouped.ts';
import type { EndReason } from '../hits/incidents/incident.ts';
import type { IncidentSummary } from '../hits/incidents/summary.ts';
import { defanged, plain } from './escape.ts';
import { andMore, askerText, listedText } from './words.ts';

const TITLES: Readonly<Record<EndReason, string>> = {
  silent: 'Over',
  past: 'Acknowledged',
  merged: 'Joined with another incident',
  paused: 'No longer watched',
  delisted: 'No longer watched',
  allowed: 'No longer watched',
  'alert-off': 'No longer watched',
  unreached: 'No longer watched',
  evicted: 'No longer followed',
};

export const titleOfEnd = ({ end }: Pick<IncidentSummary, 'end'>): string => TITLES[end ?? 'silent'];

/** Another campaign or another list may have the same names: what ends says nothing of those. */
const listedBy = (incident: IncidentSummary): string =>
  incident.campaign === null ? `by ${listedText(incident)}` : `as part of ${plain(incident.campaign, 60)}`;

/** Of an incident that ends now. */
export function endSentence(incident: IncidentSummary): string {
  const { end, last, mergedInto, acknowledged } = incident;
  const who = askerText(incident);
  const unknown = `whether ${who} still asks is not known`;
  const by = listedBy(incident);
  switch (end) {
    case 'silent':
    case null:
      return `${who} has asked for no more names of ${listedText(incident)} since ${momentText(last)}${gapText(incident)}.${unseenText(incident, who)}`;
    case 'paused':
      return `${capital(unknown)}: blocking is paused for its group, or its lists are outside their schedule.`;
    case 'delisted':
      return `${capital(unknown)}: what it asked for is no longer listed for its group ${by}.`;
    case 'allowed':
      return `${capital(unknown)}: what it asked for is allowed now.`;
    case 'alert-off':
      return `${capital(unknown)}: what it asked for is listed ${by}, but no longer with an alert.`;
    case 'unreached':
      return `${capital(unknown)}: what it asked for leads to what is listed ${by}, but is blocked before that, or its group has \`inspect: false\`.`;
    case 'evicted':
      return `${capital(unknown)}: there are more open incidents than cenote can follow.`;
    case 'merged':
      return `It turned out to be the same as another incident of this machine: it goes on as incident ${mergedInto ?? ''}.`;
    case 'past':
      return acknowledged === null ? '' : `Somebody acknowledged it at ${momentText(acknowledged)}.`;
    default:
      return end satisfies never;
  }
}

/** Of one that ended before what is told now: what held then may hold no more. */
export function endedSentence(incident: IncidentSummary): string {
  const { end, closed } = incident;
  const by = listedBy(incident);
  const why: Readonly<Partial<Record<EndReason, string>>> = {
    paused: 'blocking was paused for its group, or its lists were outside their schedule',
    delisted: `what it asked for was no longer listed for its group ${by}`,
    allowed: 'what it asked for was allowed',
    'alert-off': `what it asked for was listed ${by}, but no longer with an alert`,
    unreached: `what it asked for led to what was listed ${by}, but was blocked before that, or its group had \`inspect: false\``,
    evicted: 'there were more open incidents than cenote could follow',
  };
  const words = end === null ? undefined : why[end];
  if (words === undefined || closed === null) return endSentence(incident);
  return `Its incident ended at ${momentText(closed)}, because ${words}.`;
}

const GAP_WORDS: Readonly<Record<string, string>> = {
  down: 'cenote was not running',
  paused: 'blocking was paused',
  'in-part': 'not all that it asked for was watched',
};
const GAPS_SHOWN = 2;

/** Silence is told with the times in which nobody listened. */
function gapText({ unwatched, last }: IncidentSummary): string {
  const since = unwatched.filter(({ to }) => to === null || to > last);
  if (since.length === 0) return '';
  const shown = since.slice(-GAPS_SHOWN).map(({ reason, from, to }) => {
    const words = GAP_WORDS[reason] ?? 'it was not watched';
    return `${words} from ${momentText(from)}${to === null ? '' : ` to ${momentText(to)}`}`;
  });
  return ` (${andMore(shown, since.length - shown.length)})`;
}

const NAMES_SHOWN = 3;

/** Silence says nothing of names that were hidden meanwhile. Notices of earlier releases that still wait have none. */
function unseenText({ unseenNames = [] }: Partial<IncidentSummary>, who: string): string {
  if (unseenNames.length === 0) return '';
  const shown = unseenNames.slice(0, NAMES_SHOWN).map(defanged);
  const names = andMore(shown, unseenNames.length - shown.length);
  return ` Whether ${who} still asks for ${names} is not known: not watched all that time.`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
