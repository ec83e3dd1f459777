// Lease files of dnsmasq, ISC dhcpd and Kea (CSV): which address has which MAC and which name. Told apart by their content.
//
// All three are written while we read: the last line may be half. A line that is none is passed over; a file none of whose
// lines is one is not a lease file, and that is said.
import { addressToText, textToAddress } from '../wire/names/address.ts';
import { clientMac, clientName } from './client-name.ts';

export interface Lease {
  /** As addressToText writes it. */
  readonly ip: string;
  readonly mac: string | null;
  readonly name: string | null;
  /** DHCPv6's identity of a client, and DHCPv4's client identifier: lower-case hexadecimal with colons. */
  readonly duid?: string | null;
  readonly clientId?: string | null;
  /** Wall clock; infinite when the file does not say, or its owner removes what has ended (dnsmasq). */
  readonly endsMs: number;
}

/** A network of more clients than this is not an office's; further leases are left out. */
export const LEASES_MAX = 65_536;

/** @returns null when it is no lease file */
export function parseLeases(text: string): Lease[] | null {
  const meaningful = text.replace(/^\s*#.*$/gm, '').trim();
  if (meaningful === '') return [];
  const leases = meaningful.startsWith('address,')
    ? keaLeases(meaningful)
    : /^\s*(?:lease\s|iaaddr\s|ia-na\s|authoring-byte-order\s|server-duid\s)/m.test(meaningful)
      ? iscLeases(meaningful)
      : dnsmasqLeases(meaningful);
  if (leases === null) return null;
  // Both ISC and Kea append: the last that is said of an address holds.
  const byAddress = new Map<string, Lease | null>();
  for (const { ip, lease } of leases) {
    const octets = textToAddress(ip);
    if (octets === null || byAddress.size >= LEASES_MAX) continue;
    const canonical = addressToText(octets);
    byAddress.set(canonical, lease === null ? null : { ip: canonical, ...lease });
  }
  return [...byAddress.values()].filter((lease) => lease !== null);
}

/** What a file says of an address; null: that it is free. */
interface Said {
  readonly ip: string;
  readonly lease: Omit<Lease, 'ip'> | null;
}

/** `1764000000 aa:bb:cc:dd:ee:ff 192.0.2.7 till-3 *`; of IPv6 the second field is no MAC. */
function dnsmasqLeases(text: string): Said[] | null {
  const lines = text.split('\n');
  const leases = lines.flatMap((line): Said[] => {
    const [ends = '', hardware = '', ip = '', name = ''] = line.trim().split(/\s+/);
    if (!/^\d+$/.test(ends) || textToAddress(ip) === null) return [];
    // Other kinds of hardware than Ethernet are marked with their number: `06-aa:bb:…`.
    const mac = clientMac(hardware.replace(/^[0-9a-f]{2}-(?=.{17}$)/i, ''));
    return [{ ip, lease: { mac, name: clientName(name), endsMs: Number.POSITIVE_INFINITY } }];
  });
  return leases.length === 0 && !lines.some((line) => /^\s*duid\s/.test(line)) ? null : leases;
}

function iscLeases(text: string): Said[] {
  const leases: Said[] = [];
  for (const [, ip = '', body = ''] of text.matchAll(/\b(?:lease|iaaddr)\s+([0-9a-f.:]+)\s*\{([^}]*)\}/gi)) {
    const state = /\bbinding\s+state\s+(\w+)/.exec(body)?.[1];
    const isFree = state !== undefined && state !== 'active';
    const mac = clientMac(/\bhardware\s+ethernet\s+([0-9a-f:]+)/i.exec(body)?.[1]);
    const name = clientName(/\bclient-hostname\s+"((?:[^"\\]|\\.)*)"/.exec(body)?.[1]);
    leases.push({ ip, lease: isFree ? null : { mac, name, endsMs: endOf(body) } });
  }
  return leases;
}

/** `ends 2 2026/11/24 18:00:00;` (UTC), `ends epoch 1764000000;`, `ends never;`. */
function endOf(body: string): number {
  const epoch = /\bends\s+epoch\s+(\d+)/.exec(body)?.[1];
  if (epoch !== undefined) return Number(epoch) * 1000;
  const date = /\bends\s+\d\s+(\d{4})\/(\d\d)\/(\d\d)\s+(\d\d):(\d\d):(\d\d)/.exec(body);
  if (date === null) return Number.POSITIVE_INFINITY;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = date.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** Memfile CSV; columns are found by their names, which differ between the files of IPv4 and IPv6 and between versions. */
function keaLeases(text: string): Said[] | null {
  const [head = '', ...lines] = text.split('\n');
  const columns = head.trim().split(',');
  const at = (column: string): number => columns.indexOf(column);
  const [address, hardware, expire, host, state] = ['address', 'hwaddr', 'expire', 'hostname', 'state'].map(
    at,
  );
  if (address === undefined || expire === undefined || expire < 0) return null;
  return lines.flatMap((line): Said[] => {
    const fields = line.trim().split(',');
    const field = (index: number | undefined): string => fields[index ?? -1] ?? '';
    if (fields.length < columns.length - 1) return [];
    const isFree = !['', '0'].includes(field(state));
    const [mac, name] = [clientMac(field(hardware)), clientName(field(host))];
    return [
      { ip: field(address), lease: isFree ? null : { mac, name, endsMs: Number(field(expire)) * 1000 } },
    ];
  });
}
