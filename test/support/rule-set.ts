// Rule sets for tests, built from a few words a rule.

import type { ListAction } from '../../src/config/config.ts';
import type { ListError } from '../../src/config/values/list-words.ts';
import { AddressTableBuilder } from '../../src/policy/addresses/builder.ts';
import type { Rule, RuleSet } from '../../src/policy/rule.ts';
import { TrieBuilder } from '../../src/trie/builder.ts';
import { readNetwork } from '../../src/wire/names/network.ts';
import { textToName } from '../../src/wire/names/presentation.ts';

export interface ListWords {
  readonly name: string;
  readonly action?: ListAction;
  readonly mode?: 'enforce' | 'monitor';
  readonly alert?: boolean;
  readonly expires?: string;
  readonly ede?: ListError;
}

export interface RuleWords {
  /** The list's name. */
  readonly list: string;
  readonly names: readonly string[];
  readonly rule?: Partial<Rule>;
}

export interface AddressWords {
  readonly list: string;
  /** `192.0.2.0/24`, `2001:db8::7`. */
  readonly networks: readonly string[];
  readonly rule?: Partial<Rule>;
}

export interface PatternWords {
  readonly list: string;
  readonly source: string;
  readonly group?: number;
  readonly rule?: Partial<Rule>;
}

export function wire(text: string): Uint8Array {
  const name = textToName(text);
  if (name === null) throw new Error(`not a name: ${text}`);
  return name;
}

export function ruleSetOf(
  lists: readonly ListWords[],
  words: readonly RuleWords[],
  patterns: readonly PatternWords[] = [],
  addresses: readonly AddressWords[] = [],
): RuleSet {
  const faces = lists.map((list) => ({
    name: list.name,
    action: list.action ?? ('sinkhole' as const),
    mode: list.mode ?? ('enforce' as const),
    alert: list.alert ?? false,
    ...(list.expires !== undefined && { expires: list.expires }),
  }));
  const ruleFor = (name: string, own: Partial<Rule> = {}): Rule => {
    const list = faces.findIndex((face) => face.name === name);
    return {
      list,
      action: faces[list]?.action ?? 'sinkhole',
      scope: 'subtree',
      important: false,
      types: null,
      typesNegated: false,
      clients: null,
      except: null,
      rewrite: null,
      firm: false,
      indicator: null,
      ...own,
    };
  };
  const rules = [...words, ...patterns, ...addresses].map((word) => ruleFor(word.list, word.rule));
  const builder = new TrieBuilder();
  words.forEach((word, number) => {
    for (const name of word.names) builder.add(wire(name), number);
  });
  const table = new AddressTableBuilder();
  addresses.forEach((word, i) => {
    for (const text of word.networks) {
      const network = readNetwork(text);
      if (network === null) throw new Error(`not a network: ${text}`);
      table.add(network.octets, network.bits, words.length + patterns.length + i);
    }
  });
  const trie = builder.finish();
  return {
    revision: 1,
    trie,
    addresses: table.finish(),
    rules,
    lists: faces,
    patterns: patterns.map((pattern, i) => ({
      source: pattern.source,
      rule: words.length + i,
      group: pattern.group ?? 0,
    })),
    names: builder.names,
  };
}
