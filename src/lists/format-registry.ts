// All formats by name: the one place a new format is entered.
//
// Each is loaded when the first list of it is read: reports bring YAML, HTML and JSON schemas along, 25 ms and 10 MB that
// a process that reads a list of names need not pay.
import type { ListFormatName } from '../config/config.ts';
import type { Format } from './format.ts';

type Known = Exclude<ListFormatName, 'auto'>;

export const FORMATS: Readonly<Record<Known, () => Promise<Format>>> = {
  hosts: async () => (await import('./formats/domains.ts')).hosts,
  domains: async () => (await import('./formats/domains.ts')).domains,
  wildcard: async () => (await import('./formats/domains.ts')).wildcard,
  adblock: async () => (await import('./formats/adblock.ts')).adblock,
  dnsmasq: async () => (await import('./formats/dnsmasq.ts')).dnsmasq,
  unbound: async () => (await import('./formats/unbound.ts')).unbound,
  regex: async () => (await import('./formats/regex.ts')).regex,
  rpz: async () => (await import('./formats/rpz.ts')).rpz,
  indicators: async () => (await import('./formats/indicators/indicator-format.ts')).indicators,
  report: async () => (await import('./import/report-formats.ts')).report,
  csv: async () => (await import('./import/report-formats.ts')).csv,
  stix: async () => (await import('./import/report-formats.ts')).stix,
  misp: async () => (await import('./import/report-formats.ts')).misp,
};
