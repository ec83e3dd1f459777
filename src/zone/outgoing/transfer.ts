// The messages of AXFR (RFC 5936) and IXFR (RFC 1995) over TCP, one after another as they are asked for: memory is one message.
import { TYPE } from '../../wire/records/iana.ts';
import { recordsOf } from './changes.ts';
import { belowSetOf, exactSetOf, pastNode } from './content.ts';
import { MessageWriter } from './message-writer.ts';
import { isNewer } from './serial.ts';
import { deltasFrom, SERVER, type ServedZone, soaData } from './served-zone.ts';

const APEX = new Uint8Array(0);
const WILDCARD_OCTETS = 2;
/** Octets of an owner relative to the zone at most. */
const OWNER_OCTETS_MAX = 255;

export interface TransferQuestion {
  readonly id: number;
  /** Name, type and class as they were sent. */
  readonly question: Uint8Array;
}

export type TransferKind = 'axfr' | 'ixfr' | 'current';

/** What a secondary gets that has `have`; null: it asks for all. */
export function kindFor(zone: ServedZone, have: number | null): TransferKind {
  if (have === null) return 'axfr';
  if (have === zone.serial || isNewer(have, zone.serial)) return 'current';
  const deltas = deltasFrom(zone, have);
  if (deltas === null) return 'axfr';
  const octets = deltas.reduce((sum, { removed, added }) => sum + removed.length + added.length, 0);
  return octets > zone.content.nodes.length ? 'axfr' : 'ixfr';
}

/** Unsigned messages, in their order. */
export function transferMessages(
  zone: ServedZone,
  have: number | null,
  { id, question }: TransferQuestion,
): Generator<Uint8Array, void> {
  const writer = new MessageWriter(id, question, zone.ttlSeconds);
  const kind = kindFor(zone, have);
  if (kind === 'axfr') return whole(zone, writer);
  return kind === 'ixfr' ? incremental(zone, have ?? 0, writer) : current(zone, writer);
}

function* current(zone: ServedZone, writer: MessageWriter): Generator<Uint8Array, void> {
  writer.add(APEX, 0, 0, TYPE.SOA, soaData(zone));
  yield writer.finish();
}

function* whole(zone: ServedZone, writer: MessageWriter): Generator<Uint8Array, void> {
  const { nodes, sets } = zone.content;
  const wildcard = new Uint8Array(OWNER_OCTETS_MAX);
  wildcard.set([1, 0x2a]);
  writer.add(APEX, 0, 0, TYPE.SOA, soaData(zone));
  writer.add(APEX, 0, 0, TYPE.NS, SERVER);
  for (let at = 0; at < nodes.length; at = pastNode(nodes, at)) {
    const length = nodes[at]!;
    const exact = sets[exactSetOf(nodes, at) - 1];
    const below = sets[belowSetOf(nodes, at) - 1];
    let isFirst = true;
    for (const { type, rdata } of exact?.records ?? []) {
      if (!writer.fits(length, rdata.length)) {
        yield writer.finish();
        isFirst = true;
      }
      if (isFirst) writer.add(nodes, at + 1, length, type, rdata);
      else writer.addSame(type, rdata);
      isFirst = false;
    }
    if (below === undefined) continue;
    for (let i = 0; i < length; i += 1) wildcard[WILDCARD_OCTETS + i] = nodes[at + 1 + i]!;
    isFirst = true;
    for (const { type, rdata } of below.records) {
      if (!writer.fits(length + WILDCARD_OCTETS, rdata.length)) {
        yield writer.finish();
        isFirst = true;
      }
      if (isFirst) writer.add(wildcard, 0, length + WILDCARD_OCTETS, type, rdata);
      else writer.addSame(type, rdata);
      isFirst = false;
    }
  }
  if (!writer.fits(0, soaData(zone).length)) yield writer.finish();
  writer.add(APEX, 0, 0, TYPE.SOA, soaData(zone));
  yield writer.finish();
}

/** §4: the newest SOA, then for each step the old SOA with what goes and the new one with what comes, the newest SOA again. */
function* incremental(zone: ServedZone, have: number, writer: MessageWriter): Generator<Uint8Array, void> {
  const apex = (serial: number) => ({ owner: APEX, type: TYPE.SOA, rdata: soaData(zone, serial) });
  function* records() {
    yield apex(zone.serial);
    for (const { from, to, removed, added } of deltasFrom(zone, have) ?? []) {
      yield apex(from);
      yield* recordsOf(removed);
      yield apex(to);
      yield* recordsOf(added);
    }
    yield apex(zone.serial);
  }
  for (const { owner, type, rdata } of records()) {
    if (!writer.fits(owner.length, rdata.length)) yield writer.finish();
    writer.add(owner, 0, owner.length, type, rdata);
  }
  if (!writer.isEmpty) yield writer.finish();
}
