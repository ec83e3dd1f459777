// Who asked for given names in the past, a client at a time, with what is known of the client now.
import type { GroupConfig } from '../../config/config.ts';
import { addressToText, textToAddress } from '../../config/values/addresses.ts';
import type { AskedFirst } from '../../hits/hunt/past.ts';
import type { HuntFinding } from '../../hits/messages.ts';
import { assignKnown, Groups, type KnownClient } from '../../policy/groups.ts';

export function askersOf(
  { asked, further }: AskedFirst,
  groups: readonly GroupConfig[],
  known: readonly KnownClient[],
): HuntFinding[] {
  const grouping = new Groups(groups, assignKnown(groups, known));
  const clients = new Map(known.map((client) => [addressToText(client.address), client]));
  const byClient = [...Map.groupBy(asked, ({ ip }) => ip)];
  return byClient.map(([ip, own]) => {
    // An anonymous client has no address; the group that takes anyone is its own.
    const group = grouping.groupOf(textToAddress(ip) ?? new Uint8Array(16));
    return {
      client: {
        ip,
        name: clients.get(ip)?.name ?? null,
        mac: clients.get(ip)?.mac ?? null,
        group: grouping.names[group] ?? 'none',
      },
      list: null,
      furtherNames: further.get(ip) ?? 0,
      names: own
        .toSorted((a, b) => a.firstMs - b.firstMs)
        .map(({ name, count, firstMs, lastMs }) => ({
          name,
          count,
          first: new Date(firstMs).toISOString(),
          last: new Date(lastMs).toISOString(),
        })),
    };
  });
}
