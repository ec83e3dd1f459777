// `fleet` as meant: a site that knows its head's key, or the head.
import { resolve as resolvePath } from 'node:path';
import type { FleetConfig } from '../meant/fleet.ts';
import { findFile } from '../read/files.ts';
import type { ConfigFile } from '../schema.ts';
import { isLoopback } from '../values/addresses.ts';
import { quote } from '../values/parsed.ts';
import type { Findings } from './findings.ts';

type Fleet = NonNullable<ConfigFile['fleet']>;

/** @param eventsDir where keys are kept that have no file of their own; null when it could not be read */
export function resolveFleet(fleet: Fleet, eventsDir: string | null, findings: Findings): FleetConfig {
  const { site, nats, ca, credentials, key, names, shareNames, networks, store, signingKey, publish } = fleet;
  if (nats.length === 0)
    findings.complain(['fleet', 'nats'], 'there is no server', 'write one such as `tls://nats.example.net`');
  const isTls = nats.some((server) => server.isTls);
  if (nats.some((server) => server.isTls !== isTls))
    findings.complain(
      ['fleet', 'nats'],
      'some servers are asked by TLS and some are not',
      'write `tls://` for all, or `nats://` for all',
    );
  if (ca !== undefined && !isTls)
    findings.complain(['fleet', 'ca'], '`ca` is for `tls://` servers, and there are none', 'write `tls://`');
  const isHead = store !== undefined || signingKey !== undefined;
  if (!isHead && key === undefined)
    findings.complain(
      ['fleet'],
      'a site without its head’s `key` could not tell whose policy it gets',
      'use `cenote fleet join FILE`; on the head itself, write `store` or `signingKey`',
      'key',
    );
  if (!isTls && nats.some(({ host }) => !isThisMachine(host)))
    findings.warn(
      ['fleet', 'nats'],
      'what the sites report crosses the network unencrypted',
      'write `tls://`, or let a tunnel carry it',
    );
  if (shareNames && !names)
    findings.complain(
      ['fleet', 'shareNames'],
      'names of machines cannot be shared where `names: false` keeps them at the site',
      'leave out one of the two',
    );
  if (!shareNames && networks.length > 0)
    findings.warn(
      ['fleet', 'networks'],
      'nothing is shared by address',
      'write `shareNames: true` beside it',
    );
  const file = (name: 'ca' | 'credentials', written: string | undefined): string | null =>
    written === undefined ? null : fileThere(name, written, findings);
  return {
    site,
    nats: { servers: nats.map(({ host, port }) => ({ host, port })), isTls },
    ca: file('ca', ca),
    credentials: file('credentials', credentials),
    key: key ?? null,
    names,
    shareNames,
    networks,
    head: isHead
      ? {
          store: store ?? null,
          signingKey:
            signingKey === undefined
              ? resolvePath(eventsDir ?? '', 'fleet/head.key')
              : (findFile(signingKey, findings.places).path ??
                resolvePath(findings.places.workingDirectory, signingKey)),
          publish: publish.parts,
          override: publish.override,
        }
      : null,
  };
}

function fileThere(name: string, written: string, findings: Findings): string {
  const { path, tried, fault } = findFile(written, findings.places);
  if (path === null)
    findings.complain(['fleet', name], `${quote(written)} ${fault}`, `looked for ${tried.join(' and ')}`);
  return path ?? written;
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || isLoopback(host);
}
