// What the public suffix list says of a name: whether it ends in a suffix, is one itself, stands above or below one.
import { parse } from 'tldts';
import { usualText } from '../../wire/names/presentation.ts';
import { isAbovePrivateSuffix } from './private-suffixes.ts';

const OPTIONS = {
  extractHostname: false,
  validateHostname: false,
  detectIp: false,
  mixedInputs: false,
  allowPrivateDomains: true,
} as const;

/** `suffix`: strangers have names below it; `unknown`: does not end in a known top-level domain. */
export type Registration = 'name' | 'suffix' | 'unknown';

/** Kept for documents (RFC 2606); who writes a report with them means names. */
const DOCUMENTS: ReadonlySet<string> = new Set(['example', 'test', 'invalid']);
/** Single instances of a rule such as `*.compute.amazonaws.com` that are the operator's regions, not a customer's host. */
const REGION =
  /^([a-z]{2,3}|[a-z]{2,4}\d{1,2}|[a-z]{2}(-[a-z]+){1,3}-?\d{0,2}[a-z]?|(north|south|east|west|central|[a-z]{3,12}(north|south|east|west|central))[a-z]{0,12}\d?)$/;

/**
 * Private suffixes count: github.io itself is left out, since strangers register names under it; evil.github.io is a name. A
 * host that a wildcard rule makes a suffix (`x.at.ply.gg` by `*.at.ply.gg`) is one customer's.
 * @param name lower case, A-labels
 */
export function registrationOf(name: string): Registration {
  const { publicSuffix, isIcann, isPrivate } = parse(name, OPTIONS);
  if (publicSuffix === null) return 'unknown';
  if (!isIcann && !isPrivate && !isTopWithoutRule(publicSuffix)) return 'unknown';
  if (publicSuffix === name) return isPrivate === true && isCustomers(name) ? 'name' : 'suffix';
  return isAbovePrivateSuffix(name) ? 'suffix' : 'name';
}

/** Whether a name is a customer's below a suffix of an operator, or one such host itself. */
export function tenancyOf(name: string): string | null {
  const { publicSuffix, isPrivate } = parse(name, OPTIONS);
  if (isPrivate !== true || publicSuffix === null) return null;
  if (publicSuffix !== name) return publicSuffix;
  return isCustomers(name) ? name.slice(name.indexOf('.') + 1) : null;
}

/** Whether a wildcard rule alone makes it a suffix, and its label is a customer's. */
function isCustomers(name: string): boolean {
  const dot = name.indexOf('.');
  const sibling = `xq7z-cenote${name.slice(dot)}`;
  return parse(sibling, OPTIONS).publicSuffix === sibling && !REGION.test(name.slice(0, dot));
}

/** `za`: the list has co.za, org.za …, and no rule for the top-level domain itself. */
function isTopWithoutRule(top: string): boolean {
  return DOCUMENTS.has(top) || parse(`x.co.${top}`, OPTIONS).isIcann === true;
}

/** Whether each last label met is a top-level domain; prose repeats its words. */
const tops = new Map<string, boolean>();
const TOPS_MAX = 10_000;

export function isKnownTop(label: string): boolean {
  const known = tops.get(label);
  if (known !== undefined) return known;
  const name = usualText(`x.${label}`);
  const isTop = name !== null && registrationOf(name) !== 'unknown';
  if (tops.size >= TOPS_MAX) tops.clear();
  tops.set(label, isTop);
  return isTop;
}

/** What somebody registered: the suffix and one label more; null when there is no such thing. */
export function registeredOf(name: string): string | null {
  return parse(name, OPTIONS).domain;
}

/** Nobody else can register there; `go.it` is a province. */
const OF_GOVERNMENTS =
  /(?:^|\.)(?:gov|mil|(?:gov|mil|gob|gouv|govt|gub)\.[a-z]{2}|go\.(?:jp|kr|th|id|ke|tz|ug|cr|ci)|gc\.ca|gv\.at)$/;

/** Spares most names a look at the list of suffixes. */
const MAY_BE_OF_GOVERNMENT = /\.(?:go|gov|govt|mil|gob|gouv|gub|gc|gv)(?:\.|$)/;

/** Whether a government or its forces gave the name to one of their own. */
export const isOfGovernment = (name: string): boolean => {
  // A name ends as its suffix does: most need no look at the list.
  if (!OF_GOVERNMENTS.test(name)) return false;
  if (!MAY_BE_OF_GOVERNMENT.test(name)) return false;
  const { publicSuffix, isIcann } = parse(name, OPTIONS);
  return isIcann === true && publicSuffix !== name && OF_GOVERNMENTS.test(publicSuffix ?? '');
};

/** The registered domain of a web address; null for a file or a service on which everybody publishes. */
export function siteOf(address: string | null | undefined): string | null {
  const host = /^https?:\/\/(?:[^/@]{0,200}@)?([^/:?#]{1,253})/i.exec(address ?? '')?.[1]?.toLowerCase();
  return host === undefined ? null : registeredOf(host);
}
