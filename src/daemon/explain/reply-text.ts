// A reply as people read it: its RCODE and its answers.
import type { LocalRecord } from '../../config/config.ts';
import { OFFSET, rcodeOf, readU16 } from '../../wire/header.ts';
import { expandName, lowerName, NAME_OCTETS_MAX } from '../../wire/names/name.ts';
import { nameToText } from '../../wire/names/presentation.ts';
import { rcodeToText, TYPE, typeToText } from '../../wire/records/iana.ts';
import { rdataText } from '../../wire/records/record-text.ts';
import { nextRecord, RecordView, skipQuestions } from '../../wire/records/records.ts';
import { quotedWord } from '../../wire/records/words.ts';

export interface AnswerText {
  readonly rcode: string;
  /** `A 192.0.2.7`. */
  readonly records: readonly string[];
  /** The addresses among them. */
  readonly addresses: readonly string[];
}

export const aliasText = ({ rdata }: LocalRecord): string => `CNAME ${nameToText(rdata)}`;

/** The answer section of a reply, and its RCODE. */
export function answerIn(reply: Uint8Array): AnswerText {
  const record = new RecordView();
  const records: string[] = [];
  const addresses: string[] = [];
  let at = skipQuestions(reply, reply.length);
  for (let left = readU16(reply, OFFSET.ancount); left > 0; left -= 1) {
    at = nextRecord(reply, at, reply.length, record);
    const data = dataText(reply, record);
    records.push(`${typeToText(record.type)} ${data}`);
    if (record.type === TYPE.A || record.type === TYPE.AAAA) addresses.push(data);
  }
  return { rcode: rcodeToText(rcodeOf(readU16(reply, OFFSET.flags))), records, addresses };
}

/** What an answer says that a name stands for; null where it says nothing. @param name lower-case wire form; so is what is given */
export function aliasIn(reply: Uint8Array, name: Uint8Array): Uint8Array | null {
  const record = new RecordView();
  let at = skipQuestions(reply, reply.length);
  for (let left = readU16(reply, OFFSET.ancount); left > 0 && at >= 0; left -= 1) {
    at = nextRecord(reply, at, reply.length, record);
    const owner = record.type === TYPE.CNAME ? lowerNameAt(reply, record.owner) : null;
    if (owner !== null && Buffer.compare(owner, name) === 0) return lowerNameAt(reply, record.rdata);
  }
  return null;
}

function lowerNameAt(message: Uint8Array, offset: number): Uint8Array | null {
  const name = new Uint8Array(NAME_OCTETS_MAX);
  const length = expandName(message, offset, message.length, name);
  if (length < 0) return null;
  lowerName(name, 0, length, name);
  return name.slice(0, length);
}

/** Strings as people wrote them, other data as in a zone file, but for the dot behind a name that ends it. */
function dataText(reply: Uint8Array, record: RecordView): string {
  if (record.type !== TYPE.TXT && record.type !== TYPE.HINFO)
    return (rdataText(reply, record) ?? '').replace(/(?<=[^ ])\.$/, '');
  const strings: string[] = [];
  const end = record.rdata + record.rdataLength;
  for (let at = record.rdata; at < end; at += 1 + (reply[at] ?? 0)) {
    const octets = reply.subarray(at + 1, Math.min(end, at + 1 + (reply[at] ?? 0)));
    strings.push(quotedWord(octets));
  }
  return strings.join(' ');
}
