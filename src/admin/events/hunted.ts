// A hunt as the admin interface asks for it: by lists, by names, or both.

import type { Config } from '../../config/config.ts';
import type { Answers, HuntFinding, Question } from '../../desk/messages.ts';
import { RouteError } from '../route.ts';
import type { HuntAsked } from './state.ts';

type Ask = <Q extends Question>(question: Q) => Promise<Answers[Q['what']]>;

/** @throws RouteError for a list that is none */
export async function hunted(
  { lists, names, sinceMs }: HuntAsked,
  config: Config,
  ask: Ask,
): Promise<readonly HuntFinding[]> {
  const known = config.lists.map(({ name }) => name);
  const unknown = lists?.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new RouteError(404, 'BAD_LIST', `there is no list ${unknown}; there is ${known.join(', ')}`);
  const listed = lists === null && names.length > 0 ? [] : await ask({ what: 'huntLists', lists, sinceMs });
  if (names.length === 0) return listed;
  const targets = names.map((name) => ({ name, covers: 'subtree' as const }));
  return [...listed, ...(await ask({ what: 'hunt', targets, sinceMs }))];
}
