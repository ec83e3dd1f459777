// OPNsense's config.xml: Unbound as it is since 22.7 (`unboundplus`), with its block lists, and DHCP reservations.
import { asciiName, type ListAction, type Plan } from '../../plan.ts';
import { type Known, read } from '../known.ts';
import { expressionRule, nameOfUrl, typeRule, VALIDATION, WITHOUT } from '../settings.ts';
import { tellUnread } from '../unread.ts';
import { configXml, type Element, elementsAt, textIn, textsIn, treeOf } from './config-xml.ts';
import {
  giveCommon,
  giveForwarding,
  giveHost,
  giveReservations,
  giveServers,
  nameIn,
  type Server,
  serverText,
} from './resolver.ts';

export function fromOpnsense(plan: Plan, path: string): void {
  const config = configXml(path, 'opnsense', 'OPNsense');
  const [unbound] = elementsAt(config, 'OPNsense', 'unboundplus');
  const domain = textIn(config, 'system', 'domain');
  if (unbound === undefined) {
    const isLegacy = elementsAt(config, 'unbound').length > 0;
    plan.leave(
      isLegacy ? 'unbound' : 'unboundplus',
      isLegacy
        ? 'settings of before 22.7 are taken over by OPNsense when it is updated: save the backup after that'
        : 'this file has no settings of Unbound',
    );
    return;
  }
  for (const section of elementsAt(unbound, 'general'))
    giveCommon(plan, section, { port: 'port', interfaces: 'active_interface' });
  general(plan, unbound);
  servers(plan, unbound, config);
  hosts(plan, unbound, domain);
  access(plan, unbound);
  for (const blocking of [...elementsAt(unbound, 'dnsbl', 'blocklist'), ...elementsAt(unbound, 'dnsbl')])
    lists(plan, blocking);
  giveReservations(plan, config, domain);
  tellUnread(plan, KNOWN, treeOf(unbound));
  if (isSet(config, 'dnsmasq', 'enable'))
    plan.leave(
      'dnsmasq',
      'its hosts and domains are not read: write them to `local.hosts` and `upstreams.routes`',
    );
}

/** Of its Unbound; what it says of its own threads, logs and records is told nowhere. */
const KNOWN: Known = {
  general: {
    ...read(
      'enabled port stats active_interface dnssec dns64 dns64prefix noarecords safesearch cacheflush txtsupport',
    ),
    ...read('regdhcp regdhcpdomain regdhcpstatic noreglladdr6 noregrecords enable_wpad'),
    local_zone_type: true,
    outgoing_interface: 'queries leave by the address that the system chooses',
  },
  advanced: {
    ...read('hideidentity hideversion prefetch prefetchkey dnssecstripped aggressivensec qnameminstrict'),
    ...read(
      'serveexpired serveexpiredreplyttl serveexpiredttl serveexpiredttlreset serveexpiredclienttimeout',
    ),
    ...read(
      'extendedstatistics logqueries logreplies logtagqueryreply logservfail loglocalactions logverbosity valloglevel',
    ),
    ...read(
      'privatedomain privateaddress insecuredomain msgcachesize rrsetcachesize outgoingnumtcp incomingnumtcp',
    ),
    ...read(
      'numqueriesperthread outgoingrange jostletimeout discardtimeout cachemaxttl cachemaxnegativettl cacheminttl',
    ),
    ...read('infrahostttl infrakeepprobing infracachenumhosts unwantedreplythreshold'),
  },
  ...read('acls dnsbl forwarding dots hosts aliases domains'),
};

/** They write `1` for on. */
const isSet = (element: Element, ...path: readonly string[]): boolean => textIn(element, ...path) === '1';

/** Of an Unbound setting its key in cenote's section `cache`. */
const CACHE = { cacheminttl: 'minTtl', cachemaxttl: 'maxTtl', cachemaxnegativettl: 'negativeTtl' } as const;

function general(plan: Plan, unbound: Element): void {
  if (!isSet(unbound, 'general', 'enabled'))
    plan.differs('Unbound was off on the firewall; its settings are written all the same');
  if (isSet(unbound, 'general', 'dnssec')) plan.differs(VALIDATION);
  if (isSet(unbound, 'general', 'dns64')) plan.leave('general.dns64', WITHOUT.dns64);
  if (isSet(unbound, 'general', 'noarecords')) plan.leave('general.noarecords', typeRule('A'));
  if (isSet(unbound, 'general', 'safesearch')) plan.leave('general.safesearch', WITHOUT.search);
  for (const [key, own] of Object.entries(CACHE)) {
    const seconds = textIn(unbound, 'advanced', key);
    if (seconds !== '') plan.set('cache', own, `${seconds}s`);
  }
  if (isSet(unbound, 'advanced', 'prefetch')) plan.set('cache', 'prefetch', true);
  if (isSet(unbound, 'advanced', 'serveexpired')) {
    const ttl = textIn(unbound, 'advanced', 'serveexpiredttl');
    // Unbound's own: for as long as it is in the cache, which here is a year.
    plan.set('cache', 'serveStale', ttl === '' || ttl === '0' ? '365d' : `${ttl}s`);
  }
  plan.rebindingExcept.push(
    ...textsIn(unbound, 'advanced', 'privatedomain').flatMap((name) => asciiName(name) ?? []),
  );
}

