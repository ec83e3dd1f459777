// The settings of another filtering resolver as a configuration of cenote's, with a report of what has no counterpart.
import { MigrateError } from './migrate-error.ts';
import { Plan } from './plan.ts';
import { fromAdGuardHome } from './sources/adguard-home.ts';
import { fromBlocky } from './sources/blocky.ts';
import { fromNextdns } from './sources/by-api/nextdns.ts';
import { fromTechnitium } from './sources/by-api/technitium.ts';
import { fromDnsmasq } from './sources/dnsmasq.ts';
import { fromOpnsense } from './sources/firewalls/opnsense.ts';
import { fromPfsense } from './sources/firewalls/pfsense.ts';
import { fromHosts } from './sources/hosts.ts';
import { fromOpenwrt } from './sources/openwrt.ts';
import { fromPihole } from './sources/pihole/pihole.ts';
import { fromUnbound } from './sources/unbound.ts';
import { fromWindowsDns } from './sources/windows/windows-dns.ts';

const SOURCES = {
  pihole: { title: 'Pi-hole', read: fromPihole },
  adguardhome: { title: 'AdGuard Home', read: fromAdGuardHome },
  blocky: { title: 'blocky', read: fromBlocky },
  dnsmasq: { title: 'dnsmasq', read: fromDnsmasq },
  unbound: { title: 'Unbound', read: fromUnbound },
  openwrt: { title: 'OpenWrt', read: fromOpenwrt },
  pfsense: { title: 'pfSense', read: fromPfsense },
  opnsense: { title: 'OPNsense', read: fromOpnsense },
  technitium: { title: 'Technitium', read: fromTechnitium },
  nextdns: { title: 'NextDNS', read: fromNextdns },
  windowsdns: { title: 'Windows DNS Server', read: fromWindowsDns },
  hosts: { title: 'a hosts file', read: fromHosts },
} as const satisfies Record<
  string,
  { title: string; read: (plan: Plan, path: string) => void | Promise<void> }
>;

export const MIGRATED = Object.keys(SOURCES) as readonly (keyof typeof SOURCES)[];

export interface Migrated {
  /** As people call it: "Pi-hole". */
  readonly title: string;
  readonly plan: Plan;
}

/**
 * @param from one of `MIGRATED`, letter case and dashes do not count
 * @param path its file, folder or archive
 * @throws MigrateError when there is nothing of that program
 */
export async function migrate(from: string, path: string): Promise<Migrated> {
  const word = from.toLowerCase().replace(/[^a-z]/g, '');
  const key = MIGRATED.find((name) => name === word || (word === 'adguard' && name === 'adguardhome'));
  if (key === undefined)
    throw new MigrateError('MIGRATE_UNKNOWN', `${JSON.stringify(from)} is none of ${MIGRATED.join(', ')}`);
  const { title, read } = SOURCES[key];
  const plan = new Plan();
  await read(plan, path);
  plan.giveBlockedHosts();
  plan.dropUnused();
  if (plan.upstreams.length === 0 && key !== 'hosts')
    plan.differs(
      'no server of theirs could be taken over, so the system’s are asked; `upstreams.default` names others',
    );
  return { title, plan };
}
