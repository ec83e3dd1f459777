// Names and addresses of a report that everybody uses: held back and asked about, neither taken nor forgotten.
import type { Gathered, ImportResult } from '../../report/import.ts';
import { LEFT_OUT, type LeftOut, type Taken } from '../../report/report.ts';
import { comparable, refangNetwork } from '../../report/text/refang-host.ts';
import { networkText, readNetwork } from '../../wire/names/network.ts';
import type { Network } from '../../wire/names/plain-network.ts';
import { beginsNowhere } from '../entry/nowhere.ts';
import type { Warning, Warnings } from '../entry/warnings.ts';

export interface HeldBack extends Taken {
  /** The name that everybody uses, itself or below the one held back, and who says so. */
  readonly warning: Warning;
}

interface WithHeld {
  /** What would have been taken, were it on no warning list. */
  readonly held: readonly HeldBack[];
}

export interface Kept extends Gathered, WithHeld {}

/** With an object for each name. */
export interface Imported extends ImportResult, WithHeld {}

/** @param take names, addresses and networks that whoever imports has asked for */
export function holdBack(result: Gathered, warnings: Warnings, take: readonly string[] = []): Kept {
  const wanted = new Set(take.map(comparable));
  const held: HeldBack[] = [];
  for (const each of result.names) {
    const warning = wanted.has(each.name) ? null : warnings.of(each.name, !each.isExact);
    if (warning !== null) held.push({ ...each, warning });
  }
  const isKept = (address: string): boolean => {
    const network = readNetwork(address);
    return network === null || wanted.has(address) || againstNetwork(network, warnings) === null;
  };
  return {
    ...result,
    names: result.names.without(new Set(held.map(({ name }) => name))),
    held,
    addresses: result.addresses.filter(({ address }) => isKept(address)),
    leftOut: result.leftOut.map((left) =>
      left.reason === 'address' ? explained(left, warnings, wanted) : left,
    ),
  };
}

/** Why an address is not kept for blocking the answers that lead to it; null where it is. */
function againstNetwork(network: Network, warnings: Warnings): string | null {
  if (beginsNowhere(network)) return 'an address of no machine that others reach: not kept';
  const where = warnings.ofNetwork(network);
  // The same for all addresses of one list, which stand together below it; what may be cut off stands last.
  return where === null ? null : `an address that everybody uses: not kept without --take (${where})`;
}

function explained(left: LeftOut, warnings: Warnings, wanted: ReadonlySet<string>): LeftOut {
  const network = refangNetwork(left.text);
  if (network === null || wanted.has(networkText(network))) return left;
  const against = againstNetwork(network, warnings);
  if (against === null) return left;
  return { ...left, explanation: left.explanation.replace(LEFT_OUT.address, () => against) };
}

/** Why a name is held back, in words. */
export function heldText({ name, warning }: Pick<HeldBack, 'name' | 'warning'>): string {
  const subject =
    warning.name === name || `www.${warning.name}` === name ? '' : `${warning.name} would go with it: `;
  return `${subject}${warning.where}`;
}
