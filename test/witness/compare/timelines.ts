// A machine's timeline against all that it asked, whatever its addresses and names were.
import { whoMeant } from '../../../src/clients/who.ts';
import type { OfficeDays } from '../office.ts';
import { mayBeLost } from '../truth/asking.ts';

const MOST_LINES = 2000;

export async function compareTimelines({
  cenote,
  ledger,
  report,
  network,
  openedMs,
}: OfficeDays): Promise<void> {
  for (const machine of network.machines) {
    const asked = ledger.of(machine);
    const who = whoMeant(cenote.book.table, machine.mac);
    const about = (): string => `client ${machine.mac}`;
    if (asked.length === 0) continue;
    if (!report.hold('client', who !== null, () => `${about()} is not known`, 'missed') || who === null)
      continue;
    const said = await cenote.question({ what: 'client', who, sinceMs: openedMs });
    const wrong = ledger.meant(said, machine);
    report.hold('client', wrong === null, () => `${about()}: ${wrong}`);
    const held = said.addresses.slice(0, machine.addresses.length);
    const isHeld = machine.addresses.every(
      (ip) => said.addresses.includes(ip) || !asked.some((one) => one.ip === ip),
    );
    report.hold('client', isHeld, () => `${about()} has ${machine.addresses.join()}, said ${held.join()}`);
    const hits = said.hits.reduce((sum, { count }) => sum + count, 0);
    const told = asked.filter(({ isHit }) => isHit);
    const least = told.filter((one) => !mayBeLost(one)).length;
    if (!said.areHitsCut)
      report.hold(
        'client',
        hits >= least && hits <= told.length,
        () => `${about()}: hits ${hits}, true is ${least} to ${told.length}`,
      );
    if (said.isHistoryCut || said.history.length >= MOST_LINES) continue;
    for (const [name, own] of Map.groupBy(asked, (one) => one.name)) {
      const lines = said.history.filter((line) => line.name === name);
      const count = lines.reduce((sum, line) => sum + line.count, 0);
      const sure = own.filter(({ isVolatile }) => !isVolatile).length;
      report.hold(
        'client',
        count >= sure && count <= own.length,
        () => `${about()}: ${name} ${count} times, true is ${sure} to ${own.length}`,
      );
      const blocked = lines.filter((line) => line.blocked).reduce((sum, line) => sum + line.count, 0);
      const least = own.filter(({ got, isVolatile }) => got === 'blocked' && !isVolatile).length;
      const most = own.filter(({ got }) => ['blocked', 'withheld', 'rewritten'].includes(got)).length;
      report.hold(
        'client',
        blocked >= least && blocked <= most,
        () => `${about()}: ${name} blocked ${blocked} times, true is ${least} to ${most}`,
      );
    }
  }
}
