// After somebody has seen an incident, notices of it go on only with news: another name, list, outcome or severity, a find, its end.
import type { Notice } from '../../../src/alerts/receiver.ts';
import { type Asking, concernOf, mayBeApart } from '../truth/asking.ts';
import type { Ledger } from '../truth/ledger.ts';
import { isCalled } from './incidents.ts';
import type { Report } from './report.ts';

/** What threads hold, and what the desk gathers, came before and is told after. */
const HELD_MS = 15_000;

/** @param ackMs when it was seen, by the wall clock @param notices of one incident to one receiver, in order */
export function compareAcknowledged(
  notices: readonly Notice[],
  ackMs: number,
  ledger: Ledger,
  report: Report,
  about: () => string,
): void {
  notices.forEach((notice, i) => {
    const before = notices[i - 1];
    const { incident, kind, time, found, furtherFound, hits } = notice;
    if (incident === null || before === undefined || Date.parse(time) <= ackMs) return;
    if (kind === 'closed' || found.length + furtherFound > 0) return;
    const machine = ledger.known(incident.machine);
    if (machine === null) return;
    const sinceMs = Math.max(ackMs, Date.parse(before.time)) - HELD_MS;
    // An earlier one, of more than a week ago, is another.
    const openedMs = Date.parse(incident.opened) - HELD_MS;
    // A list that had it for another campaign may be new to this one.
    const own = ledger.of(machine).flatMap((asking): Asking[] => {
      const matches = asking.matches.filter((match) => isCalled(concernOf(match), incident));
      return matches.length > 0 && asking.wallMs >= openedMs ? [{ ...asking, matches }] : [];
    });
    // What a kill left in the journal alone may be of nobody who is known, and no part of it.
    const known = new Set(
      own.filter((asking) => asking.wallMs < sinceMs && !mayBeApart(asking)).flatMap(factsOf),
    );
    const later = own.filter(({ wallMs }) => wallMs >= sinceMs && wallMs <= Date.parse(time));
    const isNews = later.some((asking) => factsOf(asking).some((fact) => !known.has(fact)));
    report.hold(
      'notice',
      isNews || before.incident?.severity !== incident.severity,
      () =>
        `${about()}: seen at ${new Date(ackMs).toISOString()}, and told at ${time} (${kind}) of ${hits.map(({ question }) => question.name).join()}`,
      'twice',
    );
  });
}

const factsOf = ({ name, matches, got }: Asking): string[] => [
  `name ${name}`,
  `got ${got}`,
  // A list under another name is no other list.
  ...matches.flatMap(({ list, entry }) => [`list ${[...list.names][0]}`, `confidence ${entry.confidence}`]),
];
