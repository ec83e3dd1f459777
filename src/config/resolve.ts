// The file as written → the configuration as meant: references followed, paths absolute, units fixed, all of it frozen.

import { isIP } from 'node:net';
import { resolve as resolvePath } from 'node:path';
import { hostToName, nameToText } from '../wire/names/presentation.ts';
import type { AccessConfig, CacheConfig, Config, EventsConfig } from './config.ts';
import { resolveAlerts } from './meaning/alerts.ts';
import { resolveClients } from './meaning/clients.ts';
import type { Findings } from './meaning/findings.ts';
import { resolveFleet } from './meaning/fleet.ts';
import { resolveGroups } from './meaning/groups.ts';
import { resolveListen } from './meaning/listen.ts';
import { resolveLists, resolveWarninglists } from './meaning/lists.ts';
import { resolveLocal } from './meaning/local.ts';
import { resolveLog } from './meaning/log.ts';
import { resolveOut } from './meaning/out.ts';
import { resolveServe } from './meaning/serve.ts';
import { resolveSinkhole } from './meaning/sinkhole.ts';
import { resolveUpstreams, upstreamsCheck } from './meaning/upstreams.ts';
import type { ConfigFile } from './schema.ts';
import { isLoopback } from './values/addresses.ts';
import { deepFreeze } from './values/frozen.ts';
import { quote } from './values/parsed.ts';

/**
 * Checks each section that could be read, so that all mistakes are told at once.
 * @param cores what `workers: auto` counts from
 * @returns null when a section is missing because it could not be read
 */
export function resolveConfig(file: Partial<ConfigFile>, findings: Findings, cores: number): Config | null {
  const listen = file.listen && resolveListen(file.listen, findings);
  const checkUpstreams = upstreamsCheck(listen?.dns ?? [], findings);
  const upstreams = file.upstreams && resolveUpstreams(file.upstreams, checkUpstreams, findings);
  const cache = file.cache && resolveCache(file.cache, findings);
  const warninglists = resolveWarninglists(file.warninglists ?? [], findings);
  const lists = file.lists && resolveLists(file.lists, warninglists, findings);
  const groups =
    'groups' in file && lists
      ? resolveGroups(
          file.groups,
          {
            lists: lists.map(({ name }) => name),
            alwaysLists: Object.entries(file.lists ?? {}).flatMap(([name, list]) =>
              list.for === 'all' ? [name] : [],
            ),
            rebinding: file.rebinding?.protect ?? true,
          },
          checkUpstreams,
          findings,
        )
      : undefined;
  const clients = file.clients && resolveClients(file.clients, findings);
  const sinkhole = file.sinkhole && resolveSinkhole(file.sinkhole, findings);
  const local = file.local && resolveLocal(file.local, findings);
  const access = file.access && resolveAccess(file.access, file, findings);
  const resolver = file.resolver && resolveResolver(file.resolver, findings);
  const events = file.events && resolveEvents(file.events, findings);
  const log = file.log && resolveLog(file.log, findings);
  const names = {
    lists: lists?.map(({ name }) => name) ?? null,
    groups: groups?.map(({ name }) => name) ?? null,
  };
  const alerts = file.alerts && resolveAlerts(file.alerts, names, findings);
  const out = file.out && resolveOut(file.out, names, findings);
  const serve = file.serve && lists && resolveServe(file.serve, lists, findings);
  const fleet = file.fleet && resolveFleet(file.fleet, events?.dir ?? null, findings);
  const { profile, workers, metrics } = file;
  if (
    !listen ||
    !upstreams ||
    !cache ||
    !lists ||
    !groups ||
    !clients ||
    !sinkhole ||
    !local ||
    !file.rebinding ||
    !access ||
    !resolver ||
    !file.contact ||
    !events ||
    !log ||
    !alerts ||
    !out ||
    !serve
  )
    return null;
  if (profile === undefined || workers === undefined || metrics === undefined || !('fleet' in file))
    return null;
  return deepFreeze({
    file: findings.places.configFile,
    profile,
    listen,
    workers: workers === 'auto' ? Math.max(1, cores - 1) : workers,
    upstreams,
    cache,
    lists,
    groups,
    clients,
    sinkhole,
    local,
    rebinding: file.rebinding,
    access,
    resolver,
    contact: file.contact,
    events,
    log,
    alerts,
    out,
    serve,
    fleet: fleet ?? null,
    warninglists,
    metrics,
  });
}

function resolveCache(cache: ConfigFile['cache'], findings: Findings): CacheConfig {
  if (cache.minTtl > cache.maxTtl)
    findings.complain(['cache', 'minTtl'], '`minTtl` is longer than `maxTtl`', 'make it shorter');
  const seconds = (ms: number): number => Math.floor(ms / 1000);
  return {
    entries: cache.entries,
    bytesMax: cache.size,
    minTtlSeconds: seconds(cache.minTtl),
    maxTtlSeconds: seconds(cache.maxTtl),
    negativeTtlSeconds: seconds(cache.negativeTtl),
    serveStaleSeconds: seconds(cache.serveStale),
    prefetch: cache.prefetch,
  };
}

function resolveAccess(
  access: ConfigFile['access'],
  file: Partial<ConfigFile>,
  findings: Findings,
): AccessConfig {
  const allow = access.allow.flat();
  if (allow.length === 0)
    findings.complain(['access', 'allow'], 'nobody may ask', 'write `private`, addresses or prefixes');
  const openToAll = allow.some((one) => one !== 'own' && (one.bits === 0 || one.text === '0.0.0.0/0'));
  const reachable = file.listen?.dns.some(({ host }) => !isLoopback(host)) ?? false;
  if (openToAll && reachable)
    findings.warn(
      ['access', 'allow'],
      'anyone may ask: an open resolver is used for attacks on others',
      'write `private`, or the prefixes of your clients',
    );
  return { allow, rateLimit: access.rateLimit };
}

function resolveResolver(resolver: ConfigFile['resolver'], findings: Findings): Config['resolver'] {
  const { id, name, infoUrl, organization, ...flags } = resolver;
  const wire = name === undefined ? null : hostToName(name);
  if (name !== undefined && (wire === null || isIP(name) !== 0))
    findings.complain(
      ['resolver', 'name'],
      `${quote(name)} is not the name of a server`,
      'write one that the certificate is for, such as `dns.example.net`',
    );
  return {
    ...flags,
    id: id ?? null,
    name: wire === null ? null : nameToText(wire),
    infoUrl: infoUrl ?? null,
    organization: organization ?? null,
  };
}

function resolveEvents(events: ConfigFile['events'], findings: Findings): EventsConfig {
  const dir = resolvePath(findings.places.workingDirectory, events.dir);
  const fault = findings.places.files.folderFault(dir);
  if (fault !== null) {
    // It is seldom written in the file, whose first line is then all that can be named.
    const wrong = `\`events.dir\`: ${fault.wrong}`;
    if (fault.isHopeless) findings.complain(['events', 'dir'], wrong, fault.right);
    else findings.warn(['events', 'dir'], wrong, fault.right);
  }
  return {
    dir,
    historyMs: events.history,
    hitsMs: events.hits,
    queryLog: events.queryLog,
  };
}
