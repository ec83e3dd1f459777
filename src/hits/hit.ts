// A hit as people and other programs read it: one question that a rule decided, or several equal ones inside a second.

import { type HitRecord, VIA } from '../events/hit-record.ts';
import type { HitIndicator, RuleMeaning } from '../policy/rule-meaning.ts';
import { VERDICT_NAMES } from '../policy/verdict.ts';
import { TRANSPORT_NAMES } from '../wire/message/query.ts';
import { addressToText, networkToText } from '../wire/names/address.ts';
import { nameToText } from '../wire/names/presentation.ts';
import { classToText, typeToText } from '../wire/records/iana.ts';
import { momentToText } from './log/moment.ts';

/** The order of the keys is part of the hit line. */
export interface Hit {
  readonly event: 'hit';
  /** ULID. */
  readonly id: string;
  /** ISO 8601, UTC: when the first of them was asked. */
  readonly time: string;
  /** Queries that this line stands for. */
  readonly count: number;
  readonly client: HitClient;
  readonly question: { readonly name: string; readonly type: string; readonly class: string };
  readonly transport: 'udp' | 'tcp' | 'tls' | 'https';
  readonly verdict: 'sinkhole' | 'nxdomain' | 'nodata' | 'refused' | 'drop' | 'monitor';
  readonly rule: string;
  readonly list: string;
  readonly answer: readonly string[];
  /** The CNAME target or address that matched, when it was not the question's name. */
  readonly via: string | null;
  readonly indicator: HitIndicator | null;
  readonly worker: number;
}

export interface HitClient {
  readonly ip: string;
  readonly name: string | null;
  readonly mac: string | null;
  readonly group: string;
}

/** What records leave out because everybody on this side knows it. */
export interface HitContext {
  meaning(record: HitRecord): RuleMeaning;
  group(number: number): string;
  /** The same object for the same client, so that what is made of it is made once. */
  client(address: Uint8Array, group: string): HitClient;
  answer(record: HitRecord, meaning: RuleMeaning): readonly string[];
  id(timeMs: number): string;
}

export function toHit(record: HitRecord, context: HitContext): Hit {
  const meaning = context.meaning(record);
  const verdict = VERDICT_NAMES[record.verdict] ?? 'sinkhole';
  return {
    event: 'hit',
    id: context.id(record.timeMs),
    time: momentToText(record.timeMs),
    count: record.count,
    client: context.client(record.address, context.group(record.group)),
    question: {
      name: nameToText(record.qname),
      type: typeToText(record.qtype),
      class: classToText(record.qclass),
    },
    transport: TRANSPORT_NAMES[record.transport] ?? 'udp',
    verdict: verdict === 'pass' ? 'monitor' : verdict,
    rule: ruleText(record, meaning),
    list: meaning.list,
    answer: context.answer(record, meaning),
    via: viaText(record),
    indicator: meaning.indicator,
    worker: record.worker,
  };
}

function ruleText(record: HitRecord, meaning: RuleMeaning): string {
  if (record.pattern >= 0 && meaning.pattern !== null) return `/${meaning.pattern}/`;
  if (record.viaKind === VIA.address) return networkToText(record.via, record.nameOffset);
  const name = record.viaKind === VIA.name ? record.via : record.qname;
  return nameToText(name, Math.max(0, record.nameOffset));
}

function viaText(record: HitRecord): string | null {
  if (record.viaKind === VIA.none) return null;
  return record.viaKind === VIA.address ? addressToText(record.via) : nameToText(record.via);
}
