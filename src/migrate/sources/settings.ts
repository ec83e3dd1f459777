// Reading of YAML and TOML trees whose shape is only known from their documentation: a value of another kind is no value.

import { parseDocument } from 'yaml';
import { messageOf } from '../../config/coded-error.ts';
import { MigrateError } from '../migrate-error.ts';

export type Tree = Readonly<Record<string, unknown>>;

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * @param path for the message
 * @throws MigrateError when it is no YAML, or no map
 */
export function yamlTree(text: string, path: string): Tree {
  let why = 'it is no map';
  try {
    const document = parseDocument(text);
    const [error] = document.errors;
    if (error !== undefined) throw error;
    const tree: unknown = document.toJS();
    if (isTree(tree)) return tree;
  } catch (error) {
    // Of what it parsed, too: it expands no more aliases than settings have.
    why = messageOf(error).split('\n')[0] ?? why;
  }
  throw new MigrateError('MIGRATE_NOT_THEIRS', `not YAML with settings: ${why} (${path})`);
}

/** The value at a path of keys; undefined where there is none. */
export function at(tree: unknown, ...keys: readonly string[]): unknown {
  let value: unknown = tree;
  for (const key of keys) value = isTree(value) ? value[key] : undefined;
  return value;
}

export function treeAt(tree: unknown, ...keys: readonly string[]): Tree {
  const value = at(tree, ...keys);
  return isTree(value) ? value : {};
}

export function textAt(tree: unknown, ...keys: readonly string[]): string | null {
  const value = at(tree, ...keys);
  if (typeof value === 'string') return value.trim() === '' ? null : value.trim();
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : null;
}

export function numberAt(tree: unknown, ...keys: readonly string[]): number | null {
  const value = Number(textAt(tree, ...keys) ?? Number.NaN);
  return Number.isFinite(value) ? value : null;
}

export function isOn(tree: unknown, ...keys: readonly string[]): boolean {
  return at(tree, ...keys) === true;
}

/** Texts of a list; one text counts as a list of one. */
export function textsAt(tree: unknown, ...keys: readonly string[]): string[] {
  const value = at(tree, ...keys);
  const all: readonly unknown[] = Array.isArray(value)
    ? value
    : value === undefined || value === null
      ? []
      : [value];
  return all.flatMap((one) =>
    typeof one === 'string' || typeof one === 'number' ? [String(one).trim()] : [],
  );
}

export function treesAt(tree: unknown, ...keys: readonly string[]): Tree[] {
  const value = at(tree, ...keys);
  return Array.isArray(value) ? value.filter(isTree) : [];
}

/** A duration as Go writes it (`2160h0m0s`, `1m30s`) or a number of seconds, as cenote takes it; null for none. */
export function durationOf(text: string | null): string | null {
  if (text === null) return null;
  if (/^\d+$/.test(text)) return text === '0' ? null : `${text}s`;
  const seconds = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s|d)/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * SECONDS[unit as keyof typeof SECONDS],
    0,
  );
  if (seconds <= 0) return null;
  return seconds % 86_400 === 0
    ? `${seconds / 86_400}d`
    : seconds < 1
      ? `${seconds * 1000}ms`
      : `${Math.round(seconds)}s`;
}

/** What a list from an address may be called. */
export function nameOfUrl(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null ? url : `${parsed.hostname} ${parsed.pathname.split('/').at(-1) ?? ''}`;
}

const SECONDS = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** What several of them have and cenote has not, in the same words. */
export const WITHOUT = {
  dhcp: 'cenote hands out no addresses: let the router, Kea or dnsmasq do it',
  dns64: 'cenote makes no AAAA of A; let the upstream do it',
  identity: 'cenote says of a client nothing to public servers',
  bogus: 'an answer with that address is passed on',
  firewall: 'cenote fills no sets of the firewall',
  denied: 'who is not in `access.allow` is refused; a part of what is allowed cannot be taken out',
  paused: '`cenote pause` stops blocking for a time',
  oneLabel: '`local.privateNames: here` answers addresses of names of one label with NXDOMAIN',
  search: 'cenote does not rewrite search engines',
  setting: 'cenote has no such setting',
} as const;

/** A rule of a list in Adblock syntax: an expression that is looked for anywhere in a name. */
export const expressionRule = (expression: string): string => `/${expression.replaceAll('/', '\\/')}/`;

/** What answers queries of one type with NODATA here. */
export const typeRule = (type: string): string =>
  `a list does it: \`{ names: ["*$dnstype=${type}"], action: nodata, allowPublicSuffixes: true }\``;

export const VALIDATION =
  'cenote leaves DNSSEC validation to its upstreams: choose ones that validate (most public ones do)';

export const REBINDING =
  'public names that lead to private addresses are withheld (DNS rebinding): list those that may under `rebinding.except`';

/** Of systems that answer the names of their own hosts file. */
export const OWN_HOSTS = 'the names in /etc/hosts were answered: `local.hosts: /etc/hosts` does so here';

export const INTERFACES = 'cenote listens on addresses: write those of the interface';

export const PRIVATE_NETWORKS = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'] as const;

/** Names that are answered with this machine itself are somebody's own; beyond as many they are a list of what is blocked. */
export const LOOPBACK_MAX = 1000;