function servers(plan: Plan, unbound: Element, config: Element): void {
  const all = elementsAt(unbound, 'dots', 'dot').map((dot) => {
    const [address, domain] = [textIn(dot, 'server'), textIn(dot, 'domain')];
    return {
      address,
      name: textIn(dot, 'verify'),
      port: textIn(dot, 'port'),
      isTls: textIn(dot, 'type') !== 'forward',
      domain: domain === '.' ? '' : domain,
      isOn: isSet(dot, 'enabled'),
      what: `dots: ${address}${domain === '' ? '' : ` for ${domain}`}`,
    };
  });
  for (const { isOn, what } of all) if (!isOn) plan.leave(what, 'it is off; `upstreams` takes it');
  const used = all.filter(({ isOn }) => isOn);
  giveServers(
    plan,
    used.filter(({ domain }) => domain === ''),
    'dots:',
  );
  for (const one of used) if (one.domain !== '') plan.route(one.domain, [serverText(one)], one.what);
  const ofSystem = elementsAt(config, 'system', 'dnsserver').map(
    ({ text }): Server => ({ address: text.trim(), isTls: false }),
  );
  giveForwarding(
    plan,
    isSet(unbound, 'forwarding', 'enabled'),
    ofSystem.filter(({ address }) => address !== ''),
  );
}

function hosts(plan: Plan, unbound: Element, own: string): void {
  const aliases = Map.groupBy(
    elementsAt(unbound, 'aliases', 'alias').filter((alias) => isSet(alias, 'enabled')),
    (alias) => textIn(alias, 'host'),
  );
  for (const host of elementsAt(unbound, 'hosts', 'host')) {
    const named = (of: Element): string => nameIn(textIn(of, 'hostname'), textIn(of, 'domain') || own);
    const name = named(host);
    const what = `hosts: ${name}`;
    if (!isSet(host, 'enabled')) {
      plan.leave(what, 'it is off; `local.records` takes it');
      continue;
    }
    const names = [name, ...(aliases.get(host.uuid) ?? []).map(named)];
    const [kind] = (textIn(host, 'rr') || 'A').split(/\s/);
    if (kind === 'MX') {
      for (const one of names)
        plan.record(`${one} MX ${textIn(host, 'mxprio') || '10'} ${textIn(host, 'mx')}`, what);
    } else if (kind === 'TXT') {
      for (const one of names) plan.record(`${one} TXT ${JSON.stringify(textIn(host, 'txtdata'))}`, what);
    } else giveHost(plan, textIn(host, 'server'), names, what);
  }
}

function access(plan: Plan, unbound: Element): void {
  const lists = elementsAt(unbound, 'acls', 'acl').filter((acl) => isSet(acl, 'enabled'));
  for (const acl of lists)
    for (const network of textsIn(acl, 'networks')) {
      const action = textIn(acl, 'action');
      const what = `acls: ${action} ${network}`;
      if (action.startsWith('allow')) plan.prefix(plan.access, network, what);
      else plan.leave(what, WITHOUT.denied);
    }
}

/** They keep the addresses of their lists in their own code. */
const BY_WORD = 'its address stands in OPNsense, not in this file: `cenote lists add` adds the list';

function lists(plan: Plan, blocking: Element): void {
  if (!isSet(blocking, 'enabled')) return;
  const title = textIn(blocking, 'description') || 'blocklist';
  const nets = textsIn(blocking, 'source_nets');
  const action: ListAction = isSet(blocking, 'nxdomain') ? 'nxdomain' : 'sinkhole';
  const group = nets.length === 0 ? null : plan.groupOf(title);
  for (const net of nets) plan.client(group?.clients ?? [], net, `dnsbl: source_nets ${net}`);
  const give = (list: string): void => (group === null ? plan.giveAll(list) : void group.lists.push(list));
  for (const word of textsIn(blocking, 'type')) plan.leave(`dnsbl: ${word} (${title})`, BY_WORD);
  for (const url of textsIn(blocking, 'lists')) give(plan.listFrom(nameOfUrl(url), url, { action }));
  const names = (
    key: string,
    more: { action: ListAction; hasSubdomains?: boolean; format: string },
  ): void => {
    const lines = textsIn(blocking, key);
    if (lines.length > 0) give(plan.listOf(`${title} ${key}`, lines, more));
  };
  names('blocklists', { action, format: 'domains' });
  names('wildcards', { action, format: 'domains', hasSubdomains: true });
  // Theirs are expressions that are looked for anywhere in a name.
  for (const key of ['whitelists', 'allowlists']) {
    const rules = textsIn(blocking, key).map(allowRule);
    if (rules.length > 0) give(plan.listOf(`${title} ${key}`, rules, { action: 'allow', format: 'adblock' }));
  }
  const address = textIn(blocking, 'address');
  if (address !== '') plan.set('sinkhole', 'answer', { [address.includes(':') ? 'aaaa' : 'a']: address });
  if (isSet(blocking, 'safesearch')) plan.leave('dnsbl: safesearch', WITHOUT.search);
}

/** A name that is only that stands for itself and all below it; what is an expression stays one. */
function allowRule(text: string): string {
  const name = asciiName(text);
  return name === null ? expressionRule(text) : `||${name}^`;
}
