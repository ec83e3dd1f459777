// All formats by name: the one place a new format is entered.
//
// Each is loaded when the first list of it is read: reports bring YAML, HTML and JSON schemas along, 25 ms and 10 MB that
// a thread born for a list of names need not pay.
import type { ListFormatName } from '../../config/config.ts';
import type { Format } from './format.ts';

type Known = Exclude<ListFormatName, 'auto'>;

export const FORMATS: Readonly<Record<Known, () => Promise<Format>>> = {
  hosts: async () => (await import('./hosts.ts')).hosts,
  domains: async () => (await import('./domains.ts')).domains,
  wildcard: async () => (await import('./domains.ts')).wildcard,
  adblock: async () => (await import('./adblock.ts')).adblock,
  dnsmasq: async () => (await import('./dnsmasq.ts')).dnsmasq,
  unbound: async () => (await import('./unbound.ts')).unbound,
  rpz: async () => (await import('./rpz.ts')).rpz,
  indicators: async () => (await import('./indicators.ts')).indicators,
  report: async () => (await import('../report/list-formats.ts')).report,
  csv: async () => (await import('../report/list-formats.ts')).csv,
  stix: async () => (await import('../report/list-formats.ts')).stix,
  misp: async () => (await import('../report/list-formats.ts')).misp,
};
