// A hosts file as local records: A or AAAA for each name, PTR for each address.
import type { Logger } from 'pino';
import type { LocalRecord } from '../../config/config.ts';
import { readWhole } from '../../config/read/files.ts';
import { NULL_ADDRESSES } from '../../config/values/addresses.ts';
import { recordAddress } from '../../wire/names/address.ts';
import { hostToName, pointerName, textToName } from '../../wire/names/presentation.ts';
import { TYPE } from '../../wire/records/iana.ts';

const TTL_SECONDS = 60;
const OCTETS_MAX = 16_777_216;

/** Records of a file; one that cannot be read is told and gives none. @param path null for none */
export function readHostsFile(path: string | null, log: Pick<Logger, 'warn'>): LocalRecord[] {
  if (path === null) return [];
  try {
    return hostsRecords(new TextDecoder().decode(readWhole(path, OCTETS_MAX)));
  } catch (error) {
    log.warn(
      { path, error: String(error) },
      'the hosts file of local.hosts cannot be read; its names are forwarded',
    );
    return [];
  }
}

/** Lines that are no address with names, and 0.0.0.0 lines (a block list is no hosts file), are left out. */
export function hostsRecords(text: string): LocalRecord[] {
  const reversed = new Set<string>();
  return text.split(/\r?\n/).flatMap((line): LocalRecord[] => {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    const octets = recordAddress(address);
    if (octets === null || NULL_ADDRESSES.has(address)) return [];
    const wires = names.flatMap((name) => hostToName(name) ?? []);
    const type = octets.length === 4 ? TYPE.A : TYPE.AAAA;
    const records = wires.map(
      (name): LocalRecord => ({ name, type, ttlSeconds: TTL_SECONDS, rdata: octets }),
    );
    const pointer = textToName(pointerName(octets));
    const canonical = wires[0];
    if (pointer === null || canonical === undefined || reversed.has(address)) return records;
    reversed.add(address);
    return [...records, { name: pointer, type: TYPE.PTR, ttlSeconds: TTL_SECONDS, rdata: canonical }];
  });
}
