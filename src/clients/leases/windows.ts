// Windows' DHCP server: what PowerShell, netsh and its console write of its leases and reservations.
//
//   <Lease><IPAddress>…       Export-DhcpServer -Leases (XML), reservations too
//   "IPAddress","ScopeId",…   Get-DhcpServerv4Lease or -v6Lease with Export-Csv; and the console's list, with a tab or a comma
//   IPAddress      ScopeId    the same as PowerShell shows it, in columns below a line of hyphens
//   10.0.0.7 - 255.255.255.0  netsh dhcp server scope … show clients 1
//   … Add reservedip 10.0.0.7 netsh dhcp server dump: reservations alone
//
// Times are the culture's and of a clock without a zone, but for the XML's: such a lease holds until the file says otherwise.
import { textToAddress } from '../../wire/names/address.ts';
import { clientMac, clientName } from '../client-name.ts';
import { hexOctets, type Lease, type Said } from './lease.ts';

const FOREVER = Number.POSITIVE_INFINITY;
/** The name that the server gives an address which somebody else was seen to use. */
const CONFLICT = 'bad_address';

/** Names of columns, without spaces and in lower case. */
const COLUMNS = {
  ip: ['ipaddress', 'clientipaddress', 'clientipv6address'],
  name: ['hostname', 'name'],
  id: ['clientid', 'uniqueid'],
  duid: ['clientduid'],
  state: ['addressstate'],
  ends: ['leaseexpirytime', 'leaseexpiration'],
} as const;
type Fields = { readonly [field in keyof typeof COLUMNS]?: string | undefined };

const BYTE_ORDER_MARKS: readonly (readonly [encoding: string, mark: readonly number[]])[] = [
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
  ['utf-8', [0xef, 0xbb, 0xbf]],
];

/** The text, if the octets begin as Windows marks one (PowerShell's `>` writes UTF-16); null. */
export function markedText(octets: Uint8Array): string | null {
  const found = BYTE_ORDER_MARKS.find(([, mark]) => mark.every((octet, i) => octets[i] === octet));
  return found === undefined ? null : new TextDecoder(found[0]).decode(octets);
}

/** What it says, reservations before leases; null when it is nothing of the kind. */
export function windowsLeases(text: string): Said[] | null {
  if (/<DHCPServer[\s>]/.test(text.slice(0, 1000))) return xmlLeases(text);
  const lines = text.split(/\r?\n/);
  return tableLeases(lines) ?? netshLeases(lines);
}

function xmlLeases(text: string): Said[] {
  const saidBy = (element: string): Said[] =>
    [...text.matchAll(new RegExp(`<${element}>([^]*?)</${element}>`, 'g'))].flatMap(([, inside = '']) => {
      const fields = new Map(
        [...inside.matchAll(/<(\w+)>([^<]*)<\/\1>/g)].map(([, name = '', value = '']) => [
          name.toLowerCase(),
          value,
        ]),
      );
      return saidOf(fieldsOf((names) => names.map((name) => fields.get(name)).find((value) => value)));
    });
  return [...saidBy('Reservation'), ...saidBy('Lease')];
}

function tableLeases(lines: readonly string[]): Said[] | null {
  const at = lines.findIndex((line) => line.trim() !== '' && !line.startsWith('#'));
  const head = lines[at] ?? '';
  const below = lines[at + 1] ?? '';
  const isRuled = /^-{3,}[- ]*$/.test(below);
  const split = isRuled ? byColumns(below) : (line: string) => cells(line, delimiterOf(head));
  const columns = split(head).map((name) => name.replaceAll(/\s/g, '').toLowerCase());
  const hasColumn = (names: readonly string[]): boolean => names.some((name) => columns.includes(name));
  if (!hasColumn(COLUMNS.ip) || !(hasColumn(COLUMNS.id) || hasColumn(COLUMNS.duid))) return null;
  return lines.slice(at + (isRuled ? 2 : 1)).flatMap((line) => {
    const row = split(line);
    return saidOf(fieldsOf((names) => row[columns.findIndex((column) => names.includes(column))]));
  });
}

const delimiterOf = (head: string): string => ['\t', ';', ','].find((one) => head.includes(one)) ?? ',';

/** Cells as PowerShell and Excel quote them: quotation marks inside are doubled. */
function cells(line: string, delimiter: string): string[] {
  const row: string[] = [];
  let cell = '';
  let isQuoted = false;
  for (let i = 0; i < line.length; i += 1) {
    const character = line[i]!;
    if (isQuoted && character === '"' && line[i + 1] === '"') {
      cell += '"';
      i += 1;
    } else if (character === '"') isQuoted = !isQuoted;
    else if (character === delimiter && !isQuoted) {
      row.push(cell);
      cell = '';
    } else cell += character;
  }
  return [...row, cell];
}

/** Cells that begin where the hyphens below the head do. */
function byColumns(rule: string): (line: string) => string[] {
  const starts = [...rule.matchAll(/(?<![^ ])-/g)].map(({ index }) => index);
  return (line) => starts.map((start, i) => line.slice(start, starts[i + 1]).trim());
}

const CLIENT = /^(\d+\.\d+\.\d+\.\d+)\s+-\s*[\d.]+\s*-\s*([0-9a-f-]+)\s+-(.*?)-\s?[NDBUR]\s?-\s*(\S*)/i;
const RESERVED = /\badd reservedip (\S+) ([0-9a-f]+)(?: "([^"]*)")?/i;

function netshLeases(lines: readonly string[]): Said[] | null {
  const said = lines.flatMap((line) => {
    const reserved = RESERVED.exec(line);
    if (reserved !== null) return saidOf({ ip: reserved[1], id: reserved[2], name: reserved[3] });
    const [, ip, id, ends = '', name] = CLIENT.exec(line) ?? [];
    return saidOf({ ip, id, name, state: /inactive/i.test(ends) ? 'Inactive' : 'Active' });
  });
  return said.length === 0 && !lines.some((line) => /\bdhcp server\b/i.test(line)) ? null : said;
}

const fieldsOf = (firstOf: (names: readonly string[]) => string | undefined): Fields => ({
  ip: firstOf(COLUMNS.ip),
  name: firstOf(COLUMNS.name),
  id: firstOf(COLUMNS.id),
  duid: firstOf(COLUMNS.duid),
  state: firstOf(COLUMNS.state),
  ends: firstOf(COLUMNS.ends),
});

function saidOf({ ip = '', name = '', id = '', duid = '', state = '', ends = '' }: Fields): Said[] {
  if (textToAddress(ip) === null) return [];
  // The console says it where the end stands. What is reserved and not in use is nobody's lease, and takes no reservation away.
  const inUse = state === '' && /inactive/i.test(ends) ? 'InactiveReservation' : state;
  if (/^inactivereservation/i.test(inUse)) return [];
  if (!/^(?:$|active)/i.test(inUse) || name.toLowerCase() === CONFLICT) return [{ ip, lease: null }];
  return [{ ip, lease: leaseOf(name, id, duid, ends) }];
}

function leaseOf(name: string, id: string, duid: string, ends: string): Partial<Lease> {
  const octets = hexOctets(id);
  const mac = clientMac(octets ?? undefined);
  return {
    mac,
    name: clientName(name),
    duid: hexOctets(duid),
    clientId: mac === null ? octets : null,
    endsMs: /^\d{4}-\d\d-\d\d[ T][\d:.]+Z$/.test(ends) ? Date.parse(ends.replace(' ', 'T')) : FOREVER,
  };
}
