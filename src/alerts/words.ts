// Words that more than one sentence needs: machines, times, lists, how often.
import { isElsewhere } from '../clients/machine.ts';
import { type HitClient, usersIn } from '../hits/hit.ts';
import type { TooFew } from '../hits/incidents/beacon.ts';
import { type IncidentSummary, listsNow } from '../hits/incidents/summary.ts';
import { plain } from './escape.ts';

const LISTS_SHOWN = 3;
const USERS_SHOWN = 3;
const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** What a name rests on, where it is not the admin's own word. */
const NAMED_BY: Readonly<Record<string, string>> = {
  hosts: 'hosts file',
  lease: 'name by DHCP',
  ptr: 'name by reverse DNS',
  client: 'name by itself',
  inferred: 'name of another address of its MAC',
};

/** `till-3 (192.0.2.7, user anna)`: a name that a machine gave itself never stands alone. */
export function machineText(
  client: Pick<HitClient, 'ip' | 'name' | 'user' | 'users'>,
  charactersMax = 300,
): string {
  const users = usersIn(client);
  const said = users.length === 0 ? '' : `user ${anyOf(users, 'or', charactersMax)}`;
  return withUsers(client, said, charactersMax);
}

/** The machine of an incident. Where one user asked after the other, all are named: none of them asked for all of it. */
export function askerText(
  { client, users }: Pick<IncidentSummary, 'client' | 'users'>,
  charactersMax = 300,
): string {
  const now = usersIn(client);
  if (users.length < 2 || users.every((user) => now.includes(user)))
    return machineText(client, charactersMax);
  const all = [...new Set([...users, ...now])];
  return withUsers(client, `users ${anyOf(all, 'and', charactersMax)}`, charactersMax);
}

function withUsers(
  { ip, name }: Pick<HitClient, 'ip' | 'name'>,
  users: string,
  charactersMax: number,
): string {
  if (name === null) return users === '' ? ip : `${ip} (${users})`;
  return `${plain(name, charactersMax)} (${users === '' ? ip : `${ip}, ${users}`})`;
}

/** `anna`, `anna, bert or carl`; "or" where several were logged on and it is not known who asked. */
function anyOf(users: readonly string[], word: 'and' | 'or', charactersMax: number): string {
  const shown = users.slice(0, USERS_SHOWN).map((user) => plain(user, charactersMax));
  const more = users.length > USERS_SHOWN ? ` ${word} ${users.length - USERS_SHOWN} more` : '';
  const last = more === '' && shown.length > 1 ? ` ${word} ${shown.pop()}` : more;
  return `${shown.join(', ')}${last}`;
}

/** `, name by DHCP`; nothing when nobody or the configuration says the name. */
export function namedBy({ name, nameFrom }: HitClient): string {
  if (name === null || nameFrom == null) return '';
  const words = isElsewhere(nameFrom) ? `name at ${nameFrom}` : NAMED_BY[nameFrom];
  return words === undefined ? '' : ` [${words}]`;
}

/** `a, b and 2 more`. @param more that are not shown; where it is not known how many, at least so many */
export function andMore(shown: readonly string[], more: number, isAtLeast = false): string {
  if (more <= 0) return shown.join(', ');
  return `${shown.join(', ')} and ${isAtLeast ? 'at least ' : ''}${more} more`;
}

/** `list a`, `lists a and b`, `lists a, b, c and 2 more`. */
export function listsText(lists: readonly string[]): string {
  const shown = lists.slice(0, LISTS_SHOWN).map((list) => plain(list, 60));
  const more = lists.length - shown.length;
  if (more > 0) return `lists ${andMore(shown, more)}`;
  const last = shown.pop() ?? 'none';
  return shown.length === 0 ? `list ${last}` : `lists ${shown.join(', ')} and ${last}`;
}

/** The lists of an incident, by the names that they have now. */
export const listedText = (incident: IncidentSummary): string => listsText(listsNow(incident));

export const queriesText = (count: number): string => `${count} ${count === 1 ? 'query' : 'queries'}`;

/** `once`, `5 times`, `6 times in 2 visits`. @param visits 0: not counted */
export function timesText(queries: number, visits: number): string {
  const times = queries === 1 ? 'once' : `${queries} times`;
  if (visits === 0 || visits === queries) return times;
  return `${times} in ${visits} ${visits === 1 ? 'visit' : 'visits'}`;
}

/** Whatever the names: visits of two at once are one time. `it takes 6 times 20 s or more apart, and there are 2`. */
export const tooFewText = ({ visits, needed }: TooFew): string =>
  `it takes ${needed} times 20 s or more apart, and there ${visits === 1 ? 'is' : 'are'} ${visits}`;

/** `30 s`, `1 min 30 s`, `1 h 30 min`, `2 d`: never cut to less than it is. */
export function intervalText(ms: number): string {
  const seconds = Math.round(ms / SECOND_MS);
  if (seconds < 1) return `${Math.round(ms)} ms`;
  if (seconds < 60) return `${seconds} s`;
  if (ms < HOUR_MS) return parts(seconds, 60, 'min', 's');
  if (ms < DAY_MS) return parts(Math.round(ms / MINUTE_MS), 60, 'h', 'min');
  return parts(Math.round(ms / HOUR_MS), 24, 'd', 'h');
}

function parts(count: number, per: number, large: string, small: string): string {
  const rest = count % per;
  return `${Math.floor(count / per)} ${large}${rest === 0 ? '' : ` ${rest} ${small}`}`;
}
