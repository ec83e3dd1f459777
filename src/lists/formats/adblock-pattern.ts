// The part of an Adblock rule before `$`: a name with its scope, or an expression over names.
//
// As AdGuard's engine (urlfilter) reads it, which holds a rule against a name or, behind `||` and `://`, against `http://name/`.
import type { Scope } from '../../policy/rule.ts';
import { readNetwork } from '../../wire/names/network.ts';
import type { SkipReason } from '../entry/problems.ts';

export type AdblockTarget =
  | { readonly kind: 'host'; readonly host: string; readonly scope: Scope; readonly loose?: string }
  | { readonly kind: 'pattern'; readonly source: string }
  | { readonly kind: 'skip'; readonly reason: SkipReason };

const URL_ONLY = /[/:?=&%]/;
/** The dots inside are what makes a word a name and not a fragment of one. */
const HOST = /^[\p{L}\p{N}_](?:[\p{L}\p{M}\p{N}_.-]*[\p{L}\p{M}\p{N}_])?$/u;
const WORD = /^[\p{L}\p{M}\p{N}_.-]+$/u;
/** A shorter fragment is found in names without number. */
const FRAGMENT_MIN = 4;

const skip = (reason: SkipReason): AdblockTarget => ({ kind: 'skip', reason });

/**
 * @param text without `@@` and modifiers
 * @param isBare a rule that blocks and has no modifiers: a name alone is then that name alone, else a fragment of names
 */
export function readTarget(text: string, isBare: boolean): AdblockTarget {
  if (text.length > 1 && text.startsWith('/') && text.endsWith('/')) return readExpression(text.slice(1, -1));
  const subdomains = text.startsWith('||');
  const scheme = /^(http)?:\/\//i.exec(text)?.[0] ?? '';
  const left = !subdomains && (text.startsWith('|') || scheme !== '');
  let body = text.slice(subdomains ? 2 : scheme === '' && left ? 1 : scheme.length);
  let right = false;
  // `||name^*`, `||name/*`: what follows a host's end is the browser's business.
  if (/[\^/]\*$/.test(body)) body = `${body.slice(0, -2)}^`;
  for (; body.endsWith('|') || body.endsWith('^'); body = body.slice(0, -1)) right = true;
  // DNS filters check such a rule against the addresses of an answer.
  if (readNetwork(body) !== null) return { kind: 'host', host: body, scope: 'exact' };
  if (URL_ONLY.test(body)) return skip('url');
  if (/[\^|\s]/.test(body)) return skip('bad-syntax');
  if (body === '' || /^[*.]+$/.test(body)) return { kind: 'host', host: '.', scope: 'subtree' };
  if (isHost(body)) return readHost(body, { subdomains, left, right, isBare });
  const below = /^\*?\.(.*)$/s.exec(body)?.[1] ?? '';
  if (isHost(below) && !left) return { kind: 'host', host: below, scope: 'below' };
  if (!body.includes('*')) {
    if (!WORD.test(body)) return skip('not-a-name');
    if (body.length < FRAGMENT_MIN) return skip('partial-name');
  } else if (!WORD.test(body.replaceAll('*', 'x'))) return skip('not-a-name');
  return { kind: 'pattern', source: wildcardSource(body, subdomains, left, right) };
}

interface Anchors {
  readonly subdomains: boolean;
  readonly left: boolean;
  readonly right: boolean;
  readonly isBare: boolean;
}

function readHost(host: string, { subdomains, left, right, isBare }: Anchors): AdblockTarget {
  if (left || (isBare && !subdomains && !right)) return { kind: 'host', host, scope: 'exact' };
  if (subdomains || right) return { kind: 'host', host, scope: 'subtree' };
  // `@@name`, `name$important`: found anywhere in a name; a single label only where it is no mere syllable.
  if (!host.includes('.') && host.length < FRAGMENT_MIN) return skip('partial-name');
  const loose = wildcardSource(host, false, false, false);
  return host.includes('.')
    ? { kind: 'host', host, scope: 'subtree', loose }
    : { kind: 'pattern', source: loose };
}

function isHost(text: string): boolean {
  return HOST.test(text);
}

function wildcardSource(body: string, subdomains: boolean, left: boolean, right: boolean): string {
  const start = subdomains ? '(?:^|\\.)' : left ? '^' : '';
  const middle = body
    .toLowerCase()
    .replace(/\*+/g, '*')
    .replace(/[.*]/g, (character) => (character === '*' ? '.*' : '\\.'));
  return `${start}${middle}${right ? '$' : ''}`;
}

function readExpression(source: string): AdblockTarget {
  if (source === '') return skip('bad-pattern');
  // Browsers' lists escape the slash; RE2 wants it bare.
  return { kind: 'pattern', source: source.replaceAll('\\/', '/') };
}
