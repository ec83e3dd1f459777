// Transferred records as lines of a zone file: one line a record, the same record always the same line, so that IXFR can
// take it out again. TTL and class say nothing in a policy zone and are left out.
import ipaddr from 'ipaddr.js';
import { readU16, readU32 } from '../header.ts';
import { expandName, skipName, skipUncompressedName } from '../names/name.ts';
import { nameToText } from '../names/presentation.ts';
import { CLASS, TYPE, typeToText } from './iana.ts';
import { namesInRdata, type RecordView } from './records.ts';
import { parametersText } from './services.ts';
import { SOA_NUMBERS_OCTETS } from './ttl.ts';
import { quotedWord } from './words.ts';

const name = new Uint8Array(256);

type Rdata = Pick<RecordView, 'type' | 'rdata' | 'rdataLength'>;

/** @returns the line, null when the record is malformed or of another class */
export function recordLine(message: Uint8Array, record: RecordView): string | null {
  if (record.class !== CLASS.IN) return null;
  const owner = nameAt(message, record.owner);
  const rdata = lineText(message, record);
  return owner === null || rdata === null ? null : `${owner}\t${typeToText(record.type)}\t${rdata}`;
}

/** The serial number of an SOA record; −1 when it is malformed. */
export function soaSerial(message: Uint8Array, record: RecordView): number {
  const at = skipSoaNames(message, record);
  return at < 0 ? -1 : readU32(message, at);
}

/** SOA REFRESH, seconds. */
export function soaRefresh(message: Uint8Array, record: RecordView): number {
  const at = skipSoaNames(message, record);
  return at < 0 ? -1 : readU32(message, at + 4);
}

function skipSoaNames(message: Uint8Array, record: Rdata): number {
  const end = record.rdata + record.rdataLength;
  const second = skipName(message, record.rdata, end);
  const at = second < 0 ? -1 : skipName(message, second, end);
  return at >= 0 && at + SOA_NUMBERS_OCTETS === end ? at : -1;
}

/** Presentation form of a record's data, for people; of types that have none here that of RFC 3597. @returns null when it is malformed */
export function rdataText(message: Uint8Array, record: Rdata): string | null {
  const { type, rdata, rdataLength } = record;
  switch (type) {
    case TYPE.MX:
    case TYPE.SRV:
      return numbersAndName(message, record);
    case TYPE.SVCB:
    case TYPE.HTTPS:
      return serviceText(message, record);
    case TYPE.CAA:
      return authorityText(message.subarray(rdata, rdata + rdataLength));
    default:
      return lineText(message, record);
  }
}

/** As it stands in a line: of most types the octets, letter case and all. */
function lineText(message: Uint8Array, record: Rdata): string | null {
  const { rdata, rdataLength } = record;
  const octets = message.subarray(rdata, rdata + rdataLength);
  switch (record.type) {
    case TYPE.A:
      return rdataLength === 4 ? octets.join('.') : null;
    case TYPE.AAAA:
      return rdataLength === 16 ? ipaddr.fromByteArray([...octets]).toString() : null;
    case TYPE.CNAME:
    case TYPE.DNAME:
    case TYPE.NS:
    case TYPE.PTR:
      return nameAt(message, rdata);
    case TYPE.SOA:
      return soaText(message, record);
    default:
      return genericText(message, record);
  }
}

/** Of MX and SRV. */
function numbersAndName(message: Uint8Array, { type, rdata, rdataLength }: Rdata): string | null {
  const at = rdata + (namesInRdata(type)?.before ?? 0);
  if (skipName(message, at, message.length) !== rdata + rdataLength) return null;
  const numbers: number[] = [];
  for (let number = rdata; number < at; number += 2) numbers.push(readU16(message, number));
  return `${numbers.join(' ')} ${nameAt(message, at)}`;
}

function serviceText(message: Uint8Array, { rdata, rdataLength }: Rdata): string | null {
  const end = rdata + rdataLength;
  const at = skipUncompressedName(message, rdata + 2, end);
  if (at < 0) return null;
  const parameters = parametersText(Buffer.from(message.subarray(at, end)));
  return `${readU16(message, rdata)} ${nameAt(message, rdata + 2)}${parameters}`;
}

function authorityText(octets: Uint8Array): string | null {
  const tagEnd = 2 + (octets[1] ?? 0);
  const tag = Buffer.from(octets.subarray(2, tagEnd)).toString('latin1');
  if (tagEnd > octets.length || !/^[a-z0-9]+$/i.test(tag)) return null;
  return `${octets[0]} ${tag} ${quotedWord(octets.subarray(tagEnd))}`;
}

/** RFC 3597 §5. A name in it that points elsewhere in the message is written in full: the same record is the same text in any message. */
function genericText(message: Uint8Array, { type, rdata, rdataLength }: Rdata): string | null {
  const layout = namesInRdata(type);
  const end = rdata + rdataLength;
  let at = rdata + (layout?.before ?? 0);
  const parts = [message.subarray(rdata, at)];
  for (let i = 0; i < (layout?.count ?? 0); i += 1) {
    const octets = at < end ? expandName(message, at, message.length, name) : -1;
    at = octets < 0 ? -1 : skipName(message, at, end);
    if (at < 0) return null;
    parts.push(name.slice(0, octets));
  }
  const data = Buffer.concat([...parts, message.subarray(at, end)]);
  return `\\# ${data.length} ${data.toString('hex')}`.trimEnd();
}

function soaText(message: Uint8Array, record: Rdata): string | null {
  const at = skipSoaNames(message, record);
  if (at < 0) return null;
  const mname = nameAt(message, record.rdata);
  const rname = nameAt(message, skipName(message, record.rdata, message.length));
  const numbers = [0, 4, 8, 12, 16].map((offset) => readU32(message, at + offset));
  return `${mname} ${rname} ${numbers.join(' ')}`;
}

/** Absolute, with its dot. */
function nameAt(message: Uint8Array, offset: number): string | null {
  if (expandName(message, offset, message.length, name) < 0) return null;
  const text = nameToText(name);
  return text === '.' ? text : `${text}.`;
}
