// `lists` as meant: each from one place, its path absolute, its options in agreement with each other.

import { isIP } from 'node:net';
import { fileURLToPath } from 'node:url';
import { networkText, readNetwork } from '../../wire/names/network.ts';
import { readPastedName } from '../../wire/names/pasted-name.ts';
import { hostToName, nameToText, textToName } from '../../wire/names/presentation.ts';
import type { ListConfig } from '../meant/lists.ts';
import type { Path } from '../problem.ts';
import { findFile } from '../read/files.ts';
import type { ConfigFile } from '../schema.ts';
import { parsePrefix } from '../values/addresses.ts';
import { quote } from '../values/parsed.ts';
import { shownUrl } from '../values/shown-url.ts';
import type { Findings } from './findings.ts';
import { resolveCredentials } from './list-credentials.ts';
import { checkName } from './names.ts';
import { checkTsig } from './tsig.ts';

type ListFile = ConfigFile['lists'][string];

/** Formats whose lines can say what happens to their names; `auto` may turn out to be one. */
const SAY_ACTIONS: readonly ListFile['format'][] = ['auto', 'rpz', 'dnsmasq', 'unbound'];

/** @param warninglists absolute paths */
export function resolveLists(
  lists: ConfigFile['lists'],
  warninglists: readonly string[],
  findings: Findings,
): ListConfig[] {
  return Object.entries(lists).map(([name, list]) => {
    checkName('list', name, Object.keys(lists), findings);
    return resolveList(name, list, warninglists, findings);
  });
}

/** Each is a file or a folder. @returns absolute paths */
export function resolveWarninglists(written: ConfigFile['warninglists'], findings: Findings): string[] {
  return written.flatMap((text, index) => {
    const { path, tried, fault } = findFile(text, findings.places);
    const found = path ?? findFile(text, findings.places, 'isFolder').path;
    if (found === null)
      findings.complain(
        ['warninglists', index],
        `the warning list ${quote(text)} ${fault}`,
        `looked for ${tried.join(' and ')}`,
      );
    return found ?? [];
  });
}

/** Names, addresses and networks, each in the form in which entries of lists are compared with it. */
function takenOf(path: Path, written: ListFile['take'], findings: Findings): string[] {
  return written.flatMap((text, index) => {
    const network = readNetwork(text);
    if (network !== null) return networkText(network);
    const wire = hostToName(text);
    if (wire === null) findings.complain([...path, 'take', index], ...nameComplaint(text));
    return wire === null ? [] : nameToText(wire);
  });
}

function resolveList(
  name: string,
  list: ListFile,
  warninglists: readonly string[],
  findings: Findings,
): ListConfig {
  const path = ['lists', name];
  if (list.source === undefined && list.names === undefined)
    findings.complain(
      path,
      `the list ${quote(name)} has no \`source\``,
      'add a path or a URL, or `names` in place of it',
      'key',
    );
  if (list.source !== undefined && list.names !== undefined)
    findings.complain(
      [...path, 'names'],
      'a list has either `source` or `names`',
      'make two lists of it',
      'key',
    );
  // With a format of its own each line is what that format says.
  if (list.format === 'auto')
    list.names?.forEach((text, index) => {
      if (!isLine(text)) findings.complain([...path, 'names', index], ...nameComplaint(text));
    });
  const source = list.source === undefined ? '' : resolveSource(list.source, [...path, 'source'], findings);
  checkZone(path, list, findings);
  return {
    name,
    source,
    names: list.names ?? null,
    format: list.format,
    refreshMs: list.refresh,
    action: list.action,
    alert: list.alert,
    category: list.category ?? null,
    ede: list.ede,
    mode: list.mode,
    expires: list.expires ?? null,
    warnings:
      list.warnings === 'hold' && list.alert && list.action !== 'allow' && list.names === undefined
        ? warninglists
        : null,
    take: takenOf(path, list.take, findings),
    subdomains: list.subdomains ?? null,
    onFailure: list.onFailure,
    maxShrink: list.maxShrink,
    allowPublicSuffixes: list.allowPublicSuffixes,
    addresses: list.addresses ?? null,
    tsig: list.tsig ?? null,
    credentials: resolveCredentials(path, list, findings),
  };
}

