// What is told of machines that the history has under pseudonyms: as often as somebody asked, and nothing of who it was.
import type { Find } from '../../../src/hits/find.ts';
import { type Asking, type Concern, isUnderPseudonym } from '../truth/asking.ts';
import { isPseudonym, type Ledger } from '../truth/ledger.ts';
import { DAY_MS } from '../world/day.ts';
import { countedOf, gotThat, ROUNDED_MS } from './counted.ts';
import type { Report } from './report.ts';

interface Anonymous {
  readonly machine?: string | undefined;
  readonly ip: string;
  readonly name: string | null;
  readonly mac: string | null;
}

export function holdNameless(
  { machine = '', ip, name, mac }: Anonymous,
  report: Report,
  about: () => string,
): void {
  report.hold(
    'pseudonym',
    ip === machine && name === null && mac === null,
    () => `${about()}: says who ${machine} is: ${ip}, ${name}, ${mac}`,
  );
}

interface Said {
  readonly name: string;
  readonly count: number;
}

/** By name: all pseudonyms together asked as often as machines did. */
export function comparePseudonyms(
  findings: readonly { readonly client: Anonymous; readonly names: readonly Said[] }[],
  asked: readonly Asking[],
  report: Report,
  about: () => string,
): void {
  const sums = new Map<string, number>();
  for (const { client, names } of findings) {
    if (!isPseudonym(client.machine ?? '')) continue;
    holdNameless(client, report, about);
    for (const { name, count } of names) {
      if (name.includes(' (by ')) continue;
      sums.set(name, (sums.get(name) ?? 0) + count);
    }
  }
  for (const [name, own] of Map.groupBy(asked.filter(isUnderPseudonym), (one) => one.name)) {
    const sure = own.filter(({ isVolatile }) => !isVolatile).length;
    const said = sums.get(name) ?? 0;
    report.hold(
      'pseudonym',
      said >= sure && said <= own.length,
      () => `${about()}: ${name} ${said} times by pseudonyms, true is ${sure} to ${own.length}`,
    );
    sums.delete(name);
  }
  report.hold(
    'pseudonym',
    sums.size === 0,
    () => `${about()}: pseudonyms asked for ${[...sums.keys()].join()}`,
  );
}

/** @param isNews whether the find may be of it at all */
export function comparePseudonymFind(
  { client, machine, names, list, time }: Find,
  concern: Concern,
  isNews: (asking: Asking) => boolean,
  { ledger, report }: { readonly ledger: Ledger; readonly report: Report },
): void {
  const about = (): string => `find of ${list}, ${machine}`;
  holdNameless({ ...client, machine }, report, about);
  for (const said of names) {
    const [firstMs, lastMs] = [Date.parse(said.first) - ROUNDED_MS, Date.parse(said.last) + ROUNDED_MS];
    const there = ledger.askings.filter(
      (one) =>
        isUnderPseudonym(one) && one.name === said.name && one.wallMs >= firstMs && one.wallMs <= lastMs,
    );
    const isByWay = said.via !== undefined && said.via !== null;
    const fresh = there.filter((one) => !one.foundBy.has(concern) && (isByWay || isNews(one)));
    // Two may have asked within the seconds that times are rounded by: whoever began nearest to what is said.
    const offMs = ([first]: readonly Asking[]): number =>
      Math.abs((first?.wallMs ?? 0) - Date.parse(said.first));
    const groups = [...Map.groupBy(fresh, (one) => one.machine).values()]
      .filter((one) => one.length >= said.count && gotThat(one, said))
      .sort((a, b) => offMs(a) - offMs(b));
    // A pseudonym stands for one machine on one day: a find counts all that the machine asked on that day, at whatever time.
    const hasMore = ([first]: readonly Asking[]): boolean =>
      ledger.askings.some(
        (one) =>
          one.machine === first?.machine &&
          one.name === said.name &&
          isUnderPseudonym(one) &&
          !one.foundBy.has(concern) &&
          Math.floor(one.wallMs / DAY_MS) === Math.floor(first.wallMs / DAY_MS) &&
          !there.includes(one),
      );
    const equal = groups.filter(({ length }) => length === said.count);
    const own = equal.find((one) => !hasMore(one)) ?? equal[0] ?? groups[0];
    report.hold(
      'find',
      own !== undefined && said.count > 0,
      () =>
        `${about()} ${said.name} ${said.count} times from ${said.first} to ${said.last}, told ${time}: true is ${[...Map.groupBy(fresh, (one) => one.machine).values()].map(({ length }) => length).join(' or ')} (${there.length} in all)`,
      there.length >= said.count && fresh.length < said.count ? 'twice' : 'false',
    );
    // Which of several that asked alike it was nobody can know.
    for (const one of own === undefined ? [] : countedOf(own, said)) one.foundBy.add(concern);
    for (const one of groups.flat()) one.mayBeFoundBy.add(concern);
  }
}
