// A hit that no rule decided: a name of a list that alerts was asked for while its list was paused or out of schedule, or over
// the rate limit. It is told as what it is: answered, or not.
import type { QueryRecord } from '../events/query-record.ts';
import { RESULT, RESULT_NAMES } from '../events/result.ts';
import { TRANSPORT_NAMES } from '../wire/message/query.ts';
import { nameToText } from '../wire/names/presentation.ts';
import { classToText, rcodeToText, typeToText } from '../wire/records/iana.ts';
import type { Hit, HitContext } from './hit.ts';
import { momentToText } from './log/moment.ts';
import type { Judged } from './matches.ts';

/** @param worker number of the resolver thread that was asked */
export function askedHit(
  record: QueryRecord,
  judged: Judged,
  worker: number,
  context: HitContext,
): Hit | null {
  const { count, timeMs, result } = record;
  const [first] = judged.matches;
  if (first === undefined) return null;
  const id = context.id(timeMs);
  const name = nameToText(record.qname);
  const { client, machine, through } = context.asker(record.address, context.group(record.group), timeMs);
  return {
    event: 'hit',
    id,
    time: momentToText(timeMs),
    count,
    client,
    question: { name, type: typeToText(record.qtype), class: classToText(record.qclass) },
    transport: TRANSPORT_NAMES[record.transport] ?? 'udp',
    verdict: result === RESULT.limited ? 'drop' : 'monitor',
    rule: first.rule,
    list: first.list,
    answer: [],
    via: judged.via ?? null,
    indicator: first.indicator,
    worker,
    machine,
    visit: context.visit(machine, name, timeMs, id),
    matches: judged.matches,
    outcome: RESULT_NAMES[result] ?? 'unrecorded',
    rcode: record.rcode < 0 ? null : rcodeToText(record.rcode),
    through,
    resolver: context.resolver,
  };
}
