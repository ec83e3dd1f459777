// Other machines than the one whose timeline is given that are known by what was said: those that had the address before, those of the
// same name. Whoever looks up an address or a name must not take what one machine asked for all that was asked.
import { addressShown } from '../../clients/machine.ts';
import type { MachineTable } from '../../clients/machine-table.ts';
import type { Who } from '../../clients/who.ts';
import { momentToText } from '../../hits/log/moment.ts';
import { addressToText } from '../../wire/names/address.ts';

export interface AlsoMeant {
  /** Its id. */
  readonly machine: string;
  /** Where it is, or was last. */
  readonly ip: string;
  readonly name: string | null;
  readonly mac: string | null;
  /** Since when it had the address that was said, and until when, ISO 8601; null: no address was said, or it has it. */
  readonly from: string | null;
  readonly to: string | null;
}

const SHOWN_MAX = 20;

/** @param id of the machine that is given @returns the latest first */
export function alsoMeant(
  table: MachineTable,
  { machines, ips }: Who,
  { id, sinceMs }: { readonly id: string; readonly sinceMs: number },
): readonly AlsoMeant[] {
  const others = [...new Set(machines.map((one) => table.idNow(one)))].filter((one) => one !== id);
  const [said] = ips;
  const known = others.flatMap((other) => {
    const machine = table.machine(other);
    const all = table.bindingsOf(other);
    const own = said === undefined ? all : all.filter(({ address }) => addressToText(address) === said);
    const lately = own.filter(({ toMs }) => toMs === null || toMs >= sinceMs);
    const [last] = all;
    if (machine === null || last === undefined || lately.length === 0) return [];
    const { name, mac } = machine;
    const endsMs = Math.max(...lately.map(({ toMs }) => toMs ?? Number.POSITIVE_INFINITY));
    const times =
      said === undefined
        ? { from: null, to: null }
        : {
            from: momentToText(Math.min(...lately.map(({ fromMs }) => fromMs))),
            to: endsMs === Number.POSITIVE_INFINITY ? null : momentToText(endsMs),
          };
    return [
      { endsMs, one: { machine: other, ip: addressShown(last.address, last.who), name, mac, ...times } },
    ];
  });
  return known
    .sort((a, b) => (a.endsMs === b.endsMs ? 0 : b.endsMs - a.endsMs))
    .slice(0, SHOWN_MAX)
    .map(({ one }) => one);
}
