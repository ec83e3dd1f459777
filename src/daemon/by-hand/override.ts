// What a person allowed or blocked by hand, and the rules that it stands for.
import type { Config, ListConfig } from '../../config/config.ts';
import { addressToText } from '../../wire/names/address.ts';

export interface Override {
  /** Short, for a person to type. */
  readonly id: string;
  readonly action: 'allow' | 'block';
  /** It and all below; presentation form without a final dot. */
  readonly name: string;
  /** For whom; both null: for everybody. */
  readonly machine: MeantMachine | null;
  readonly group: string | null;
  readonly reason: string | null;
  /** Wall clock, ms. */
  readonly sinceMs: number;
  /** Null: until it is removed. */
  readonly untilMs: number | null;
}

export interface MeantMachine {
  /** What the person said: name, MAC, address or user. */
  readonly said: string;
  /** Ids of the machine; none for an address that nobody is known at. */
  readonly ids: readonly string[];
  /** The address that was said, if one was. */
  readonly ip: string | null;
}

/** Addresses (16 octets) that a machine has now. */
export type AddressesOf = (machine: MeantMachine) => readonly Uint8Array[];

/**
 * A configuration with what was decided by hand, as lists that go before all others and are in force at every hour.
 * An override of a group that is no more is left out.
 */
export function withOverrides(
  config: Config,
  overrides: readonly Override[],
  addressesOf: AddressesOf,
): Config {
  const scopes = new Map<string, { action: Override['action']; group: string | null; lines: string[] }>();
  for (const override of overrides) {
    const line = lineOf(override, addressesOf);
    if (line === null) continue;
    const { action, group } = override;
    const scope = `${action} ${group ?? ''}`;
    const known = scopes.get(scope);
    if (known === undefined) scopes.set(scope, { action, group, lines: [line] });
    else known.lines.push(line);
  }
  if (scopes.size === 0) return config;
  const taken = new Set(config.lists.map(({ name }) => name));
  const made = [...scopes.values()].map(({ action, group, lines }) => ({
    group,
    list: listOf(freeName(`by-hand-${action}${group === null ? '' : `-${group}`}`, taken), action, lines),
  }));
  return {
    ...config,
    lists: [...made.map(({ list }) => list), ...config.lists],
    groups: config.groups.map((group) => {
      const own = made.flatMap(({ group: of, list }) =>
        of === null || of === group.name ? [list.name] : [],
      );
      return {
        ...group,
        lists: [...own, ...group.lists],
        alwaysLists: [...own, ...(group.alwaysLists ?? [])],
      };
    }),
  };
}

/** In Adblock's words; null while a machine has no address. */
function lineOf({ name, action, machine }: Override, addressesOf: AddressesOf): string | null {
  const rule = ruleFor(action, name);
  if (machine === null) return rule;
  const addresses = [...new Set(addressesOf(machine).map(addressToText))].sort();
  return addresses.length === 0 ? null : `${rule},client=${addresses.join('|')}`;
}

/** For everybody. */
export const ruleFor = (action: Override['action'], name: string): string =>
  `${action === 'allow' ? '@@' : ''}||${name}^$important`;

function freeName(wanted: string, taken: Set<string>): string {
  let name = wanted;
  while (taken.has(name)) name += '-';
  taken.add(name);
  return name;
}

function listOf(name: string, action: Override['action'], names: readonly string[]): ListConfig {
  return {
    name,
    source: '',
    byHand: true,
    names,
    format: 'auto',
    refreshMs: 365 * 86_400_000,
    action: action === 'allow' ? 'allow' : 'sinkhole',
    alert: false,
    mode: 'enforce',
    subdomains: null,
    onFailure: 'keep',
    maxShrink: 1,
    // Whoever types a name means it.
    allowPublicSuffixes: true,
    addresses: null,
    tsig: null,
    credentials: null,
  };
}
