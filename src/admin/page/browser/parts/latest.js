// Which of the latest hits are shown: those on lists that alert unless all are wanted, so that a list of ads hides no attacker.
import { ask, queryOf } from '../ask.js';
import { useEffect, useMemo, useState } from '../kit.js';
import { failureText, noteFailure } from '../live.js';
import { spelledName } from '../spelled.js';
import { partOfName } from '../words.js';

/** @import { Hit } from '../../../../hits/hit.ts' */
/** @import { Coverage } from '../../../../hits/coverage.ts' */
/** @typedef {{ since: string, coverage: Coverage }} OfTime */
/** @import { IncidentSummary } from '../../../../hits/incidents/summary.ts' */

const NEWEST = 200;
const NEWEST_FILTERED = 1000;
const LISTS_MAX = 20;
const EVERY_MS = 5_000;

/** Lists that alert and those that decided in their place, as the incidents know them. @param {readonly IncidentSummary[]} incidents */
const listsOf = (incidents) => [
  ...new Set(incidents.flatMap(({ list, lists, decided }) => [list, ...lists, ...Object.keys(decided)])),
];

/** Newest first. Each list of an incident is asked for by itself: the newest of all may be of ads alone. @param {boolean} all @param {number} limit */
async function newest(all, limit) {
  const { incidents } = await /** @type {Promise<{ incidents: IncidentSummary[] }>} */ (
    ask('incidents?limit=200')
  );
  const lists = all ? [] : listsOf(incidents).slice(0, LISTS_MAX);
  const paths = [`hits${queryOf({ limit })}`, ...lists.map((list) => `hits${queryOf({ list, limit })}`)];
  const answers = await Promise.all(
    paths.map((path) => /** @type {Promise<{ hits: Hit[] } & OfTime>} */ (ask(path))),
  );
  const [known = null] = answers;
  const byId = new Map(answers.flatMap(({ hits }) => hits.map((hit) => [hit.id, hit])));
  const hits = [...byId.values()].sort((a, b) => (a.time < b.time ? 1 : a.time > b.time ? -1 : 0));
  const alerting = new Set(incidents.flatMap(({ list, lists: of }) => [list, ...of]));
  return { hits, alerting, known };
}

/**
 * @param {{ all: boolean, filter: string, isLive: boolean }} wanted
 * @returns {{ hits: Hit[] | null, known: OfTime | null, failure: string }}
 */
export function latestHits({ all, filter, isLive }) {
  const [got, setGot] = useState(/** @type {Awaited<ReturnType<typeof newest>> | null} */ (null));
  const [failure, setFailure] = useState('');
  const limit = filter.trim() === '' ? NEWEST : NEWEST_FILTERED;
  useEffect(() => {
    if (!isLive) return undefined;
    let isOver = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const loop = async () => {
      try {
        const answer = await newest(all, limit);
        if (isOver) return;
        setGot(answer);
        setFailure('');
      } catch (error) {
        noteFailure(error);
        if (!isOver) setFailure(failureText(error));
      }
      if (!isOver) timer = setTimeout(loop, EVERY_MS);
    };
    void loop();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [all, limit, isLive]);
  const sought = [filter.trim().toLowerCase(), partOfName(filter)];
  const hits = useMemo(
    () =>
      got?.hits.filter(
        (hit) => (all || hit.matches.length > 0 || got.alerting.has(hit.list)) && isLike(hit, sought),
      ) ?? null,
    [got, all, sought],
  );
  return { hits, known: got?.known ?? null, failure };
}

/** By machine, name or list, in any case of letters. @param {Hit} hit @param {readonly string[]} sought */
function isLike({ client, question, machine, list, via, matches }, sought) {
  return [
    client.ip,
    client.name,
    client.mac,
    client.user,
    ...(client.users ?? []),
    machine,
    question.name,
    via,
    list,
    ...matches.map((match) => match.list),
  ].some((text) => {
    const written = (text ?? '').toLowerCase();
    const spelled = spelledName(written);
    return sought.some((part) => written.includes(part) || spelled.includes(part));
  });
}
