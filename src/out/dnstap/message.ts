// A query of the log as dnstap messages (dnstap.proto): CLIENT_QUERY, and CLIENT_RESPONSE where a reply was sent.
//
// cenote keeps facts, no datagrams. The DNS messages in it are made of them: a header and the question. Of the header QR and RCODE
// are true; ID, RD and all other flags are not known and 0, the name is in lower case, and no record of the answer is in it. A field
// that is not known (ports, the address that was asked) is absent. All facts stand in `extra`, as the JSON line of the event.
import { VERSION } from '../../config/version.ts';
import { isMapped, textToAddress } from '../../wire/names/address.ts';
import { textToName } from '../../wire/names/presentation.ts';
import { CLASS, RCODE, textToType } from '../../wire/records/iana.ts';
import type { QueryEvent } from '../event.ts';
import { ProtoWriter } from './proto.ts';

const DNSTAP = { identity: 1, version: 2, extra: 3, message: 14, type: 15 } as const;
const MESSAGE = {
  type: 1,
  socketFamily: 2,
  socketProtocol: 3,
  queryAddress: 4,
  queryTimeSec: 8,
  queryTimeNsec: 9,
  queryMessage: 10,
  responseTimeSec: 12,
  responseTimeNsec: 13,
  responseMessage: 14,
  policy: 15,
} as const;
const POLICY = { type: 1, rule: 2, action: 3, match: 4, value: 5 } as const;
const TYPE_MESSAGE = 1;
const MESSAGE_TYPE = { clientQuery: 5, clientResponse: 6 } as const;
const FAMILY = { inet: 1, inet6: 2 } as const;
const PROTOCOL: Readonly<Record<string, number>> = { udp: 1, tcp: 2, tls: 3, https: 4 };
/** Of a policy: what was done. Of other answers of a list nothing is said. */
const ACTION: Readonly<Record<string, number>> = { NXDOMAIN: 1 };
const MATCH_QNAME = 1;
const HEADER_OCTETS = 12;
const RCODE_MAX = 15;

/** The messages of one query, in their order. */
export function dnstapOf(text: string, event: QueryEvent, resolver: string): Uint8Array[] {
  const frame = (message: Uint8Array): Uint8Array =>
    new ProtoWriter()
      .text(DNSTAP.identity, resolver)
      .text(DNSTAP.version, `cenote ${VERSION}`)
      .text(DNSTAP.extra, text)
      .octets(DNSTAP.message, message)
      .number(DNSTAP.type, TYPE_MESSAGE)
      .encoded();
  const query = frame(messageOf(event, 'clientQuery'));
  return event.rcode === null ? [query] : [query, frame(messageOf(event, 'clientResponse'))];
}

function messageOf(event: QueryEvent, type: keyof typeof MESSAGE_TYPE): Uint8Array {
  const askedMs = Date.parse(event.time);
  const writer = new ProtoWriter().number(MESSAGE.type, MESSAGE_TYPE[type]);
  const address = textToAddress(event.client.ip);
  if (address !== null) {
    const isV4 = isMapped(address);
    writer.number(MESSAGE.socketFamily, isV4 ? FAMILY.inet : FAMILY.inet6);
    writer.number(MESSAGE.socketProtocol, PROTOCOL[event.transport] ?? PROTOCOL['udp']!);
    writer.octets(MESSAGE.queryAddress, isV4 ? address.subarray(12) : address);
  }
  writer.number(MESSAGE.queryTimeSec, Math.floor(askedMs / 1000));
  writer.fixed32(MESSAGE.queryTimeNsec, (askedMs % 1000) * 1_000_000);
  if (type === 'clientQuery') {
    const asked = dnsMessage(event, null);
    if (asked !== null) writer.octets(MESSAGE.queryMessage, asked);
    return writer.encoded();
  }
  // Where upstreams were waited for, it was sent after that; else in the same moment, as far as is known.
  const sentMs = askedMs + (event.waitedMs ?? 0);
  writer.number(MESSAGE.responseTimeSec, Math.floor(sentMs / 1000));
  writer.fixed32(MESSAGE.responseTimeNsec, Math.round((sentMs % 1000) * 1_000_000));
  // A header holds four bits of it.
  const rcode: number | undefined = RCODE[event.rcode as keyof typeof RCODE];
  const sent = rcode === undefined || rcode > RCODE_MAX ? null : dnsMessage(event, rcode);
  if (sent !== null) writer.octets(MESSAGE.responseMessage, sent);
  if (event.list !== null) writer.octets(MESSAGE.policy, policyOf(event));
  return writer.encoded();
}

function policyOf({ list, rule, rcode, name }: QueryEvent): Uint8Array {
  const writer = new ProtoWriter().text(POLICY.type, list ?? '');
  if (rule !== null) writer.text(POLICY.rule, rule);
  const action = ACTION[rcode ?? ''];
  if (action !== undefined) writer.number(POLICY.action, action);
  if (rule !== null && (name === rule || name.endsWith(`.${rule}`))) {
    const value = textToName(name);
    writer.number(POLICY.match, MATCH_QNAME);
    if (value !== null) writer.octets(POLICY.value, value);
  }
  return writer.encoded();
}

/** Header and question; null where they cannot be said truly. @param rcode null: of a query */
function dnsMessage({ name, type, class: written }: QueryEvent, rcode: number | null): Uint8Array | null {
  const qname = textToName(name);
  const qtype = textToType(type);
  const qclass = CLASS[written as keyof typeof CLASS];
  if (qname === null || qtype === null || qclass === undefined) return null;
  const octets = new Uint8Array(HEADER_OCTETS + qname.length + 4);
  if (rcode !== null) octets.set([0x80, rcode], 2);
  octets[5] = 1;
  octets.set(qname, HEADER_OCTETS);
  new DataView(octets.buffer).setUint16(HEADER_OCTETS + qname.length, qtype);
  new DataView(octets.buffer).setUint16(HEADER_OCTETS + qname.length + 2, qclass);
  return octets;
}
