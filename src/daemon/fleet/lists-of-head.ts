// Lists whose texts a head has published: they are put into force all together, or not at all.
import { join } from 'node:path';
import type { Config } from '../../config/config.ts';
import type { ListReport } from '../../lists/list-report.ts';

/** @throws Error when one of them could not be read: rules without it would be a mixture that nobody published */
export function refuseUnread({ fleet, events, lists }: Config, reports: readonly ListReport[]): void {
  if (fleet === null || fleet.head !== null) return;
  const dir = join(events.dir, 'fleet');
  for (const { name, error } of reports) {
    const source = lists.find((list) => list.name === name)?.source.replace(/^folder:/, '') ?? '';
    if (error !== null && source.startsWith(dir))
      throw new Error(`the list ${name} of the head cannot be read by this version: ${error.message}`);
  }
}
