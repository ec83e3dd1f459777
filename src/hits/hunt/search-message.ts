// What is said to a search in another process; what it says are findings. Shared memory does not reach it: its octets do.
import type { RuleSet } from '../../policy/rule.ts';
import type { Rulebook } from './rule-hunt.ts';
import type { NamesSearch, RulesSearch, SearchRequest } from './search.ts';

interface SentRuleSet extends Omit<RuleSet, 'trie' | 'addresses'> {
  readonly trie: Uint8Array;
  readonly addresses: Uint8Array;
}

interface SentRulesSearch extends Omit<RulesSearch, 'rulebook'> {
  readonly rulebook: Omit<Rulebook, 'ruleSet'> & { readonly ruleSet: SentRuleSet };
}

export interface ToSearch {
  /** Of the store's file. */
  readonly path: string;
  readonly request: NamesSearch | SentRulesSearch;
}

/** A copy: while a search waits for others the rules may be replaced, and their memory is given back then. */
export function sent(request: SearchRequest): ToSearch['request'] {
  if (request.by === 'names') return request;
  const { ruleSet } = request.rulebook;
  const trie = new Uint8Array(ruleSet.trie).slice();
  const addresses = new Uint8Array(ruleSet.addresses).slice();
  return { ...request, rulebook: { ...request.rulebook, ruleSet: { ...ruleSet, trie, addresses } } };
}

export function received(request: ToSearch['request']): SearchRequest {
  if (request.by === 'names') return request;
  const { ruleSet } = request.rulebook;
  const trie = shared(ruleSet.trie);
  const addresses = shared(ruleSet.addresses);
  return { ...request, rulebook: { ...request.rulebook, ruleSet: { ...ruleSet, trie, addresses } } };
}

function shared(octets: Uint8Array): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(octets.length);
  new Uint8Array(buffer).set(octets);
  return buffer;
}
