// All formats by name: the one place a new format is entered.
import type { ListFormatName } from '../../config/config.ts';
import { csv, misp, report, stix } from '../report/list-formats.ts';
import { adblock } from './adblock.ts';
import { dnsmasq } from './dnsmasq.ts';
import { domains, wildcard } from './domains.ts';
import type { Format } from './format.ts';
import { hosts } from './hosts.ts';
import { indicators } from './indicators.ts';
import { rpz } from './rpz.ts';
import { unbound } from './unbound.ts';

type Known = Exclude<ListFormatName, 'auto'>;

export const FORMATS: Readonly<Partial<Record<Known, Format>>> = {
  hosts,
  domains,
  wildcard,
  adblock,
  dnsmasq,
  unbound,
  rpz,
  indicators,
  report,
  csv,
  stix,
  misp,
};
