// `upstreams` as meant: routes as names, bootstrap servers that need no bootstrap, nothing that asks itself.
import { isIP } from 'node:net';
import { nameToText, writtenName } from '../../wire/names/presentation.ts';
import type { Route, UpstreamsConfig } from '../config.ts';
import type { Path } from '../problem.ts';
import type { ConfigFile } from '../schema.ts';
import { isLoopback, type SocketAddress } from '../values/addresses.ts';
import { quote } from '../values/parsed.ts';
import { reverseZones } from '../values/reverse-zones.ts';
import { standsInside, type UpstreamAddress, upstreamsOf } from '../values/upstream.ts';
import type { Findings } from './findings.ts';

type Upstreams = ConfigFile['upstreams'];

export type CheckUpstreams = (servers: readonly UpstreamAddress[], path: Path) => void;

/** Complains where there is nobody to ask, or cenote would ask itself. @param own where it answers, when that is known */
export function upstreamsCheck(own: readonly SocketAddress[], findings: Findings): CheckUpstreams {
  return (servers, path) => {
    if (servers.length === 0)
      findings.complain(path, 'there is no server to ask', 'add one, such as `system` or `9.9.9.9`');
    servers.forEach((server, index) => {
      warnOfTold(server, [...path, index], findings);
      if (server.kind === 'udp' || server.kind === 'tcp') checkOwn(server, own, [...path, index], findings);
    });
  };
}

export function resolveUpstreams(
  upstreams: Upstreams,
  check: CheckUpstreams,
  findings: Findings,
): UpstreamsConfig {
  const usual = upstreamsOf(upstreams.default);
  const fallback = upstreamsOf(upstreams.fallback);
  check(usual, ['upstreams', 'default']);
  if (fallback.length > 0) check(fallback, ['upstreams', 'fallback']);
  const routes = resolveRoutes(upstreams, findings);
  for (const key of Object.keys(upstreams.routes))
    check(upstreamsOf(upstreams.routes[key] ?? []), ['upstreams', 'routes', key]);
  upstreams.bootstrap.forEach((server, index) => {
    if (server.kind !== 'system' && isIP(server.host) === 0)
      findings.complain(
        ['upstreams', 'bootstrap', index],
        `${quote(server.text)} would itself have to be looked up`,
        'give bootstrap servers by address, such as `9.9.9.9`',
      );
  });
  return {
    default: usual,
    routes,
    fallback,
    strategy: upstreams.strategy,
    bootstrap: upstreams.bootstrap,
    timeoutMs: upstreams.timeout,
  };
}

/** Whoever runs a public server would learn which machine asks. */
function warnOfTold(server: UpstreamAddress, path: Path, findings: Findings): void {
  const { tells } = server;
  if (tells === undefined || server.kind === 'system' || standsInside(server)) return;
  const { ecs, prefix, mac, cpeId } = tells;
  const isNarrow = ecs === 'subnet' && (prefix.four > 24 || prefix.six > 56);
  if (!mac && cpeId === null && !isNarrow) return;
  findings.warn(
    path,
    `${quote(server.text)} is no server of this network, and is told which machine asks`,
    'leave `mac` and `cpeId` out, and no more than 24 and 56 bits in `ecs: subnet` (RFC 7871 §11.1)',
  );
}

function resolveRoutes(upstreams: Upstreams, findings: Findings): Route[] {
  const routes = new Map<string, Route>();
  for (const [key, written] of Object.entries(upstreams.routes)) {
    const servers = upstreamsOf(written);
    const path = ['upstreams', 'routes', key];
    const zones = reverseZones(key);
    if (zones !== null) {
      // A zone that a route of its own names keeps it, wherever that stands.
      for (const zone of zones)
        if (upstreams.routes[zone] === undefined && !routes.has(zone))
          routes.set(zone, { suffix: zone, key, upstreams: servers });
      continue;
    }
    const name = writtenName(key);
    if (name === null || key.includes('*') || key.includes('/')) {
      findings.complain(
        path,
        `${quote(key)} is not a name`,
        'a route is a name such as `corp.example`; it covers all below it; for a network, `10.0.0.0/8`',
        'key',
      );
      continue;
    }
    const suffix = nameToText(name);
    if (suffix === '.')
      findings.complain(path, 'the root is not a route', 'servers for all names belong in `default`', 'key');
    else if (routes.has(suffix))
      findings.complain(path, `the route ${quote(suffix)} is there twice`, 'keep one of them', 'key');
    else routes.set(suffix, { suffix, key, upstreams: servers });
  }
  return [...routes.values()];
}

function checkOwn(
  server: { host: string; port: number; text: string },
  own: readonly SocketAddress[],
  path: Path,
  findings: Findings,
): void {
  const asksItself = own.some(
    ({ host, port }) =>
      port === server.port && (host === server.host || (isLoopback(server.host) && isWildcard(host))),
  );
  if (asksItself)
    findings.complain(
      path,
      `${quote(server.text)} is cenote itself`,
      'name another server: queries would go in circles',
    );
}

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}
