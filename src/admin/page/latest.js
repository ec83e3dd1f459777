// Which of the latest hits are shown: those on lists that alert unless all are wanted, so that a list of ads hides no attacker.
import { ask } from './ask.js';

const NEWEST = 200;
const NEWEST_FILTERED = 1000;
const LISTS_MAX = 20;

/** Lists that alert and those that decided in their place, as the incidents know them. */
const listsOf = (incidents) => [
  ...new Set(incidents.flatMap(({ list, lists, decided }) => [list, ...lists, ...Object.keys(decided)])),
];

/** Newest first. Each list of an incident is asked for by itself: the newest of all may be of ads alone. */
export async function latestHits(incidents, { all, filter }) {
  const limit = filter.trim() === '' ? NEWEST : NEWEST_FILTERED;
  const lists = all ? [] : listsOf(incidents).slice(0, LISTS_MAX);
  const paths = [
    `hits?limit=${limit}`,
    ...lists.map((list) => `hits?${new URLSearchParams({ list, limit })}`),
  ];
  const answers = await Promise.all(paths.map((path) => ask(path)));
  const byId = new Map(answers.flatMap(({ hits }) => hits.map((hit) => [hit.id, hit])));
  return [...byId.values()].sort((a, b) => (a.time < b.time ? 1 : a.time > b.time ? -1 : 0));
}

/** By machine, name or list, in any case of letters. */
export function isWanted(hit, { all, filter, incidents }) {
  const alerts =
    hit.matches.length > 0 ||
    incidents.some(({ list, lists }) => list === hit.list || lists.includes(hit.list));
  if (!all && !alerts) return false;
  const sought = filter.trim().toLowerCase();
  const { client, question, machine, list, via, matches } = hit;
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
  ].some((text) => (text ?? '').toLowerCase().includes(sought));
}
