// What `reg export` writes of Windows DNS Server: its zones, and its parameters. Lines that end in a backslash go on.
import { addMasters, typeOf, type WindowsServer, zoneOf } from './zone.ts';

const ZONE = /\\DNS Server\\Zones\\([^\\]+)$/i;
const PARAMETERS = /\\Services\\DNS\\Parameters$/i;

export const isRegistry = (text: string): boolean => /^(?:Windows Registry Editor|REGEDIT4)/.test(text);

export function readRegistry(text: string, server: WindowsServer): void {
  let key = '';
  for (const line of text.replace(/\\\r?\n\s*/g, '').split(/\r?\n/)) {
    const found = /^\[(.+)\]$/.exec(line.trim())?.[1];
    if (found !== undefined) key = found;
    const value = /^"((?:[^"\\]|\\.)*)"=(.*)$/.exec(line.trim());
    if (found !== undefined || value === null) continue;
    const [, name = '', data = ''] = value;
    const zone = ZONE.exec(key)?.[1];
    if (zone !== undefined) zoneValue(server, zone, name, data);
    else if (PARAMETERS.test(key)) parameter(server, name, data);
  }
}

function zoneValue(server: WindowsServer, name: string, value: string, data: string): void {
  const zone = zoneOf(server, name);
  if (/^Type$/i.test(value)) zone.type = typeOf(textsOf(data)[0] ?? '');
  if (/^DatabaseFile$/i.test(value)) zone.file = textsOf(data)[0]?.toLowerCase() ?? null;
  if (/^(?:Local)?MasterServers$/i.test(value)) addMasters(zone, textsOf(data));
}

function parameter(server: WindowsServer, name: string, data: string): void {
  if (/^Forwarders$/i.test(name)) server.forwarders.push(...textsOf(data));
  if (/^ListenAddresses$/i.test(name)) server.listens.push(...textsOf(data));
}

/** The texts of a value: `"a b"`, `dword:00000004`, `hex(7):61,00,…` (UTF-16, each ended by a zero). */
function textsOf(data: string): string[] {
  const quoted = /^"((?:[^"\\]|\\.)*)"$/.exec(data)?.[1];
  if (quoted !== undefined) return wordsOf(quoted.replace(/\\(.)/g, '$1'));
  const number = /^dword:([0-9a-f]{1,8})$/i.exec(data)?.[1];
  if (number !== undefined) return [String(Number.parseInt(number, 16))];
  const hex = /^hex(?:\([127]\)):(.*)$/i.exec(data)?.[1];
  if (hex === undefined) return [];
  const octets = Buffer.from(hex.replace(/[^0-9a-f]/gi, ''), 'hex');
  return wordsOf(octets.toString('utf16le'));
}

const wordsOf = (text: string): string[] => text.split(/[\s,\0]+/).filter((word) => word !== '');
