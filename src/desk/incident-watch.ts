// Whether the askings of open incidents would still be seen, and under which campaign, after what is in force has changed.
import { RESULT } from '../events/result.ts';
import type { Standing } from '../hits/incidents/change.ts';
import type { Concern } from '../hits/incidents/concern.ts';
import type { EndReason, Incident } from '../hits/incidents/incident.ts';
import type { Match, Matcher } from '../hits/matches.ts';
import { STANDING } from '../hits/standing.ts';
import type { Renamed, Retitled } from '../hits/titles.ts';
import { plainOctets, textToAddress } from '../wire/names/address.ts';
import { textToName } from '../wire/names/presentation.ts';
import { TYPE } from '../wire/records/iana.ts';
import type { HitsService } from './hits-service.ts';
import type { HitsSettings } from './messages.ts';

const NO_ADDRESS = new Uint8Array(16);
const TYPES = [TYPE.A, TYPE.AAAA, TYPE.TXT] as const;
const SEEN: Standing = { reason: null, concern: null };

/** Resolver threads hold hits of the rules before for so long. */
const RULES_MS = 3000;

export class IncidentWatch {
  readonly #desk: HitsService;
  /** When what is in force last changed, monotonic; null: open incidents have been looked through since. */
  #changedMs: number | null = null;
  /** Since the last look. */
  #renamed: Renamed = { retitled: [], relisted: [] };

  constructor(desk: HitsService) {
    this.#desk = desk;
  }

  rulesChanged({ retitled, relisted }: Renamed): void {
    const before = this.#renamed;
    this.#renamed = {
      retitled: [...before.retitled, ...retitled],
      relisted: [...before.relisted, ...relisted],
    };
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
    const renamed = this.#renamed;
    this.#renamed = { retitled: [], relisted: [] };
    registry.rulesChanged((incident) => standingOf(incident, { matcher, settings, renamed }, now()), now());
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
  readonly renamed: Renamed;
}

/** @param nowMs wall clock */
function standingOf(incident: Incident, { matcher, settings, renamed }: Rules, nowMs: number): Standing {
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
  const heir = matches.find((match) => isRenamed(incident, match, renamed));
  if (heir !== undefined) return { reason: null, concern: concernOf(heir, matches) };
  if (isAllowed) return { reason: 'allowed', concern: null };
  const isSilenced = ruleSet.lists.some(({ name, alert }) => !alert && incident.lists.includes(name));
  return { reason: isSilenced ? 'alert-off' : 'delisted', concern: null };
}

/** Whether what has its names now is what the incident is about, under another name: else it is somebody else's. */
function isRenamed({ campaign, lists }: Incident, { list, indicator }: Match, renamed: Renamed): boolean {
  const title = indicator?.campaign ?? null;
  if (campaign !== null) return title === nameNow(campaign, renamed.retitled);
  if (title !== null) return lists.includes(list);
  return lists.some((own) => nameNow(own, renamed.relisted) === list);
}

const nameNow = (name: string, renamed: readonly Retitled[]): string =>
  renamed.reduce((now, { from, to }) => (now === from ? to : now), name);

function concernOf({ list, rule, indicator }: Match, matches: readonly Match[]): Concern {
  const campaign = indicator?.campaign ?? null;
  const own = matches.filter((match) => (match.indicator?.campaign ?? null) === campaign);
  const lists = campaign === null ? [list] : [...new Set(own.map((match) => match.list))];
  return { campaign, lists, rule, indicator, indicators: indicator === null ? [] : [indicator] };
}
