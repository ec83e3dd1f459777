// What a rule asks of a query beyond its name, and what its own answer is worth to the type asked for.
//
// HOT.

import { isWithin } from '../wire/names/name.ts';
import { TYPE } from '../wire/records/iana.ts';
import { narrowestClient } from './client-pattern.ts';
import type { Rule } from './rule.ts';
import { ANSWER, type Conditions, conditionsOf, type RuleTable } from './rule-table.ts';

/** The name of an address's rule: conditions that speak of names hold for none. */
export const NO_NAME: Uint8Array = new Uint8Array(1);

export function answerWorth(answers: number, qtype: number): number {
  if (answers > ANSWER.alias) return answers >= ANSWER.rcode ? 4 : 3;
  if (
    (qtype === TYPE.A && (answers & ANSWER.a) !== 0) ||
    (qtype === TYPE.AAAA && (answers & ANSWER.aaaa) !== 0)
  )
    return 2;
  return answers & ANSWER.any;
}

/** Of two rules on one name: the list that goes before, then the one that has an answer for this type. */
export function goesBefore(
  { answers }: RuleTable,
  order: Uint16Array,
  rule: number,
  other: number,
  qtype: number,
): boolean {
  if (order[rule] !== order[other]) return order[rule]! < order[other]!;
  return answerWorth(answers[rule]!, qtype) > answerWorth(answers[other]!, qtype);
}

export function conditionsHold(
  conditions: Conditions,
  name: Uint8Array,
  length: number,
  qtype: number,
  address: Uint8Array,
): boolean {
  if (conditions.types !== null && conditions.types.has(qtype) === conditions.typesNegated) return false;
  if (conditions.except?.some((suffix) => isWithin(name, length, suffix)) === true) return false;
  return conditions.clients === null || narrowestClient(conditions.clients, address) >= 0;
}

/** The same of a rule that no table holds. Not hot. @param name NO_NAME where the rule stands on an address */
export function holdsFor(rule: Rule, name: Uint8Array, qtype: number, address: Uint8Array): boolean {
  const conditions = conditionsOf(rule);
  return conditions === null || conditionsHold(conditions, name, name.length, qtype, address);
}
