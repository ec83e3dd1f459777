// A zone's file, as Windows DNS Server writes it (and `dnscmd /ZoneExport`, Export-DnsServerZone): a master file whose head names the zone.
import { ZoneReader } from '../../../zone/master-file.ts';
import type { FileRecord, ZoneFile } from './zone.ts';

const HEAD = /^;\s*Database file .*? for (\S+) zone\.\s*$/im;
/** Of a record that a machine registered itself: `[AGE:3591234]`, before its TTL. */
const AGE = /\[AGE:\d+\]/gi;
/** In the place of the zone's name: a file may be that of many zones. */
export const ZONE_ITSELF = '@.';
const encoder = new TextEncoder();

export const isZoneFile = (text: string): boolean => HEAD.test(text) || /\sIN\s+SOA\s/i.test(text);

export function readZoneFile(text: string): ZoneFile {
  const zone = HEAD.exec(text)?.[1]?.toLowerCase().replace(/\.$/, '') ?? null;
  const records: FileRecord[] = [];
  let isWhole = true;
  const reader = new ZoneReader(
    ({ owner, type, rdata: [first = '', ...others] }) =>
      records.push({
        owner: inZone(owner, zone),
        type,
        rdata: [type === 'NS' ? inZone(reader.absolute(first), zone) : first, ...others],
      }),
    () => {
      isWhole = false;
    },
  );
  // Where nothing names the zone, `@` does.
  reader.origin = ZONE_ITSELF;
  for (const [index, line] of text.replace(AGE, '').split(/\r?\n/).entries()) {
    const octets = encoder.encode(line);
    reader.onLine(octets, 0, octets.length, index + 1);
  }
  reader.end();
  return { zone, records, isWhole };
}

/** A whole name below the zone ends in `@.`, as where nothing names the zone. */
function inZone(name: string, zone: string | null): string {
  const lower = name.toLowerCase();
  const isBelow = zone !== null && (lower === `${zone}.` || lower.endsWith(`.${zone}.`));
  return isBelow ? `${lower.slice(0, -zone.length - 1)}${ZONE_ITSELF}` : lower;
}
