// A row in words.
import { RESULT, RESULT_NAMES } from '../../events/result.ts';
import { TRANSPORT_NAMES } from '../../wire/message/query.ts';
import { classToText, rcodeToText, typeToText } from '../../wire/records/iana.ts';
import { isNotForwarded } from '../../wire/records/not-forwarded.ts';
import { FROM, type Kind, kindOf } from '../kind.ts';
import type { LoggedAsker } from '../numbered.ts';
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

/** A row as it is told. */
export interface SaidRow extends Omit<Kind, 'source'> {
  readonly timeMs: number;
  readonly count: number;
  readonly name: string;
  readonly asker: LoggedAsker;
  readonly list: string | null;
  readonly rule: string | null;
  readonly upstream: string | null;
  readonly waitedMs: number | null;
}

export function rowInWords(row: SaidRow): LogRow {
  const { timeMs, count, asker, name, qtype, qclass, transport, result, rcode, from } = row;
  const { ip, name: called, mac, group, machine = ip } = asker;
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
    list: row.list,
    rule: row.rule,
    upstream: row.upstream,
    from: fromWords(row),
    waitedMs: row.waitedMs,
  };
}

export function rowOf(log: OpenedLog, facts: RowFacts): LogRow {
  const { timeMs, name, asker, count } = facts;
  const { source, ...kind } = kindOf(facts.kind);
  const named = log.source(source);
  return rowInWords({
    ...kind,
    timeMs,
    count,
    name,
    asker: log.asker(asker),
    list: named?.what === 'list' ? named.name : null,
    rule: ruleText(facts.rule, name, log.rule),
    upstream: named?.what === 'upstream' ? named.name : null,
    waitedMs: waitMs(facts.wait),
  });
}

function fromWords({ from, result, qtype, qclass }: SaidRow): string {
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
      // Two things refuse: who may ask, and what may be asked.
      if (result === RESULT.refused) return isNotForwarded(qtype, qclass) ? 'type or class' : 'access.allow';
      return result === RESULT.local ? 'own record' : 'cenote';
  }
}
