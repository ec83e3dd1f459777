// Zones of data that a test's servers hold, and what those together answer.
import { ZoneReader } from '../../../src/zone/master-file.ts';
import type { ResponseParts } from '../../support/message.ts';

/** By owner, absolute: `TYPE data`. */
type Data = ReadonlyMap<string, readonly string[]>;

/** Owners absolute, in lower case; `TYPE data`. */
export function recordsIn(origin: string, text: string): [owner: string, record: string][] {
  const found: [string, string][] = [];
  const reader = new ZoneReader(
    ({ owner, type, rdata }) => {
      const suffix = origin === '' ? '' : `.${origin}`;
      const absolute = (name: string): string => (name.endsWith('.') ? name : `${name}${suffix}.`);
      const target = type === 'CNAME' ? [absolute(rdata[0]!)] : rdata;
      found.push([absolute(owner).toLowerCase(), `${type} ${target.join(' ')}`]);
    },
    () => undefined,
  );
  reader.origin = `${origin}.`.replace(/^\.$/, '');
  text.split('\n').forEach((line, i) => {
    const octets = new TextEncoder().encode(line);
    reader.onLine(octets, 0, octets.length, i + 1);
  });
  return found;
}

/** @param zones each with its origin and its text */
export function dataIn(zones: readonly (readonly [origin: string, text: string])[]): Data {
  const data = new Map<string, string[]>();
  for (const [origin, text] of zones)
    for (const [owner, record] of recordsIn(origin, text))
      if (!/^(SOA|NS) /.test(record)) data.set(owner, [...(data.get(owner) ?? []), record]);
  return data;
}

/** RFC 1034 §4.3.2, for zones without delegations. */
export function answerIn(data: Data, name: string, type: string): ResponseParts {
  const labels = name.split('.');
  const owners = [name, ...labels.slice(1).map((_, i) => `*.${labels.slice(i + 1).join('.')}`)];
  const held = owners.find((owner) => data.has(owner));
  const records = held === undefined ? [] : data.get(held)!;
  const isNode = held !== undefined || [...data.keys()].some((owner) => owner.endsWith(`.${name}`));
  const right = records.filter(
    (record) => type === 'ANY' || record.startsWith(`${type} `) || record.startsWith('CNAME '),
  );
  return { rcode: isNode ? 'NOERROR' : 'NXDOMAIN', answer: right.map((record) => `${name} 120 ${record}`) };
}
