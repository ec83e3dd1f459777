// Kea's memfile CSV. Columns are found by their names, which differ between the files of IPv4 and IPv6 and between versions.
//
// A cleanup (every hour, unless said) leaves the leases in `FILE.2` and begins FILE anew with its header; while it runs they are in `.1`
// and `.2`, and for a moment in `.completed`. Kea itself reads `.completed`, else `.2` and `.1`; then the file.
import { textToAddress } from '../../wire/names/address.ts';
import { clientMac, sentName } from '../client-name.ts';
import { hexOctets, type Said } from './lease.ts';

/** In the order in which they are read; what stands later holds. */
export const KEA_PARTS = { completed: '.completed', older: ['.2', '.1'] } as const;

/** Lifetime of a lease that does not end. */
const FOREVER_SECONDS = 0xffffffff;
/** Types of leases of DHCPv6: 2 is a delegated prefix, which no client has as its address. */
const PREFIX_DELEGATION = '2';

export const isKea = (text: string): boolean => text.startsWith('address,');

export function keaLeases(text: string): Said[] {
  const [head = '', ...lines] = text.split('\n');
  const columns = head.trim().split(',');
  return rowsOf(lines, columns.length).flatMap((fields): Said[] => {
    const field = (column: string): string => fields[columns.indexOf(column)] ?? '';
    if (field('lease_type') === PREFIX_DELEGATION) return [];
    const ip = field('address');
    const seconds = Number(field('valid_lifetime'));
    // States: 0 assigned, 1 declined, 2 reclaimed, 3 released, 4 registered by the client itself.
    const isFree = !['', '0', '4'].includes(field('state')) || seconds === 0;
    if (isFree) return [{ ip, lease: null }];
    const endsMs = seconds === FOREVER_SECONDS ? Number.POSITIVE_INFINITY : Number(field('expire')) * 1000;
    return [
      {
        ip,
        lease: {
          mac: clientMac(field('hwaddr')),
          name: sentName(unescaped(field('hostname'))),
          duid: hexOctets(field('duid')),
          clientId: hexOctets(field('client_id')),
          endsMs: Number.isFinite(endsMs) ? endsMs : Number.POSITIVE_INFINITY,
        },
      },
    ];
  });
}

/**
 * A line feed in what a client sent breaks its row, and what follows it may look like a row: neither a short row nor the line after
 * one that begins with an address is any.
 */
function rowsOf(lines: readonly string[], columns: number): string[][] {
  const rows: string[][] = [];
  let isBroken = false;
  for (const line of lines) {
    const fields = line.replace(/\r$/, '').split(',');
    // The last column is left out by some versions.
    const isShort = fields.length < columns - 1;
    if (!isShort && !isBroken) rows.push(fields);
    isBroken = isShort && textToAddress(fields[0] ?? '') !== null;
  }
  return rows;
}

/** Octets that would break a row are written `&#xHH`. */
const unescaped = (text: string): string =>
  text.replaceAll(/&#x([0-9a-f]{2})/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
