// The route that shows which machines are known, and the shape of one.

import { hexOctets } from '../../clients/leases/lease.ts';
import type { PushedClient } from '../../clients/leases/pushed.ts';
import type { NameFrom } from '../../clients/machine.ts';
import type { UserView } from '../../clients/users/logons.ts';
import { mayBeMachine, textToAddress } from '../../wire/names/address.ts';
import { changes, ok, type Route, RouteError, reads } from '../route.ts';
import {
  bounded,
  count,
  described,
  list,
  logon,
  object,
  orNull,
  said,
  text,
  time,
  wanted,
} from '../shapes.ts';

export interface ClientView {
  /** Stays when its address or name changes. */
  readonly id: string;
  readonly name: string | null;
  readonly nameFrom: NameFrom | null;
  readonly mac: string | null;
  /** Of its present address; null: it has none. */
  readonly group: string | null;
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** Those it has now first, then the latest; a name that changed begins another. */
  readonly addresses: readonly AddressView[];
  /** Who is logged on there now; null: nobody is known to be, or several are. */
  readonly user: string | null;
  /** Who is and was, the latest first. */
  readonly logons: readonly UserView[];
}

interface AddressView {
  readonly ip: string;
  /** The trusted neighbour that it asks through; its address is `ip` too where no other is known. */
  readonly through: string | null;
  readonly name: string | null;
  readonly nameFrom: NameFrom | null;
  readonly mac: string | null;
  readonly from: string;
  /** Null: it has it now. */
  readonly to: string | null;
}

export interface ClientPageAsked {
  /** A name, MAC, address or id; null: all. */
  readonly client: string | null;
  /** Part of a name, address, MAC, group or user, in any case of letters. */
  readonly search: string | null;
  readonly offset: number;
  readonly limit: number;
  /** Null: the one that is meant most likely first. */
  readonly sort: ClientOrder | null;
  /** The largest, or the latest, first. */
  readonly isDown: boolean;
}

export const CLIENT_ORDERS = ['name', 'address', 'mac', 'user', 'group', 'firstSeen', 'lastSeen'] as const;
export type ClientOrder = (typeof CLIENT_ORDERS)[number];

export interface ClientPage {
  readonly clients: readonly ClientView[];
  /** All that are like the search. */
  readonly total: number;
}

export interface ClientsState {
  /** They replace what the source said before. */
  readonly pushClients: (source: string, clients: readonly PushedClient[]) => void;
  /** Of those that are meant, those like a search, in an order; of all of them these. Null: nobody is known by `client`. */
  readonly clientPage: (wanted: ClientPageAsked) => Promise<ClientPage | null>;
}

const PUSHED_MAX = 65_536;
const PUSHED_OCTETS = 16 * 1024 * 1024;
/** As hexOctets writes six octets. */
const MAC_CHARACTERS = 17;
/** Of those that are not taken so many are named. */
const REFUSED_MAX = 100;

const nameFrom = said(
  'Who says the name: config, hosts, lease (the client chose it, as a rule), ptr (reverse DNS), client (the client itself, in its queries), inferred (of another address of the same MAC), `site NAME` (that site of the fleet; see `fleet.shareNames`).',
  orNull(text),
);
const named = { name: orNull(text), nameFrom, mac: orNull(text) };
const shape = object({
  id: said('Stays when its address or name changes.', text),
  ...named,
  group: said('Of its present address; null: it has none.', orNull(text)),
  firstSeen: time,
  lastSeen: time,
  addresses: said(
    'Those it has now first, then the latest.',
    list(
      object({
        ip: text,
        through: said('The trusted neighbour that it asks through.', orNull(text)),
        ...named,
        from: time,
        to: said('null: it has it now.', orNull(time)),
      }),
    ),
  ),
  user: said('Who is logged on there now; null: nobody is known to be, or several are.', orNull(text)),
  logons: said('Who is and was logged on there, the latest first.', list(logon)),
});

