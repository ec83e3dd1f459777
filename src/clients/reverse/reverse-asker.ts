// One reverse look-up of a client of this network: a PTR query over the upstream that serves its zone.
import { randomInt } from 'node:crypto';
import ipaddr from 'ipaddr.js';
import type { UpstreamsConfig } from '../../config/config.ts';
import { upstreamKnowsPrivate } from '../../config/values/upstream.ts';
import { type Asker, FAILURE, type Forwarder } from '../../upstream/exchange.ts';
import { OFFSET, rcodeOf, readU16, writeU16 } from '../../wire/header.ts';
import { composeQuery } from '../../wire/message/compose.ts';
import { plainOctets } from '../../wire/names/address.ts';
import { expandName, NAME_OCTETS_MAX } from '../../wire/names/name.ts';
import { nameToText, pointerName, textToName } from '../../wire/names/presentation.ts';
import { CLASS, RCODE, TYPE } from '../../wire/records/iana.ts';
import { nextRecord, RecordView, skipQuestions } from '../../wire/records/records.ts';
import { clientName } from '../client-name.ts';

/** What an upstream says of an address. */
export interface Pointer {
  /** Null: it has no name, or none that is a host name. */
  readonly name: string | null;
  readonly ttlSeconds: number;
}

/** Null: nobody answered. */
export type AskPointer = (address: Uint8Array) => Promise<Pointer | null>;

/** An answer without records says nothing of how long it holds. */
const TTL_UNSAID_SECONDS = 600;
/** Only these are a network's own; a public address's name is its owner's to choose, and asking tells strangers who asks here. */
const OWN_RANGES = new Set(['private', 'uniqueLocal', 'carrierGradeNat']);

/** Whether an address (16 octets) is this network's own and an upstream may know its name. */
export function isAskable(address: Uint8Array, upstreams: UpstreamsConfig): boolean {
  const octets = plainOctets(address);
  if (!OWN_RANGES.has(ipaddr.fromByteArray([...octets]).range())) return false;
  const name = pointerName(octets);
  const isRouted = upstreams.routes.some(({ suffix }) => name === suffix || name.endsWith(`.${suffix}`));
  return isRouted || upstreamKnowsPrivate(upstreams);
}

/** @param open gives the one to ask, opened when it is first needed */
export function pointerAsker(open: () => Promise<Forwarder>): AskPointer {
  return async (address) => {
    const forwarder = await open();
    return new Promise((resolve) => {
      const query = pointerQuery(address);
      if (query === null) {
        resolve(null);
        return;
      }
      const asker: Asker = {
        settled: (_, response, length, failure) =>
          resolve(failure === FAILURE.none ? readPointer(response, length) : null),
      };
      forwarder.ask(query, query.length, asker, 0);
    });
  };
}

function pointerQuery(address: Uint8Array): Uint8Array | null {
  const name = textToName(pointerName(plainOctets(address)));
  if (name === null) return null;
  const query = composeQuery(name, TYPE.PTR);
  writeU16(query, OFFSET.id, randomInt(0x10000));
  return query;
}

/** The first PTR among the answers; null when the upstream only says that it cannot say. */
export function readPointer(response: Uint8Array, length: number): Pointer | null {
  const rcode = rcodeOf(readU16(response, OFFSET.flags));
  if (rcode !== RCODE.NOERROR && rcode !== RCODE.NXDOMAIN) return null;
  const record = new RecordView();
  let at = skipQuestions(response, length);
  for (let left = readU16(response, OFFSET.ancount); left > 0 && at >= 0; left -= 1) {
    at = nextRecord(response, at, length, record);
    if (at < 0) return null;
    if (record.type !== TYPE.PTR || record.class !== CLASS.IN) continue;
    const name = new Uint8Array(NAME_OCTETS_MAX);
    const octets = expandName(response, record.rdata, length, name);
    if (octets < 0) return null;
    return { name: clientName(nameToText(name.subarray(0, octets))), ttlSeconds: record.ttl };
  }
  return { name: null, ttlSeconds: TTL_UNSAID_SECONDS };
}
