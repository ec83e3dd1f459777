// A listed name for a newcomer to try: one of a list that alerts, if there is one.
import type { Milliseconds } from '../../config/config.ts';
import { modeAt } from '../../policy/expiry.ts';
import type { RuleSet } from '../../policy/rule.ts';
import { entriesOf } from '../../trie/entries.ts';
import { openTrie, ruleSetsOf } from '../../trie/reader.ts';
import { nameToText } from '../../wire/names/presentation.ts';

/** Entries looked at: a name is only an example. */
const LOOKED_AT_MAX = 2000;

/** A name that a shell leaves as it is. */
const TYPEABLE = /^[a-z0-9][a-z0-9._-]*\.[a-z0-9-]+$/;

/** @param nowMs what only watches by then is no example */
export function exampleName(ruleSet: RuleSet, nowMs: Milliseconds): string | null {
  const trie = openTrie(ruleSet.trie);
  const sets = ruleSetsOf(trie);
  let found: string | null = null;
  let looked = 0;
  for (const { name, set } of entriesOf(trie)) {
    looked += 1;
    if (looked > LOOKED_AT_MAX) break;
    const rules = (sets[set] ?? []).flatMap((number) => ruleSet.rules[number] ?? []);
    const blocking = rules.find(
      (rule) =>
        rule.action !== 'allow' &&
        rule.scope !== 'below' &&
        rule.types === null &&
        rule.clients === null &&
        modeAt(rule, ruleSet.lists[rule.list], nowMs) === 'enforce',
    );
    const text = nameToText(name);
    if (blocking === undefined || !TYPEABLE.test(text)) continue;
    found ??= text;
    if (ruleSet.lists[blocking.list]?.alert === true) return text;
  }
  return found;
}