export function clientRoutes(state: ClientsState): readonly Route[] {
  return [
    reads({
      path: '/api/v1/clients',
      role: 'reader',
      summary: 'Machines, with their addresses and names and who says so.',
      query: wanted({
        client: said(
          'Only those known by this name, MAC, address or id, or where this user is or was logged on.',
          bounded(256),
        ),
        search: said('Only those with this in a name, address, MAC, group or user.', bounded(256)),
        limit: said('At most so many, up to 1000; all unless said.', {
          type: 'string',
          pattern: '^([1-9][0-9]{0,2}|1000)$',
        }),
        sort: said(
          'In the order of this; lastSeen unless said, with `client` the one that is meant most likely first. Those without it come last.',
          {
            type: 'string',
            enum: [...CLIENT_ORDERS],
          },
        ),
        order: said('`up`, or `down`: the latest or last first; unless said, down for times.', {
          type: 'string',
          enum: ['up', 'down'],
        }),
        offset: said('After so many.', { type: 'string', pattern: '^(0|[1-9][0-9]{0,6})$' }),
      }),
      response: object({
        clients: list(shape),
        total: said('All that are meant, whatever the limit.', count),
      }),
      answer: async ({ query }) => {
        const { client = null, search = null, limit, offset = '0', order } = query;
        const { sort = client === null || order !== undefined ? 'lastSeen' : null } = query;
        const page = await state.clientPage({
          client,
          search,
          limit: limit === undefined ? Number.MAX_SAFE_INTEGER : Number(limit),
          offset: Number(offset),
          sort: sort as ClientOrder | null,
          isDown: order === undefined ? sort?.endsWith('Seen') === true : order === 'down',
        });
        if (page === null) throw nobodyIs(client ?? '');
        return ok(page);
      },
    }),
    changes({
      path: '/api/v1/clients',
      role: 'admin',
      summary:
        'Takes what another program knows of addresses (a DHCP server without a file, a logon); it replaces what the same source said before. Leases are kept until a restart; who was logged on stays known.',
      body: wanted(
        {
          source: said('Who says it.', bounded(64)),
          clients: {
            type: 'array',
            maxItems: PUSHED_MAX,
            items: wanted(
              {
                ip: described({ anyOf: [{ format: 'ipv4' }, { format: 'ipv6' }] }, bounded(64)),
                mac: { type: 'string', maxLength: 17 },
                duid: { type: 'string', maxLength: 400 },
                name: { type: 'string', maxLength: 255 },
                until: said('When it ends; a day from now unless said.', time),
                user: said('Who is logged on there.', bounded(253)),
                since: said('Since when the user is; now unless said.', time),
              },
              ['ip'],
            ),
          },
        },
        ['clients'],
      ),
      bodyOctets: PUSHED_OCTETS,
      // Who is where is kept as `events.queryLog.privacy` says, and that somebody said it once a minute.
      notAudited: ['clients'],
      response: object({
        accepted: count,
        refused: said(
          `Those that are not taken and why, ${REFUSED_MAX} at most.`,
          list(object({ ip: text, why: text })),
        ),
      }),
      answer: async ({ body }) => {
        const { source = 'api', clients } = body as {
          readonly source?: string;
          readonly clients: readonly PushedClient[];
        };
        const taken: PushedClient[] = [];
        const refused: { ip: string; why: string }[] = [];
        for (const client of clients) {
          const why = whyRefused(client);
          if (why === null) taken.push(client);
          else refused.push({ ip: client.ip, why });
        }
        const [first] = refused;
        if (first !== undefined && taken.length === 0)
          throw new RouteError(
            400,
            'BAD_CLIENT',
            `nothing of it can be taken: ${JSON.stringify(first.ip)} ${first.why}`,
          );
        state.pushClients(source, taken);
        const accepted = new Set(taken.map(({ ip }) => textToAddress(ip)?.join())).size;
        return ok({ accepted, refused: refused.slice(0, REFUSED_MAX) });
      },
    }),
  ];
}

/** Null: it can be taken. */
function whyRefused({ ip, mac = '' }: PushedClient): string | null {
  const octets = textToAddress(ip);
  if (octets === null) return 'is no IP address';
  if (!mayBeMachine(octets)) return 'is an address that no machine can have';
  return mac === '' || hexOctets(mac)?.length === MAC_CHARACTERS
    ? null
    : `has no MAC address of six octets: ${JSON.stringify(mac)}`;
}

export const nobodyIs = (text: string): RouteError =>
  new RouteError(
    404,
    'BAD_CLIENT',
    `no machine and no user is known by ${JSON.stringify(text)}; give a machine's name, MAC or address, or a user, as \`cenote clients\` shows them`,
  );
