// What this machine knows of its network's clients: MAC addresses from the kernel's ARP table, names from the hosts file.
import { readFileSync } from 'node:fs';
import ipaddr from 'ipaddr.js';
import type { KnownClient } from '../../policy/groups.ts';

export interface KnownClientFiles {
  /** Linux's IPv4 neighbour table. */
  readonly arp: string;
  readonly hosts: string;
}

export const SYSTEM_FILES: KnownClientFiles = { arp: '/proc/net/arp', hosts: '/etc/hosts' };

const NO_MAC = '00:00:00:00:00:00';

/** Reads both files; one that is missing tells nothing. */
export function readKnownClients(files: KnownClientFiles = SYSTEM_FILES): KnownClient[] {
  const macs = new Map(arpEntries(textOf(files.arp)));
  const names = new Map(hostsEntries(textOf(files.hosts)));
  return [...new Set([...macs.keys(), ...names.keys()])].flatMap((text) => {
    const address = octetsOf(text);
    return address === null ? [] : [{ address, mac: macs.get(text) ?? null, name: names.get(text) ?? null }];
  });
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Columns: IP address, HW type, flags, HW address, mask, device. */
function arpEntries(text: string): [string, string][] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line): [string, string][] => {
      const [address, , , mac] = line.trim().split(/\s+/);
      return address === undefined || mac === undefined || mac === NO_MAC
        ? []
        : [[address, mac.toLowerCase()]];
    });
}

/** The first name of a line is the canonical one; of two lines for an address the first counts. */
function hostsEntries(text: string): [string, string][] {
  const entries = text.split('\n').flatMap((line): [string, string][] => {
    const [address, name] = line.replace(/#.*/, '').trim().split(/\s+/);
    return address === undefined || name === undefined ? [] : [[address, name.toLowerCase()]];
  });
  return entries.reverse();
}

/** 16 octets, IPv4 as ::ffff:a.b.c.d. */
function octetsOf(text: string): Uint8Array | null {
  if (!ipaddr.isValid(text)) return null;
  const address = ipaddr.parse(text);
  const wide = address instanceof ipaddr.IPv4 ? address.toIPv4MappedAddress() : address;
  return Uint8Array.from((wide as ipaddr.IPv6).toByteArray());
}