function resolveSource(source: string, path: Path, findings: Findings): string {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(source)?.[1]?.toLowerCase();
  const complain = (wrong: string, right: string): string => {
    findings.complain(path, wrong, right);
    return '';
  };
  if (scheme !== undefined && /^((taxii|misp)\+)?https?$/.test(scheme))
    return URL.canParse(source.replace(/^(taxii|misp)\+/i, ''))
      ? source
      : complain(`${quote(shownUrl(source))} is not a URL`, 'write `https://HOST/PATH`');
  if (scheme === 'rpz') {
    const url = URL.parse(source);
    const zone = url === null ? null : textToName(url.pathname.replace(/^\//, ''));
    if (url === null || url.hostname === '' || zone === null || zone.length <= 1)
      return complain(
        `${quote(shownUrl(source))} is not an RPZ source`,
        'write `rpz://SERVER/ZONE`, such as `rpz://192.0.2.1/rpz.example`',
      );
    return source;
  }
  if (scheme === 'folder') {
    const folder = source.slice('folder:'.length);
    const { path: found, tried, fault } = findFile(folder, findings.places, 'isFolder');
    return found !== null
      ? `folder:${found}`
      : complain(`the folder ${quote(folder)} ${fault}`, `looked for ${tried.join(' and ')}`);
  }
  let file = source;
  if (scheme === 'file') {
    try {
      file = fileURLToPath(source);
    } catch {
      return complain(
        `${quote(source)} is not a path`,
        'write the path itself, such as `/etc/cenote/blocklists/ours.txt`',
      );
    }
  } else if (scheme !== undefined && source.startsWith('//', scheme.length + 1))
    return complain(
      `${quote(`${scheme}://`)} is not a kind of source`,
      'sources are a path, `folder:DIR`, `http://`, `https://`, `taxii+https://`, `misp+https://` or `rpz://`',
    );
  const { path: found, tried, fault } = findFile(file, findings.places);
  const { path: folder } = found === null ? findFile(file, findings.places, 'isFolder') : { path: null };
  const remedy = folder === null ? '' : `; \`folder:${folder}\` takes every file in it`;
  return (
    found ?? complain(`the list file ${quote(file)} ${fault}`, `looked for ${tried.join(' and ')}${remedy}`)
  );
}

function checkZone(path: Path, list: ListFile, findings: Findings): void {
  const isTransfer = list.source?.startsWith('rpz:') ?? false;
  const mayBeRpz = list.format === 'rpz' || list.format === 'auto';
  if (isTransfer && !mayBeRpz)
    findings.complain([...path, 'format'], 'an `rpz://` source is in format rpz', 'remove `format`');
  const polled = /^(taxii|misp)\+/i.exec(list.source ?? '')?.[1]?.toLowerCase();
  const ownFormat = polled === 'taxii' ? 'stix' : polled;
  if (ownFormat !== undefined && list.format !== 'auto' && list.format !== ownFormat)
    findings.complain(
      [...path, 'format'],
      `a \`${polled}+https://\` source is in format ${ownFormat}`,
      'remove `format`',
    );
  if (list.action === 'zone' && !SAY_ACTIONS.includes(list.format))
    findings.complain(
      [...path, 'action'],
      `action \`zone\` does what each line says, and lines in format ${list.format} say no action`,
      'choose another action, such as `sinkhole`; `zone` is for the formats rpz, dnsmasq, unbound and auto',
    );
  if (list.tsig === undefined) return;
  if (!isTransfer) findings.complain([...path, 'tsig'], '`tsig` is for `rpz://` sources', 'remove it', 'key');
  checkTsig(path, list.tsig, findings);
}

/** A name, a network, a line of a hosts file or an Adblock rule. */
function isLine(text: string): boolean {
  if (hostToName(text.replace(/^\*?\./, '')) !== null || parsePrefix(text).ok) return true;
  if (/^(@@)?(\|\|?|\/(?=.*\/))[^\s]{2,}$/.test(text) || /^(@@)?[^\s$|/]+\^?\$[a-z]\S*$/.test(text))
    return true;
  const [address = '', ...names] = text.split(/\s+/);
  return isIP(address) !== 0 && names.length > 0 && names.every((name) => hostToName(name) !== null);
}

function nameComplaint(text: string): [wrong: string, right: string] {
  const pasted = readPastedName(text);
  const right = 'problem' in pasted || ['.', text].includes(pasted.text) ? null : pasted.text;
  return [
    `${quote(text)} is not a name`,
    right === null
      ? 'write a name such as `bad.example` or `*.bad.example`, a network such as `192.0.2.0/24`, or a rule such as `||bad.example^`'
      : `write ${quote(right)}`,
  ];
}
