// `cenote clients --push FILE`: what another program knows of addresses, a DHCP server whose files are on another machine, say.

import type { Lease } from '../../../clients/leases/lease.ts';
import type { PushedClient } from '../../../clients/leases/pushed.ts';
import { leasesOf, parseLeases } from '../../../clients/leases/read.ts';
import { messageOf } from '../../../config/coded-error.ts';
import { counted } from '../../../config/values/grouped.ts';
import { CliError, EXIT } from '../../cli-error.ts';
import { printJson, printLines } from '../../print.ts';
import { readReport } from '../../report-source.ts';
import { askRunning, type DaemonOptions } from '../../running-daemon.ts';

export interface PushOptions extends DaemonOptions {
  /** A path, `-` for standard input. */
  readonly push: string;
  readonly source?: string;
}

interface Taken {
  readonly accepted: number;
  readonly refused: readonly { readonly ip: string; readonly why: string }[];
}

/** Of those that are not taken so many are shown to people. */
const SHOWN_MAX = 5;

/** @throws CliError when it says nothing of any address, or the daemon does not take it */
export async function pushClientsCommand(options: PushOptions): Promise<number> {
  const { bytes } = await readReport(options.push, 'file of clients');
  const where = options.push === '-' ? 'standard input' : options.push;
  const clients = pushedIn(bytes, where);
  const { source } = options;
  const body = { clients, ...(source === undefined ? {} : { source }) };
  const { accepted, refused } = await askRunning<Taken>(options, '/api/v1/clients', { body });
  if (options.json) printJson({ accepted, refused });
  else
    printLines([
      `${counted(accepted, 'address', 'addresses')} taken from ${where}`,
      ...refused.slice(0, SHOWN_MAX).map(({ ip, why }) => `  not taken: ${ip} ${why}`),
      ...(refused.length > SHOWN_MAX ? [`  and ${refused.length - SHOWN_MAX} more are not taken`] : []),
    ]);
  return EXIT.ok;
}

/** The body of POST /api/v1/clients or its `clients`, else any lease file that is read here. */
function pushedIn(bytes: Uint8Array, where: string): readonly PushedClient[] {
  const text = Buffer.from(bytes).toString('utf8').trim();
  if (text.startsWith('[') || /^\{\s*"(?:clients|source)"/.test(text)) return fromJson(text, where);
  const said = parseLeases(bytes);
  if (said === null || said.length === 0)
    throw new CliError(
      'CLI_NO_LEASES',
      EXIT.nothingFound,
      `it says nothing of any address: give a lease file, an export of Windows' DHCP server, or JSON such as [{"ip":"10.0.0.7","mac":"aa:bb:cc:dd:ee:07","name":"till-3"}] (${where})`,
    );
  return leasesOf(said).map(pushedOf);
}

function fromJson(text: string, where: string): readonly PushedClient[] {
  try {
    const said: unknown = JSON.parse(text);
    // Its shape is the route's to check.
    return Array.isArray(said) ? said : (said as { readonly clients: readonly PushedClient[] }).clients;
  } catch (error) {
    throw new CliError('CLI_NO_LEASES', EXIT.nothingFound, `it is not JSON: ${messageOf(error)} (${where})`);
  }
}

const pushedOf = ({ ip, mac, duid, name, endsMs }: Lease): PushedClient => ({
  ip,
  ...(mac === null ? {} : { mac }),
  ...(duid === null ? {} : { duid }),
  ...(name === null ? {} : { name }),
  ...(Number.isFinite(endsMs) ? { until: new Date(endsMs).toISOString() } : {}),
});
