// A machine's timeline against all that it asked, whatever its addresses and names were.
import { whoMeant } from '../../../src/clients/who.ts';
import type { ClientTimeline } from '../../../src/desk/messages.ts';
import type { OfficeDays } from '../office.ts';
import { isUnderPseudonym, mayBeLost } from '../truth/asking.ts';

const MOST_LINES = 2000;

export async function compareTimelines({
  api,
  cenote,
  ledger,
  report,
  network,
  openedMs,
  hasForgotten,
  isBehindBox,
}: OfficeDays): Promise<void> {
  for (const machine of network.machines) {
    const asked = ledger.of(machine);
    const who = whoMeant(cenote.book.table, machine.mac);
    const about = (): string => `client ${machine.mac}`;
    if (asked.length === 0) continue;
    // Where nothing is kept beside pseudonyms a restart forgets who is not there.
    if (who === null && (hasForgotten || asked.every(({ isPast }) => isPast))) continue;
    if (!report.hold('client', who !== null, () => `${about()} is not known`, 'missed') || who === null)
      continue;
    const { client: said } = await api.get<{ readonly client: ClientTimeline }>(
      '/api/v1/clients/:client',
      { since: new Date(openedMs).toISOString() },
      { client: machine.mac },
    );
    const wrong = ledger.meant({ machine: said.machine, name: said.name, mac: said.mac }, machine);
    report.hold('client', wrong === null, () => `${about()}: ${wrong}`);
    const held = said.addresses.slice(0, machine.addresses.length);
    // Behind a box nobody knows of an address before it asks from there.
    const isHeld =
      isBehindBox ||
      machine.addresses.every((ip) => said.addresses.includes(ip) || !asked.some((one) => one.ip === ip));
    report.hold('client', isHeld, () => `${about()} has ${machine.addresses.join()}, said ${held.join()}`);
    const hits = said.hits.reduce((sum, { count }) => sum + count, 0);
    const told = asked.filter(({ isHit }) => isHit);
    const least = told.filter((one) => !mayBeLost(one)).length;
    // A restart beside pseudonyms forgets under which ids a machine went before it was known.
    if (!said.areHitsCut && !hasForgotten)
      report.hold(
        'client',
        hits >= least && hits <= told.length,
        () => `${about()}: hits ${hits}, true is ${least} to ${told.length}`,
      );
    if (said.isHistoryCut || said.history.length >= MOST_LINES) continue;
    for (const [name, own] of Map.groupBy(asked, (one) => one.name)) {
      const lines = said.history.filter((line) => line.name === name);
      const count = lines.reduce((sum, line) => sum + line.count, 0);
      const open = own.filter((one) => !isUnderPseudonym(one));
      // Of what was a hit nothing stands beside pseudonyms.
      const sure = own.filter(({ isVolatile, isAnonymous }) => !isVolatile && !isAnonymous).length;
      report.hold(
        'client',
        count >= sure && count <= open.length,
        () => `${about()}: ${name} ${count} times, true is ${sure} to ${open.length}`,
      );
      const blocked = lines.filter((line) => line.blocked).reduce((sum, line) => sum + line.count, 0);
      const least = own.filter(
        ({ got, isVolatile, isAnonymous }) => got === 'blocked' && !isVolatile && !isAnonymous,
      ).length;
      const most = own.filter(({ got }) => got === 'blocked').length;
      report.hold(
        'client',
        blocked >= least && blocked <= most,
        () => `${about()}: ${name} blocked ${blocked} times, true is ${least} to ${most}`,
      );
    }
  }
}
