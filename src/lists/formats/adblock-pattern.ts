// The part of an Adblock rule before `$`: a name with its scope, or an expression over names.
import type { Scope } from '../../policy/rule.ts';
import { readNetwork } from '../../wire/names/network.ts';
import type { SkipReason } from '../entry/problems.ts';

export type AdblockTarget =
  | { readonly kind: 'host'; readonly host: string; readonly scope: Scope }
  | { readonly kind: 'pattern'; readonly source: string }
  | { readonly kind: 'skip'; readonly reason: SkipReason };

const URL_ONLY = /[/:?=&%]/;
/** The dots inside are what makes a word a name and not a fragment of one. */
const HOST = /^[\p{L}\p{N}_][\p{L}\p{M}\p{N}_.-]*$/u;

const skip = (reason: SkipReason): AdblockTarget => ({ kind: 'skip', reason });

/** @param text without `@@` and modifiers */
export function readTarget(text: string): AdblockTarget {
  if (text.length > 1 && text.startsWith('/') && text.endsWith('/')) return readExpression(text.slice(1, -1));
  const subdomains = text.startsWith('||');
  const left = !subdomains && text.startsWith('|');
  let body = text.slice(subdomains ? 2 : left ? 1 : 0);
  let right = false;
  // `||name^*`: what follows a host's end is the browser's business.
  if (body.endsWith('^*')) body = body.slice(0, -1);
  for (; body.endsWith('|') || body.endsWith('^'); body = body.slice(0, -1)) right = true;
  // DNS filters check such a rule against the addresses of an answer.
  if (readNetwork(body) !== null) return { kind: 'host', host: body, scope: 'exact' };
  if (URL_ONLY.test(body)) return skip('url');
  if (/[\^|\s]/.test(body)) return skip('bad-syntax');
  if (body === '' || /^[*.]+$/.test(body)) return { kind: 'host', host: '.', scope: 'subtree' };
  if (body.startsWith('*.') && isHost(body.slice(2)) && !left)
    return { kind: 'host', host: body.slice(2), scope: subdomains ? 'below' : 'subtree' };
  if (isHost(body)) {
    if (left || (!subdomains && !right)) return { kind: 'host', host: body, scope: 'exact' };
    return { kind: 'host', host: body, scope: 'subtree' };
  }
  if (body.startsWith('.') && isHost(body.slice(1)) && !left)
    return { kind: 'host', host: body.slice(1), scope: right || subdomains ? 'below' : 'subtree' };
  // Without a wildcard, a word that is no name could be found inside any name: too much for a stranger's list.
  if (!body.includes('*')) return skip(isWord(body) ? 'partial-name' : 'not-a-name');
  if (!isWord(body.replaceAll('*', 'x'))) return skip('not-a-name');
  return { kind: 'pattern', source: wildcardSource(body, subdomains, left, right) };
}

function isHost(text: string): boolean {
  return HOST.test(text);
}

function isWord(text: string): boolean {
  return /^[\p{L}\p{M}\p{N}_.-]+$/u.test(text);
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
