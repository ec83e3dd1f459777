// The part of an Adblock rule after `$`: which of its modifiers a resolver can honour, and what they say.
import type { Rewrite } from '../../policy/rule.ts';
import { recordFamily } from '../../wire/names/address.ts';
import { readNetwork } from '../../wire/names/network.ts';
import { usualText } from '../../wire/names/presentation.ts';
import { textToType } from '../../wire/records/iana.ts';
import { recordData } from '../../zone/record-data.ts';
import type { SkipReason } from '../entry/problems.ts';
import type { Shape } from '../format.ts';

export interface ReadModifiers {
  readonly badfilter: boolean;
  readonly said: Partial<Shape>;
  /** Tags of clients that it leaves out, which say nothing here but tell two rules apart. */
  readonly tags: string;
  /** `$dnsrewrite` without a value: in an exception every rewrite. */
  readonly takesAll: boolean;
}

type Said = { -readonly [key in keyof Shape]?: Shape[key] };

/** Modifiers of browsers: a rule that has one is meant for a part of a page, which a resolver cannot see. */
const BROWSER_ONLY = new Set(
  (
    'third-party 3p first-party 1p strict-third-party strict3p strict-first-party strict1p domain from to app method ' +
    'document doc all popup popunder subdocument frame script image css stylesheet font media object other ping beacon ' +
    'websocket xmlhttprequest xhr webrtc genericblock generichide ghide genericelem elemhide ehide specifichide shide ' +
    'content jsinject urlblock extension stealth csp permissions cookie redirect redirect-rule rewrite removeparam ' +
    'queryprune removeheader header replace hls jsonprune xmlprune urlskip urltransform uritransform network empty mp4 ' +
    'inline-script inline-font match-case noop cname reason strict'
  ).split(' '),
);

/**
 * @param text without the `$`
 * @returns why the rule cannot be used, or what the modifiers say
 */
export function readModifiers(text: string): ReadModifiers | SkipReason {
  const said: Said = {};
  let badfilter = false;
  let tags = '';
  let takesAll = false;
  for (const modifier of splitUnescaped(text, ',')) {
    const equals = modifier.indexOf('=');
    const name = (equals < 0 ? modifier : modifier.slice(0, equals)).trim().toLowerCase();
    const value = equals < 0 ? '' : modifier.slice(equals + 1).trim();
    if (name === '' || (name.startsWith('_') && /^_+$/.test(name))) continue;
    if (name === 'badfilter') {
      badfilter = true;
      continue;
    }
    // Clients have no tags here: all are meant where some are excluded.
    if (name === 'ctag' && value !== '' && value.split('|').every((tag) => tag.trim().startsWith('~'))) {
      tags = value;
      continue;
    }
    if (name === 'dnsrewrite') takesAll = value === '';
    const reason = readModifier(name, value, said);
    if (reason !== null) return reason;
  }
  return { badfilter, said, tags, takesAll };
}

function readModifier(name: string, value: string, said: Said): SkipReason | null {
  switch (name) {
    case 'important':
      said.important = true;
      return null;
    case 'dnstype':
      return readTypes(value, said);
    case 'client':
      return readClients(value, said);
    case 'denyallow':
      return readSuffixes(value, said);
    case 'dnsrewrite':
      said.rewrite = readRewrite(value);
      return said.rewrite === null ? 'unsupported-modifier' : null;
    default:
      return BROWSER_ONLY.has(name.replace(/^~/, '')) ? 'browser-only' : 'unsupported-modifier';
  }
}

