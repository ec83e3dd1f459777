// Finds against what was asked for before it was listed: told once for each machine, campaign and name, with how often and what was
// got; none missed, none twice.
import type { AskedInPast, Find } from '../../../src/hits/find.ts';
import { type Asking, type Concern, concernOf, isFoundBy, isUnderPseudonym } from '../truth/asking.ts';
import { type Match, matchesOf } from '../truth/judge.ts';
import { isPseudonym, type Ledger, PAST_CLASSES } from '../truth/ledger.ts';
import { DAY_MS } from '../world/day.ts';
import { TYPES } from '../world/names.ts';
import { type Office, wholeOf } from '../world/rules.ts';
import {
  asksForAddress,
  classOf,
  countedOf,
  GOT_CLASSES,
  gotThat,
  isAddressWay,
  ROUNDED_MS,
} from './counted.ts';
import { textOf } from './hits.ts';
import { comparePseudonymFind } from './pseudonyms.ts';
import type { Report } from './report.ts';

const mayBeFound = ({ standing, got }: Asking): boolean =>
  (standing === 'unlisted' || standing === 'elsewhere') && got !== 'refused' && got !== 'local';

/** Whether a listing that is in force now makes a find of an asking, and for what. */
function matchesNow(asking: Asking, office: Office, type: number = TYPES[asking.type]): Match[] {
  if (!mayBeFound(asking)) return [];
  // Of a pseudonym the group is not known either: it is looked for by the lists of all.
  const noted = office.groups.find(({ name }) => name === asking.group);
  const group = noted === undefined ? undefined : wholeOf(office, noted);
  const lists = isUnderPseudonym(asking) ? office.lists : (group?.lists ?? []);
  const asked = { text: asking.name, isAddress: false, type, wallMs: asking.wallMs };
  return matchesOf(lists, asked).filter((match) => !wasElsewhere(asking, match));
}

/** Another group's list had it then, for the same campaign: when its own group begins to use that, it is the admin's doing and no news. */
const wasElsewhere = ({ elsewhere }: Asking, { list, entry }: Match): boolean =>
  elsewhere.some((one) =>
    entry.campaign === null || one.entry.campaign === null
      ? one.list === list
      : one.entry.campaign === entry.campaign,
  );

const dayOf = ({ wallMs }: Asking): number => Math.floor(wallMs / DAY_MS);

/** Lists of others are noted by the day and name, not by the asking. */
const isSurelyNews = (asking: Asking, match: Match, ledger: Ledger): boolean =>
  asking.standing === 'unlisted' ||
  !ledger.askings.some(
    (one) => one.name === asking.name && dayOf(one) === dayOf(asking) && wasElsewhere(one, match),
  );

const isOf = (matches: readonly Match[], concern: Concern): boolean =>
  matches.some((match) => concernOf(match) === concern);

const GRAVITY: readonly unknown[] = ['low', null, 'medium', 'high'];

/** Threads hold queries for two seconds, and the desk gathers for five. */
const ON_THE_WAY_MS = 10_000;

/** What lists have of a concern, whatever types they speak of. */
const allOf = (asking: Asking, office: Office, concern: Concern): Match[] =>
  Object.values(TYPES)
    .flatMap((type) => matchesNow(asking, office, type))
    .filter((match) => concernOf(match) === concern);

interface Comparing {
  readonly ledger: Ledger;
  readonly report: Report;
  readonly about: () => string;
}

/** What led to a name or address that is listed now: it is not asked more often than it was. */
function compareLed(
  said: AskedInPast,
  asker: Asking,
  concern: Concern,
  { ledger, report, about }: Comparing,
): void {
  const own = ledger
    .of(asker.machine)
    .filter((one) => one.name === said.name && one.standing === 'unlisted' && !isUnderPseudonym(one));
  const fresh = own.filter(({ foundBy }) => !foundBy.has(concern));
  report.hold(
    'find',
    fresh.some(({ type }) => !isAddressWay(said) || asksForAddress(type)),
    () => `${about()} ${said.name} led to ${said.via}: nobody asked for its address`,
  );
  report.hold(
    'find',
    said.count > 0 && said.count <= fresh.length,
    () => `${about()} ${said.name} ${said.count} times, true is ${fresh.length} of ${own.length}`,
    fresh.length === 0 && own.length > 0 ? 'twice' : 'false',
  );
  report.hold(
    'find',
    gotThat(fresh, said),
    () =>
      `${about()} ${said.name} ${GOT_CLASSES.map((name) => `${said[name]} ${name}`).join()}, true is ${fresh.map(textOf).join('; ')}`,
  );
  for (const one of countedOf(fresh, said)) one.foundBy.add(concern);
}

