// When lists change: which names that somebody asked for, and got, would be hits today?
//
// Works from the names in the history, not from those on the lists: a list may gain a million names, an office asks for some
// hundred thousand different ones. A finding is told once; running it again finds only what is new.
import type { GroupConfig, SinkholeAnswer } from '../../config/config.ts';
import { Policy } from '../../policy/decide.ts';
import { type Assignment, Groups } from '../../policy/groups.ts';
import type { RuleSet } from '../../policy/rule.ts';
import type { HitIndicator } from '../../policy/rule-meaning.ts';
import { meaningOf } from '../../policy/rule-meaning.ts';
import { VERDICT, Verdict } from '../../policy/verdict.ts';
import { findAll, openTrie, ruleSetsOf } from '../../trie/reader.ts';
import { textToAddress } from '../../wire/names/address.ts';
import { textToName } from '../../wire/names/presentation.ts';
import type { PastAsking } from '../incidents/incident.ts';
import { reverseName } from '../store/reversed-name.ts';
import { numberIn, textIn } from '../store/row.ts';
import { dayOf } from '../store/schema.ts';
import type { Tables } from '../store/store.ts';
import { type Asked, type ClientAskings, findAskers } from './past.ts';

export interface Rulebook {
  readonly ruleSet: RuleSet;
  readonly groups: readonly GroupConfig[];
  readonly assignments: readonly Assignment[];
  readonly answer: SinkholeAnswer;
}

const NAMES_A_TIME = 1000;
/** History is written some seconds after the hit itself. */
const SAME_TIME_MS = 60_000;

export interface RuleHunt {
  readonly rulebook: Rulebook;
  /** Only these lists; null is all that alert. */
  readonly lists: readonly string[] | null;
  readonly sinceMs: number;
  /** Leave out what was told before, and what was a hit when it was asked for. */
  readonly onlyNews: boolean;
  /** So many names of a finding at most. */
  readonly namesMax: number;
}

/** Of one client and campaign. */
export interface RuleFinding extends ClientAskings {
  readonly group: string;
  readonly list: string;
  readonly indicator: HitIndicator | null;
}

/** Findings of clients whose questions were answered then and would be hits now, one a client and campaign. */
export function huntRules(tables: Tables, hunt: RuleHunt): RuleFinding[] {
  const { database, history } = tables;
  const { rulebook } = hunt;
  const candidates = listedNames(tables, rulebook.ruleSet, hunt.lists);
  const days = history.days().filter((day) => day >= dayOf(hunt.sinceMs));
  const asked = findAskers(database, candidates, days);
  const decide = decider(rulebook, hunt.lists);
  const findings = new Map<string, RuleFinding & { readonly askings: PastAsking[] }>();
  for (const one of asked) {
    const decision = decide(one);
    if (decision === null || one.lastMs < hunt.sinceMs) continue;
    if (hunt.onlyNews && isKnown(tables, one, decision.meaning.list)) continue;
    const { list, indicator } = decision.meaning;
    const key = `${one.ip} ${indicator?.campaign ?? ''} ${list}`;
    let known = findings.get(key);
    if (known === undefined) {
      known = { ip: one.ip, group: decision.group, list, indicator, askings: [], furtherNames: 0 };
      findings.set(key, known);
    }
    const { name, count, firstMs, lastMs } = one;
    known.askings.push({ name, count, firstMs, lastMs });
  }
  return [...findings.values()].map((finding) => {
    const askings = finding.askings.sort((a, b) => a.firstMs - b.firstMs).slice(0, hunt.namesMax);
    return { ...finding, askings, furtherNames: finding.askings.length - askings.length };
  });
}

/** Names of the history that a rule of these lists, or of those that alert, may cover. */
function listedNames(tables: Tables, ruleSet: RuleSet, lists: readonly string[] | null): Map<number, number> {
  const trie = openTrie(ruleSet.trie);
  const alerting = ruleSet.rules.map((rule) => {
    const list = ruleSet.lists[rule.list];
    if (list === undefined || rule.action === 'allow') return false;
    return lists === null ? list.alert : lists.includes(list.name);
  });
  const setAlerts = ruleSetsOf(trie).map((rules) => rules.some((rule) => alerting[rule] === true));
  const patternAlerts = ruleSet.patterns.some((pattern) => alerting[pattern.rule] === true);
  const matches = { sets: new Int32Array(128), offsets: new Int32Array(128) };
  const select = tables.database.prepare('SELECT id, name FROM names WHERE id > ? ORDER BY id LIMIT ?');
  const found = new Map<number, number>();
  for (let last = 0; ; ) {
    const rows = select.all(last, NAMES_A_TIME);
    for (const row of rows) {
      last = numberIn(row, 'id');
      const name = textToName(reverseName(textIn(row, 'name')));
      if (name === null) continue;
      let listed = patternAlerts;
      const count = findAll(trie, name, name.length, matches);
      for (let i = 0; i < count && !listed; i += 1) listed = setAlerts[matches.sets[i] ?? -1] === true;
      if (listed) found.set(last, 0);
    }
    if (rows.length < NAMES_A_TIME) return found;
  }
}

function decider({ ruleSet, groups, assignments, answer }: Rulebook, lists: readonly string[] | null) {
  const policy = new Policy(ruleSet, groups, answer);
  const clients = new Groups(groups, assignments);
  const verdict = new Verdict();
  return ({ ip, name }: Asked) => {
    const wire = textToName(name);
    // Who asked may be anonymous; then the group that takes anyone decides.
    const address = textToAddress(ip) ?? new Uint8Array(16);
    if (wire === null) return null;
    const group = clients.groupOf(address);
    const code = policy.decide(wire, wire.length, 1, group, address, verdict);
    if (code === VERDICT.pass) return null;
    const meaning = meaningOf(ruleSet, verdict.rule, verdict.pattern);
    if (meaning === null || !(lists === null ? meaning.alert : lists.includes(meaning.list))) return null;
    return { meaning, group: clients.names[group] ?? 'none' };
  };
}

/** Told as past before, or no past at all: it was a hit when it was asked for. */
function isKnown(tables: Tables, asked: Asked, list: string): boolean {
  if (tables.incidents.huntedUntil(asked.ip, list, asked.name) >= asked.lastMs) return true;
  const firstHitMs = tables.hits.firstOf(asked.ip, asked.name);
  return firstHitMs !== null && asked.firstMs > firstHitMs - SAME_TIME_MS;
}
