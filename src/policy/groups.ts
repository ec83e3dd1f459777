// Which group a client belongs to: its address first, then what the network knows of it (user, MAC, name), then its subnet, then `any`.
//
// HOT (groupOf). User, MAC and name patterns are matched off the hot path, by `assignKnown`, whenever the network's tables change.
import type { GroupConfig } from '../config/config.ts';
import { spelledName } from '../wire/names/pasted-name.ts';
import { type PrefixEntry, PrefixTable } from './prefixes.ts';

/** What the neighbour table, the hosts file or a lease says of an address. */
export interface KnownClient {
  /** 16 octets. */
  readonly address: Uint8Array;
  /** Lower case, colons. */
  readonly mac: string | null;
  readonly name: string | null;
  /** Who is logged on there, `anna` and `corp\\anna`; absent: nobody is known to be. */
  readonly users?: readonly string[];
  /** Of the address that count; absent: all. */
  readonly bits?: number;
}

/** A client that a user, MAC or name pattern puts into a group. */
export interface Assignment {
  readonly address: Uint8Array;
  /** Of the address that count; absent: all. */
  readonly bits?: number;
  readonly group: number;
  /** Of whom it is said; absent: no MAC is known. */
  readonly mac?: string;
}

type ClientsOf = Pick<GroupConfig, 'name' | 'clients'>;

export class Groups {
  readonly names: readonly string[];
  readonly #table: PrefixTable;
  readonly #fallback: number;
  /** Of IPv6, where groups know ends of addresses: whole addresses first, then ends, as if they were prefixes. */
  readonly #addresses: PrefixTable | null;
  readonly #suffixes: PrefixTable;
  readonly #suffix = new Uint8Array(16);

  constructor(groups: readonly ClientsOf[], assignments: readonly Assignment[] = []) {
    this.names = groups.map((group) => group.name);
    const entries: PrefixEntry[] = [];
    const suffixes: PrefixEntry[] = [];
    let fallback = -1;
    groups.forEach((group, value) => {
      for (const client of group.clients) {
        if (client.kind === 'prefix') entries.push({ bytes: client.bytes, bits: client.bits, value });
        if (client.kind === 'suffix') suffixes.push({ bytes: endFirst(client.bytes), bits: 64, value });
        // RFC 4291 appendix A: what many a device makes of its MAC, known before anybody reports it.
        if (client.kind === 'mac') suffixes.push({ bytes: eui64(client.mac), bits: 64, value });
        if (client.kind === 'any' && fallback < 0) fallback = value;
      }
    });
    for (const { address, bits = 128, group } of assignments)
      entries.push({ bytes: address, bits, value: group });
    this.#table = new PrefixTable(entries);
    this.#suffixes = new PrefixTable(suffixes);
    this.#addresses =
      suffixes.length === 0 ? null : new PrefixTable(entries.filter(({ bits }) => bits === 128));
    this.#fallback = fallback;
  }

  /** Group number of a client's address (16 octets), −1 when no group takes it: nothing is blocked for it. */
  groupOf(address: Uint8Array): number {
    if (this.#addresses !== null && address[0] !== 0) {
      const own = this.#addresses.find(address);
      if (own >= 0) return own;
      for (let i = 0; i < 8; i += 1) this.#suffix[i] = address[8 + i]!;
      const ending = this.#suffixes.find(this.#suffix);
      if (ending >= 0) return ending;
    }
    const group = this.#table.find(address);
    return group >= 0 ? group : this.#fallback;
  }
}

const made = new WeakMap<
  readonly GroupConfig[],
  { readonly of: readonly Assignment[]; readonly grouping: Groups }
>();

/** The same object for the same groups and assignments, made once. */
export function groupingOf(groups: readonly GroupConfig[], assignments: readonly Assignment[]): Groups {
  const known = made.get(groups);
  if (known?.of === assignments) return known.grouping;
  const grouping = new Groups(groups, assignments);
  made.set(groups, { of: assignments, grouping });
  return grouping;
}

/** The end of an address in its beginning's place. */
function endFirst(address: Uint8Array): Uint8Array {
  const turned = new Uint8Array(16);
  turned.set(address.subarray(8));
  return turned;
}

function eui64(mac: string): Uint8Array {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = mac.split(':').map((part) => Number.parseInt(part, 16));
  const end = new Uint8Array(16);
  end.set([a ^ 2, b, c, 0xff, 0xfe, d, e, f]);
  return end;
}

/** Matches user, MAC and name patterns of all groups against the clients the network knows; users first, then the first group in the config. */
export function assignKnown(groups: readonly ClientsOf[], known: readonly KnownClient[]): Assignment[] {
  const placeOf = placerOf(groups);
  return known.flatMap((who) => {
    const group = placeOf(who);
    if (group === null) return [];
    const { address, bits, mac } = who;
    return [{ address, group, ...(bits === undefined ? {} : { bits }), ...(mac === null ? {} : { mac }) }];
  });
}

/** The group that takes somebody by user, MAC or name; null: none does. */
export type Placer = (who: Pick<KnownClient, 'mac' | 'name' | 'users'>) => number | null;

/** As `assignKnown`, for one after another. */
export function placerOf(groups: readonly ClientsOf[]): Placer {
  const patterns = groups.flatMap((group, number) =>
    group.clients.flatMap((client): Pattern[] => {
      if (client.kind === 'mac') {
        const mac = client.mac.toLowerCase();
        return [{ number, isUser: false, matches: (who) => who.mac === mac }];
      }
      if (client.kind === 'user') {
        const isMeant = userMatcher(client.pattern);
        return [{ number, isUser: true, matches: ({ users = [] }) => users.some(isMeant) }];
      }
      if (client.kind === 'name') {
        const isMeant = nameMatcher(client.pattern);
        return [{ number, isUser: false, matches: ({ name }) => name !== null && isMeant(name) }];
      }
      return [];
    }),
  );
  patterns.sort((a, b) => Number(b.isUser) - Number(a.isUser));
  return (who) => patterns.find((pattern) => pattern.matches(who))?.number ?? null;
}

interface Pattern {
  readonly number: number;
  readonly isUser: boolean;
  readonly matches: (who: Parameters<Placer>[0]) => boolean;
}

/** A pattern without a domain means the user whatever the domain: `anna` is `CORP\\anna` and `anna@corp.example` too. */
function userMatcher(pattern: string): (user: string) => boolean {
  const expression = new RegExp(`^${globSource(pattern)}$`, 'i');
  if (/[\\@]/.test(pattern)) return (user) => expression.test(user);
  return (user) => expression.test(user.replace(/^[^\\]*\\/, '').replace(/(?!^)@[^@]*$/, ''));
}

/** A name pattern with `*` and `?`, matched against the whole name or its first label, as A-labels and as what they spell, in any letter case. */
function nameMatcher(pattern: string): (name: string) => boolean {
  const expression = new RegExp(`^${globSource(pattern)}${pattern.includes('.') ? '' : '(?:\\..*)?'}$`, 'iu');
  return (name) => expression.test(name) || expression.test(spelledName(name));
}

const globSource = (pattern: string): string =>
  pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '[^]*')
    .replace(/\?/g, '[^]');
