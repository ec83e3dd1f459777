// What whoever imports does not want: names are left out by the readers of reports, those of block lists and addresses here.
import type { Gathered } from '../../report/import.ts';
import { LEFT_OUT, type LeftOut } from '../../report/report.ts';
import { refangNetwork } from '../../report/text/refang-host.ts';
import { networkText } from '../../wire/names/network.ts';

/** @param leaveOut names, addresses and networks that whoever imports does not want */
export function withoutAddresses(result: Gathered, leaveOut: readonly string[]): Gathered {
  const unwanted = new Set(leaveOut.flatMap((each) => refangNetwork(each) ?? []).map(networkText));
  if (unwanted.size === 0) return result;
  const isUnwanted = (left: LeftOut): boolean => {
    const network = left.reason === 'address' ? refangNetwork(left.text) : null;
    return network !== null && unwanted.has(networkText(network));
  };
  return {
    ...result,
    addresses: result.addresses.filter(({ address }) => !unwanted.has(address)),
    leftOut: result.leftOut.map((left) =>
      isUnwanted(left) ? { ...left, reason: 'excluded', explanation: LEFT_OUT.excluded } : left,
    ),
  };
}

/** @param leaveOut names, as they are compared */
export function withoutExcluded<T extends Pick<Gathered, 'names' | 'leftOut'>>(
  list: T,
  leaveOut: ReadonlySet<string>,
): T {
  const names = list.names.without(leaveOut);
  if (names === list.names) return list;
  const leftOut = [...list.leftOut];
  for (const { name, line } of list.names) if (leaveOut.has(name)) leftOut.push(excludedAt(name, line));
  return { ...list, names, leftOut: leftOut.sort((a, b) => a.line - b.line) };
}

const excludedAt = (name: string, line: number): LeftOut => ({
  text: name,
  name,
  reason: 'excluded',
  explanation: LEFT_OUT.excluded,
  line,
  column: 1,
});
