// A row in words.
import { RESULT, RESULT_NAMES } from '../../events/result.ts';
import { TRANSPORT_NAMES } from '../../wire/message/query.ts';
import { classToText, rcodeToText, typeToText } from '../../wire/records/iana.ts';
import { FROM, kindOf } from '../kind.ts';
import { OUTCOMES, outcomeOf } from '../outcome.ts';
import { ruleText } from '../rule.ts';
import { waitMs } from '../wait.ts';
import type { OpenedLog } from './opened.ts';
import type { LogRow } from './question.ts';

export interface RowFacts {
  readonly timeMs: number;
  readonly name: string;
  readonly asker: number;
  readonly kind: number;
  readonly count: number;
  readonly wait: number;
  readonly rule: number;
}

export function rowOf(log: OpenedLog, { timeMs, name, asker, kind, count, wait, rule }: RowFacts): LogRow {
  const { qtype, qclass, transport, result, rcode, from, source } = kindOf(kind);
  const named = log.source(source);
  const { machine, ip, name: called, mac, group } = log.asker(asker);
  return {
    time: new Date(timeMs).toISOString(),
    count,
    client: { ip, name: called, mac, group, machine },
    name,
    type: typeToText(qtype),
    class: qclass === 0 ? 'other' : classToText(qclass),
    transport: TRANSPORT_NAMES[transport] ?? 'udp',
    result: RESULT_NAMES[result] ?? 'unrecorded',
    outcome: OUTCOMES[outcomeOf({ from, result })] ?? 'own',
    rcode: rcode < 0 ? null : rcodeToText(rcode),
    list: named?.what === 'list' ? named.name : null,
    rule: ruleText(rule, name, log.rule),
    upstream: named?.what === 'upstream' ? named.name : null,
    from: fromWords(from, result),
    waitedMs: waitMs(wait),
  };
}

function fromWords(from: number, result: number): string {
  switch (from) {
    case FROM.list:
      return 'list';
    case FROM.cache:
      return 'cache';
    case FROM.stale:
      return 'stale cache';
    case FROM.upstream:
      return 'upstream';
    case FROM.nobody:
      return 'nobody';
    case FROM.policy:
      return 'policy';
    default:
      return result === RESULT.local ? 'own record' : 'cenote';
  }
}
