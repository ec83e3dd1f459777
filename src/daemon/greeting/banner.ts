// What a person sees when the daemon is ready: where it listens, what it blocks, how to try it.
import type { Config } from '../../config/config.ts';
import { grouped } from '../../config/values/grouped.ts';
import type { ListStatus } from '../../lists/library/list-status.ts';
import { parseBound } from '../threads/bound.ts';

export interface BannerFacts {
  readonly config: Config;
  readonly lists: readonly Pick<ListStatus, 'name' | 'entries' | 'inForce' | 'lastError'>[];
  readonly bound: readonly string[];
  readonly admin: string | null;
  /** A listed name to try, null when no list has one. */
  readonly example: string | null;
}

export function banner({ config, lists, bound, admin, example }: BannerFacts): string {
  const told = lists.map((list) => `${list.name} (${heldOf(list)})`).join(', ');
  const lines = [
    'cenote is ready.',
    `  listens on   ${bound.map(transportsOf).join(', ')}`,
    `  lists        ${told === '' ? 'none: nothing is blocked' : told}`,
    `  forwards to  ${config.upstreams.default.map((upstream) => (upstream.kind === 'system' ? 'system (the servers of resolv.conf)' : upstream.text)).join(', ')}`,
    `  hits go to   standard output and ${config.events.dir}/hits.jsonl`,
  ];
  if (admin !== null) lines.push(`  admin        ${placesOf(admin, config.listen.admin?.tls === true)}`);
  const first = bound[0];
  if (first !== undefined) {
    const { host, port } = parseBound(first);
    const server = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
    const dig = `dig @${server}${port === 53 ? '' : ` -p ${port}`}`;
    lines.push('  try it       in another terminal:');
    if (example !== null)
      lines.push(`                 ${dig} ${example}    (listed: blocked, and a hit line appears here)`);
    lines.push(`                 ${dig} example.org    (not listed: answered by your upstream)`);
  }
  return `${lines.join('\n')}\n`;
}

/** Several, or the path of the Unix socket where there is no address. */
function placesOf(admin: string, isTls: boolean): string {
  if (admin.startsWith('/')) return `${admin} (Unix socket)`;
  return admin
    .split(', ')
    .map((place) => `${isTls ? 'https' : 'http'}://${place}`)
    .join(', ');
}

/** A list that is on its way has no entries yet, which is not to have none. */
function heldOf({ entries, inForce, lastError }: BannerFacts['lists'][number]): string {
  if (inForce) return grouped(entries);
  return lastError === null ? 'being fetched' : 'nothing in force';
}

/** DoT and DoH say themselves what they are. */
function transportsOf(bound: string): string {
  return bound.endsWith(')') ? bound : `${bound} (UDP and TCP)`;
}
