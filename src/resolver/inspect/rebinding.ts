// DNS rebinding: a public name whose answer leads into the private network makes a browser there the attacker's arm.
//
// HOT (isInside). Decided on QNAME: an alias of the attacker's to somebody's excepted name is still the attacker's.
import type { GroupConfig, RebindingConfig, Route } from '../../config/config.ts';
import { parsePrefix } from '../../config/values/addresses.ts';
import { PrefixTable } from '../../policy/prefixes.ts';
import { PRIVATE } from '../../wire/names/address.ts';
import { isWithin } from '../../wire/names/name.ts';
import { textToName } from '../../wire/names/presentation.ts';
import { wrappedIpv4 } from './led-to.ts';

/** Beside what `private` stands for: this host, broadcast (RFC 1122 §3.2.1.3), site-local (RFC 3879). */
const INSIDE: readonly string[] = [...PRIVATE, '0.0.0.0/8', '255.255.255.255/32', '::/128', 'fec0::/10'];

/** Zones that no public server can serve (RFC 6761, 6762 appendix G, 8375; ICANN reserved `internal`): no attacker has a name there. */
const NEVER_PUBLIC: readonly string[] = [
  'localhost',
  'local',
  'test',
  'home.arpa',
  'internal',
  'intranet',
  'private',
  'corp',
  'home',
  'lan',
  'localdomain',
];

export interface RebindingParts {
  readonly rebinding: RebindingConfig;
  readonly groups: readonly GroupConfig[];
  /** A name with a route is the admin's own. */
  readonly routes: readonly Route[];
}

export class Rebinding {
  readonly #inside = new PrefixTable(
    INSIDE.flatMap((text) => {
      const prefix = parsePrefix(text);
      return prefix.ok ? [{ ...prefix.value, value: 1 }] : [];
    }),
  );
  readonly #exempt: readonly Uint8Array[];
  readonly #protects: Uint8Array;
  readonly #wide = new Uint8Array(16);

  constructor({ rebinding, groups, routes }: RebindingParts) {
    const suffixes = [
      ...rebinding.except,
      ...routes.map(({ suffix }) => suffix.toLowerCase()),
      ...NEVER_PUBLIC,
    ];
    this.#exempt = suffixes.flatMap((suffix) => textToName(suffix) ?? []);
    this.#protects = Uint8Array.from(groups, (group) => (group.rebinding ? 1 : 0));
  }

  /** Whether a group's clients are protected. */
  protects(group: number): boolean {
    return this.#protects[group] === 1;
  }

  /** Whether a lower-case wire name may have private addresses: it is excepted, routed, or no public name. */
  isExempt(name: Uint8Array, length: number): boolean {
    if (name[0]! + 2 >= length) return true; // one label
    for (let i = 0; i < this.#exempt.length; i += 1)
      if (isWithin(name, length, this.#exempt[i]!)) return true;
    return false;
  }

  /** Whether an address of 4 or 16 octets, or the IPv4 address in it, is of a private network or of this very machine. */
  isInside(octets: Uint8Array, offset: number, length: number): boolean {
    const wide = this.#wide;
    const four = length === 4 ? offset : wrappedIpv4(octets, offset);
    if (four < 0) for (let i = 0; i < 16; i += 1) wide[i] = octets[offset + i]!;
    else {
      for (let i = 0; i < 10; i += 1) wide[i] = 0;
      wide[10] = 0xff;
      wide[11] = 0xff;
      for (let i = 0; i < 4; i += 1) wide[12 + i] = octets[four + i]!;
    }
    return this.#inside.find(wide) >= 0;
  }
}
