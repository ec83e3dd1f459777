// What a resolver does for one question, in one text that two of them can be compared by.
import type { ListConfig } from '../../src/config/config.ts';
import { compileRuleSet } from '../../src/lists/compile.ts';
import { Policy } from '../../src/policy/decide.ts';
import { addressesOf, type Rule } from '../../src/policy/rule.ts';
import { VERDICT, VERDICT_NAMES, Verdict } from '../../src/policy/verdict.ts';
import { textToName } from '../../src/wire/names/presentation.ts';
import { textToType } from '../../src/wire/records/iana.ts';
import { groupOf } from '../support/group.ts';
import { listConfig } from '../support/lists-compile.ts';

export interface Question {
  readonly name: string;
  readonly type: string;
  /** Dotted quad. */
  readonly client: string;
}

/** Texts of lists, in the order of the group, and what is asked of them. */
export interface Case {
  readonly rules: readonly string[];
  readonly questions: readonly Question[];
}

/** `pass`, `block` (the sinkhole's answer), `nxdomain`, `nodata`, `refused`, `drop`, `tcp`, `alias NAME`, `data VALUES`. */
export type Outcome = string;

/** What cenote decides for each question of a case. */
export async function ours(
  { rules, questions }: Case,
  said: Partial<ListConfig>,
): Promise<readonly Outcome[]> {
  const encoder = new TextEncoder();
  const { ruleSet } = await compileRuleSet({
    revision: 1,
    seed: 1,
    lists: rules.map((text, i) => ({
      config: listConfig({ ...said, name: `list-${i}` }),
      body: { kind: 'bytes', bytes: encoder.encode(text) },
      fallback: null,
      previousEntries: null,
      mayBeEmpty: true,
    })),
  });
  const group = groupOf({ lists: ruleSet.lists.map(({ name }) => name) });
  const policy = new Policy(ruleSet, [group], { kind: 'nullip' });
  const verdict = new Verdict();
  return questions.map(({ name, type, client }) => {
    const wire = textToName(name.toLowerCase())!;
    const address = new Uint8Array(16);
    address.set([0xff, 0xff, ...client.split('.').map(Number)], 10);
    policy.decide(wire, wire.length, textToType(type)!, 0, address, verdict);
    return outcomeOf(verdict, policy.rule(verdict.rule), name, type);
  });
}

function outcomeOf({ code }: Verdict, rule: Rule | undefined, name: string, type: string): Outcome {
  if (code === VERDICT.pass) return 'pass';
  if (code === VERDICT['tcp-only']) return 'tcp';
  if (code === VERDICT.sinkhole) return 'block';
  if (code !== VERDICT.rewrite) return VERDICT_NAMES[code];
  const rewrite = rule?.rewrite ?? null;
  if (rewrite?.kind === 'cname') return `alias ${rewrite.target.replace(/^\*/, name)}`;
  const isSix = type === 'AAAA';
  if (type === 'A' || isSix)
    return dataOf(addressesOf(rewrite).filter((address) => address.includes(':') === isSix));
  const has =
    rewrite?.kind === 'records' && rewrite.records.some((record) => record.type === textToType(type));
  return has ? `data ${type}` : 'nodata';
}

export const dataOf = (values: readonly string[]): Outcome =>
  values.length === 0 ? 'nodata' : `data ${[...new Set(values)].sort().join(' ')}`;