/** What a find says it is of; undefined: there is no such thing. */
const concernNamed = ({ list, indicator }: Find, { lists }: Office): Concern | undefined =>
  lists
    .filter(({ name }) => name === list)
    .flatMap((one) =>
      one.entries.flatMap(({ campaign }): Concern[] => (campaign === null ? [one] : [campaign])),
    )
    .find((one) => ('title' in one ? one.title : null) === (indicator?.campaign ?? null));

/** @param atMs when it was read, by the clock that cannot jump */
export function compareFind(find: Find, office: Office, ledger: Ledger, report: Report, atMs: number): void {
  const { client, names, list, indicator, count } = find;
  const about = (): string => `find of ${list}, ${find.machine} (${client.ip})`;
  if (isPseudonym(find.machine)) {
    const concern = concernNamed(find, office);
    if (
      !report.hold('find', concern !== undefined, () => `${about()}: no such list or campaign`) ||
      concern === undefined
    )
      return;
    const isNews = (one: Asking): boolean => allOf(one, office, concern).length > 0;
    comparePseudonymFind(find, concern, isNews, { ledger, report });
    ledger.finds.push({ atMs, wallMs: Date.parse(find.time), machine: null, concern, count, got: find });
    return;
  }
  const askers = ledger.askings.filter(
    ({ ip, name, wallMs }) =>
      ip === client.ip &&
      names.some((one) => one.name === name && Math.abs(wallMs - Date.parse(one.last)) <= ROUNDED_MS),
  );
  // Within a second of its asking from elsewhere another may have asked the same from an address that became its own: a machine that no
  // statement has named yet is known by the MAC that is said, which one of those who asked must have.
  const asker =
    askers.find(({ machine }) => machine === ledger.known(find.machine)) ??
    askers.find(({ machine }) => machine.mac === client.mac) ??
    askers[0];
  if (
    !report.hold('find', asker !== undefined, () => `${about()}: nobody asked from there`) ||
    asker === undefined
  )
    return;
  const wrong = ledger.meant({ ...client, machine: find.machine }, asker.machine);
  report.hold('find', wrong === null, () => `${about()}: ${wrong}`);
  const concern = concernNamed(find, office);
  if (
    !report.hold('find', concern !== undefined, () => `${about()}: no such list or campaign`) ||
    concern === undefined
  )
    return;
  /** Askings that it surely tells of. */
  const counted: Asking[] = [];
  for (const said of names) {
    if (said.via !== undefined && said.via !== null) {
      compareLed(said, asker, concern, { ledger, report, about });
      continue;
    }
    const all = ledger
      .of(asker.machine)
      .filter(
        (one) => one.name === said.name && !isUnderPseudonym(one) && allOf(one, office, concern).length > 0,
      );
    const fresh = all.filter(({ foundBy }) => !foundBy.has(concern));
    // The history keeps no count for each type: where an entry speaks of some only, the others of the name may be counted.
    const isSure = (one: Asking): boolean =>
      !one.isVolatile &&
      // Of hits nothing stands beside pseudonyms.
      !one.isAnonymous &&
      !one.mayBeFoundBy.has(concern) &&
      one.standing === 'unlisted' &&
      atMs - one.atMs > ON_THE_WAY_MS &&
      isOf(matchesNow(one, office), concern) &&
      // What was told of a list without a campaign counts for the campaigns that it turns out to be of.
      !allOf(one, office, concern).every(
        (match) => isFoundBy(one, match) || one.mayBeFoundBy.has(match.list),
      );
    const sure = fresh.filter(isSure);
    const what = (): string =>
      `${about()} ${said.name} ${said.count} times from ${said.first} to ${said.last}, told ${new Date(Date.parse(find.time)).toISOString()}`;
    if (
      !report.hold(
        'find',
        fresh.length > 0,
        () => `${what()}: ${all.length === 0 ? 'nobody asked' : 'was told before'}`,
        all.length === 0 ? 'false' : 'twice',
      )
    )
      continue;
    report.hold(
      'find',
      said.count >= sure.length && said.count <= fresh.length,
      () => `${what()}: true is ${sure.length} to ${fresh.length} (${all.length} in all)`,
    );
    for (const name of GOT_CLASSES) {
      const own = fresh.filter((one) => classOf(one) === name);
      const least = own.filter(isSure).length;
      report.hold(
        'find',
        said[name] >= least && said[name] <= own.length,
        () => `${what()}: ${name} ${said[name]}, true is ${least} to ${own.length}`,
      );
    }
    if (sure.length === fresh.length) {
      const times = fresh.map(({ wallMs }) => wallMs);
      const isSame = (text: string, ms: number): boolean => Math.abs(Date.parse(text) - ms) <= ROUNDED_MS;
      report.hold(
        'find',
        isSame(said.first, Math.min(...times)) && isSame(said.last, Math.max(...times)),
        () =>
          `${what()}: true is ${new Date(Math.min(...times)).toISOString()} to ${new Date(Math.max(...times)).toISOString()}`,
      );
    }
    // What was on its way to the history is found by the next round.
    const isTold = (one: Asking): boolean =>
      atMs - one.atMs > ON_THE_WAY_MS ||
      said.count === fresh.length ||
      one.wallMs <= Date.parse(said.last) + ROUNDED_MS;
    for (const one of fresh.filter(isTold)) {
      const isCounted = said.count === fresh.length || isOf(matchesNow(one, office), concern);
      (isCounted ? one.foundBy : one.mayBeFoundBy).add(concern);
      // What a kill lost is told by nobody.
      if (isCounted && (said.count === fresh.length || isSure(one))) counted.push(one);
    }
  }
  report.hold(
    'find',
    count === names.reduce((sum, one) => sum + one.count, 0),
    () => `${about()}: ${count} is not the sum of its names`,
  );
  for (const name of PAST_CLASSES)
    report.same(
      'find',
      find[name],
      names.reduce((sum, one) => sum + one[name], 0),
      () => `${about()}: ${name}`,
    );
  const grave = Math.max(
    -1,
    ...counted
      .flatMap((one) => matchesNow(one, office))
      .filter((match) => concernOf(match) === concern)
      .map(({ entry }) => GRAVITY.indexOf(entry.confidence)),
  );
  report.hold(
    'find',
    indicator === null || GRAVITY.indexOf(indicator.confidence) >= grave,
    () => `${about()}: of ${indicator?.confidence} confidence, true is ${GRAVITY[grave]}`,
  );
  const isSplit = ledger.finds.some(
    (one) => one.atMs === atMs && one.machine === asker.machine && one.concern === concern,
  );
  report.hold(
    'find',
    concern !== undefined && !(isSplit && 'title' in concern),
    () => `${about()}: one campaign is told as two finds at once`,
    'twice',
  );
  ledger.finds.push({
    atMs,
    wallMs: Date.parse(find.time),
    machine: asker.machine,
    concern,
    count,
    got: find,
  });
}

/** Once every search has ended: what should have been found and was not. */
export function missedFinds(office: Office, ledger: Ledger, report: Report): void {
  for (const asking of ledger.askings) {
    if (!mayBeFound(asking) || asking.isVolatile || (asking.isAnonymous && asking.isHit)) continue;
    for (const match of matchesNow(asking, office).filter((one) => isSurelyNews(asking, one, ledger)))
      report.hold(
        'find',
        isFoundBy(asking, match) ||
          [concernOf(match), match.list].some((one) => asking.mayBeFoundBy.has(one)),
        () => `not found: ${textOf(asking)}`,
        'missed',
      );
  }
}
