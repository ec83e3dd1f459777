// `cenote fleet finds` and `cenote fleet troubles`: what all sites told their head beside hits and incidents.

import { moment } from '../../config/values/grouped.ts';
import type { FleetFind, FleetTrouble } from '../../fleet/store/read-told.ts';
import { EXIT } from '../cli-error.ts';
import { clientText } from '../lines/event-lines.ts';
import { columns } from '../lines/table.ts';
import { printJson, printLines } from '../print.ts';
import { askRunning, queryOf } from '../running-daemon.ts';
import { type AcrossOptions, coverageLines, noneLines, STORE_MS, type Told } from './across.ts';
import { byHead } from './by-head.ts';

export async function fleetFinds(options: AcrossOptions): Promise<number> {
  const { since, client, site } = options;
  const told = await askRunning<Told & { readonly finds: readonly FleetFind[] }>(
    options,
    `/api/v1/fleet/finds${queryOf({ since, client, site })}`,
    { timeoutMs: STORE_MS },
  );
  if (options.json) printJson(told);
  else if (told.finds.length === 0) printLines(noneLines('finds', told));
  else {
    const rows = told.finds.map((found) => [
      clientText(found.client),
      found.campaign ?? found.list,
      namesText(found),
      found.count,
      moment(found.first),
      moment(found.last),
      found.sites.join(', '),
    ]);
    const heading = ['CLIENT', 'CAMPAIGN', 'ASKED FOR', 'COUNT', 'FIRST (UTC)', 'LAST (UTC)', 'SITES'];
    printLines([...columns([heading, ...rows]), ...coverageLines(told.coverage)]);
  }
  return told.finds.length > 0 ? EXIT.found : EXIT.ok;
}

function namesText({ finds }: FleetFind): string {
  const names = new Set(finds.flatMap((find) => find.names.map(({ name }) => name)));
  const [first = ''] = names;
  const more = names.size - 1 + Math.max(0, ...finds.map(({ furtherNames }) => furtherNames));
  return more > 0 ? `${first} and ${more} more` : first;
}

export async function fleetTroubles(options: AcrossOptions): Promise<number> {
  const { since, site } = options;
  const told = await askRunning<Told & { readonly troubles: readonly FleetTrouble[] }>(
    options,
    `/api/v1/fleet/troubles${queryOf({ since, site })}`,
    { timeoutMs: STORE_MS },
  );
  if (options.json) printJson(told);
  else if (told.troubles.length === 0) printLines(noneLines('troubles', told));
  else {
    const { clocks } = told.coverage;
    const shown = told.troubles.map((one) => byHead(one, one.site, ['since', 'over'], clocks));
    const rows = shown.map(({ site: of, text, since: begun, over }) => [
      of,
      moment(begun),
      over === null ? 'it lasts' : moment(over),
      text,
    ]);
    printLines([
      ...columns([['SITE', 'SINCE (UTC)', 'OVER (UTC)', 'WHAT'], ...rows]),
      ...coverageLines(told.coverage),
    ]);
  }
  return EXIT.ok;
}