/** Addresses and networks alone: a client's name is not known where rules are decided, and half a condition is another one. */
function readClients(value: string, said: Said): SkipReason | null {
  const clients = /[\\'"|]/.test(value) ? splitUnescaped(value, '|').map(unquote) : [value];
  if (value === '') return 'bad-syntax';
  if (!clients.every((client) => readNetwork(client.startsWith('~') ? client.slice(1) : client) !== null))
    return 'unsupported-modifier';
  said.clients = clients.sort();
  return null;
}

function readTypes(value: string, said: Said): SkipReason | null {
  const texts = value.split('|').map((text) => text.trim());
  const typesOf = (wanted: readonly string[]): (number | null)[] =>
    wanted.map((text) => textToType(text.replace(/^~/, '')));
  const negated = typesOf(texts.filter((text) => text.startsWith('~')));
  const meant = typesOf(texts.filter((text) => !text.startsWith('~')));
  if ([...negated, ...meant].includes(null)) return 'bad-syntax';
  // Of a mixture what is meant and not taken back. Sorted, so that `$badfilter` finds its twin whatever the order.
  const types = meant.length > 0 ? meant.filter((type) => !negated.includes(type)) : negated;
  said.types = types.flatMap((type) => type ?? []).sort((a, b) => a - b);
  said.typesNegated = meant.length === 0;
  return null;
}

function readSuffixes(value: string, said: Said): SkipReason | null {
  const except: string[] = [];
  for (const text of value.split('|')) {
    const name = usualText(text.trim().replace(/^\*?\./, ''));
    if (name === null) return 'bad-syntax';
    except.push(name);
  }
  said.except = except.sort();
  return null;
}

/** Nothing (no data), `192.0.2.1`, `name`, `REFUSED`, `NXDOMAIN;;`, `NOERROR;A;192.0.2.1`, `NOERROR;CNAME;name`, `NOERROR;;`. */
function readRewrite(value: string): Rewrite | null {
  const [first = '', type = '', data = ''] = value.split(';').map((part) => part.trim());
  if (!value.includes(';')) {
    if (value === '') return { kind: 'rcode', rcode: 'nodata' };
    if (recordFamily(first) !== 0) return { kind: 'address', addresses: [first.toLowerCase()] };
    return readRcode(first) ?? readTarget(first);
  }
  if (first.toUpperCase() !== 'NOERROR') return readRcode(first);
  switch (type.toUpperCase()) {
    case '':
      return { kind: 'rcode', rcode: 'nodata' };
    case 'A':
      return recordFamily(data) === 4 ? { kind: 'address', addresses: [data] } : null;
    case 'AAAA':
      return recordFamily(data) === 6 ? { kind: 'address', addresses: [data.toLowerCase()] } : null;
    case 'CNAME':
      return readTarget(data);
    case 'TXT':
      return recordOf('TXT', [quoted(data)]);
    case 'MX':
    case 'SRV':
    case 'PTR':
    case 'HTTPS':
    case 'SVCB':
      return recordOf(type.toUpperCase(), data.split(/\s+/));
    default:
      return null;
  }
}

/** A service's parameters may stand without their target being absolute; each name is. */
function recordOf(type: string, words: readonly string[]): Rewrite | null {
  const data = recordData(type, words, (name) => name);
  if (data === null) return null;
  const records = [{ type: data.type, rdata: Buffer.from(data.rdata).toString('hex') }];
  return { kind: 'records', addresses: [], records };
}

const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;

function readRcode(text: string): Rewrite | null {
  switch (text.toUpperCase()) {
    case 'NXDOMAIN':
      return { kind: 'rcode', rcode: 'nxdomain' };
    case 'REFUSED':
      return { kind: 'rcode', rcode: 'refused' };
    case 'NOERROR':
      return { kind: 'rcode', rcode: 'nodata' };
    default:
      return null;
  }
}

function readTarget(text: string): Rewrite | null {
  if (/^(SERVFAIL|FORMERR|NOTIMP)$/i.test(text)) return null;
  const target = usualText(text);
  return target === null ? null : { kind: 'cname', target };
}

function splitUnescaped(text: string, separator: ',' | '|'): string[] {
  if (!/[\\'"]/.test(text)) return text.split(separator);
  const parts: string[] = [];
  let part = '';
  let quote = '';
  for (let i = 0; i < text.length; i += 1) {
    const character = text[i]!;
    if (character === '\\' && i + 1 < text.length) {
      i += 1;
      part += text[i] === separator ? separator : `\\${text[i]}`;
    } else if (quote === '' && character === separator) {
      parts.push(part);
      part = '';
    } else {
      if (quote !== '' && character === quote) quote = '';
      else if (quote === '' && (character === "'" || character === '"') && /[=|~]?$/.test(part))
        quote = closes(text, i);
      part += character;
    }
  }
  parts.push(part);
  return parts;
}

/** The quote opened at `i`, when it is closed further on; else it is a mere apostrophe. */
function closes(text: string, i: number): string {
  return text.indexOf(text[i]!, i + 1) < 0 ? '' : text[i]!;
}

function unquote(text: string): string {
  const trimmed = text.trim();
  if (!/['"]/.test(trimmed)) return trimmed;
  const negated = trimmed.startsWith('~') ? '~' : '';
  return negated + trimmed.slice(negated.length).replace(/^(['"])(.*)\1$/, '$2');
}
