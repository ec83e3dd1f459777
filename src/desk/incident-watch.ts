// Whether the askings of open incidents would still be seen, and under which campaign, after what is in force has changed.
import { RESULT } from '../events/result.ts';
import type { Standing } from '../hits/incidents/change.ts';
import type { Concern } from '../hits/incidents/concern.ts';
import type { EndReason, Incident } from '../hits/incidents/incident.ts';
import type { Match, Matcher } from '../hits/matches.ts';
import { STANDING } from '../hits/standing.ts';
import { plainOctets, textToAddress } from '../wire/names/address.ts';
import { textToName } from '../wire/names/presentation.ts';
import { TYPE } from '../wire/records/iana.ts';
import type { HitsService } from './hits-service.ts';
import type { HitsSettings } from './messages.ts';

const NO_ADDRESS = new Uint8Array(16);
const TYPES = [TYPE.A, TYPE.AAAA, TYPE.TXT] as const;
const SEEN: Standing = { reason: null, concern: null };

/** What lists and campaigns there are: one that is gone, and another that was not there, are one under another name. */
interface Titles {
  readonly lists: ReadonlySet<string>;
  readonly campaigns: ReadonlySet<string>;
}

/** Resolver threads hold hits of the rules before for so long. */
const RULES_MS = 3000;

export class IncidentWatch {
  readonly #desk: HitsService;
  /** When what is in force last changed, monotonic; null: open incidents have been looked through since. */
  #changedMs: number | null = null;
  /** At the last look. */
  #titles: Titles;

  constructor(desk: HitsService) {
    this.#desk = desk;
    this.#titles = titlesIn(desk.settings);
  }

  rulesChanged(): void {
    this.#changedMs = this.#desk.options.monotonic();
  }

  /** Ends, a moment after a change, open incidents that nobody would see go on. */
  tick(): void {
    const { options, context, registry, settings } = this.#desk;
    const { now, monotonic } = options;
    if (this.#changedMs === null || monotonic() - this.#changedMs < RULES_MS) return;
    const matcher = context.matcherOf(-1);
    if (matcher === null) return;
    this.#changedMs = null;
    const before = this.#titles;
    this.#titles = titlesIn(settings);
    const titles = { before, now: this.#titles };
    registry.rulesChanged((incident) => standingOf(incident, { matcher, settings, titles }, now()), now());
  }

  /** Why an asking would not be seen at present; null when it would. */
  unwatched({ client }: Incident): EndReason | null {
    const { privacy, paused = [] } = this.#desk.settings;
    // What passes in a pause is seen in the query records, unless whoever asked is to stay unknown.
    return privacy !== 'none' && paused.includes(client.group) ? 'paused' : null;
  }
}

interface Rules {
  readonly matcher: Matcher;
  readonly settings: HitsSettings;
  readonly titles: { readonly before: Titles; readonly now: Titles };
}

/** @param nowMs wall clock */
function standingOf(incident: Incident, { matcher, settings, titles }: Rules, nowMs: number): Standing {
  const { groups, ruleSet } = settings;
  const group = groups.findIndex(({ name }) => name === incident.client.group);
  const address = textToAddress(incident.client.ip) ?? NO_ADDRESS;
  const matches: Match[] = [];
  let isAllowed = false;
  for (const { name, via } of incident.names) {
    const target = via ?? name;
    const network = via === null ? null : textToAddress(via);
    if (network !== null) {
      matches.push(...matcher.ofAddress(plainOctets(network), { qtype: TYPE.A, group, address }));
      continue;
    }
    const qname = textToName(target);
    if (qname === null) continue;
    for (const qtype of TYPES) {
      const judged = matcher.judge({ qname, qtype, group, address, timeMs: nowMs, result: RESULT.data });
      if (judged.standing === STANDING.allowed) isAllowed = true;
      else matches.push(...judged.matches);
    }
  }
  const isOwn = ({ list, indicator }: Match): boolean =>
    (indicator?.campaign ?? null) === incident.campaign &&
    (incident.campaign !== null || incident.lists.includes(list));
  if (matches.some(isOwn)) return SEEN;
  const heir = matches.find((match) => isRenamed(incident, match, titles));
  if (heir !== undefined) return { reason: null, concern: concernOf(heir, matches) };
  if (isAllowed) return { reason: 'allowed', concern: null };
  const isSilenced = ruleSet.lists.some(({ name, alert }) => !alert && incident.lists.includes(name));
  return { reason: isSilenced ? 'alert-off' : 'delisted', concern: null };
}

function titlesIn({ ruleSet: { lists, rules } }: HitsSettings): Titles {
  const campaigns = rules.flatMap(({ indicator }) => indicator?.campaign ?? []);
  return { lists: new Set(lists.map(({ name }) => name)), campaigns: new Set(campaigns) };
}

/** Whether what has its names now is what the incident is about, under another name: else it is somebody else's. */
function isRenamed(
  { campaign, lists }: Incident,
  { list, indicator }: Match,
  { before, now }: Rules['titles'],
): boolean {
  const title = indicator?.campaign ?? null;
  if (title !== null && before.campaigns.has(title)) return false;
  if (campaign !== null) return title !== null && !now.campaigns.has(campaign);
  if (title !== null) return lists.includes(list);
  return !before.lists.has(list) && lists.every((own) => !now.lists.has(own));
}

function concernOf({ list, rule, indicator }: Match, matches: readonly Match[]): Concern {
  const campaign = indicator?.campaign ?? null;
  const own = matches.filter((match) => (match.indicator?.campaign ?? null) === campaign);
  const lists = campaign === null ? [list] : [...new Set(own.map((match) => match.list))];
  return { campaign, lists, rule, indicator, indicators: indicator === null ? [] : [indicator] };
}
