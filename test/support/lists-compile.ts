// Compiles list texts in a test and asks the real policy about names.
import type { ListConfig } from '../../src/config/config.ts';
import { type CompileResult, compileRuleSet } from '../../src/lists/compile.ts';
import { Policy } from '../../src/policy/decide.ts';
import { VERDICT_NAMES, Verdict } from '../../src/policy/verdict.ts';
import { textToName } from '../../src/wire/names/presentation.ts';
import { textToType, typeToText } from '../../src/wire/records/iana.ts';
import { groupOf } from './group.ts';

export function listConfig(said: Partial<ListConfig> = {}): ListConfig {
  return {
    name: 'test',
    source: '',
    names: null,
    format: 'auto',
    refreshMs: 86_400_000,
    action: 'sinkhole',
    alert: false,
    mode: 'enforce',
    subdomains: null,
    onFailure: 'keep',
    maxShrink: 0.5,
    allowPublicSuffixes: false,
    addresses: null,
    tsig: null,
    credentials: null,
    ...said,
  };
}

/** Compiles one text. */
export function compileText(
  text: string | Uint8Array,
  said: Partial<ListConfig> = {},
): Promise<CompileResult> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  return compileRuleSet({
    revision: 1,
    seed: 1,
    lists: [
      { config: listConfig(said), body: { kind: 'bytes', bytes }, fallback: null, previousEntries: null },
    ],
  });
}

/** A group of all lists for any client; who asks is an IPv4 address. */
export function askerOf(
  result: CompileResult,
): (name: string, type?: string, client?: readonly number[]) => string {
  const lists = result.ruleSet.lists.map((list) => list.name);
  const group = groupOf({ lists });
  const policy = new Policy(result.ruleSet, [group], { kind: 'nullip' });
  const address = new Uint8Array(16);
  const verdict = new Verdict();
  return (name, type = 'A', client = [127, 0, 0, 1]) => {
    address.set([0xff, 0xff, ...client], 10);
    const wire = textToName(name.toLowerCase());
    if (wire === null) throw new Error(`not a name: ${name}`);
    policy.decide(wire, wire.length, textToType(type) ?? 1, 0, address, verdict);
    const rule = policy.rule(verdict.rule);
    if (rule?.action === 'allow') return 'allow';
    if (verdict.rule < 0) return 'none';
    if (rule?.rewrite != null) {
      const { rewrite } = rule;
      if (rewrite.kind === 'address') return `rewrite ${rewrite.addresses.join(' ')}`;
      if (rewrite.kind === 'records')
        return [
          'rewrite',
          ...rewrite.addresses,
          ...rewrite.records.map(({ type: of, rdata }) => `${typeToText(of)}:${rdata}`),
        ].join(' ');
      return rewrite.kind === 'cname' ? `rewrite CNAME ${rewrite.target}` : `rewrite ${rewrite.rcode}`;
    }
    return VERDICT_NAMES[verdict.code];
  };
}
