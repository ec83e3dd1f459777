// `local`: names that are answered here.
import { resolve as resolvePath } from 'node:path';
import { nameToText } from '../../wire/names/presentation.ts';
import { TYPE } from '../../wire/records/iana.ts';
import type { LocalConfig } from '../config.ts';
import { findFile } from '../read/files.ts';
import type { ConfigFile } from '../schema.ts';
import type { LocalRecord } from '../values/local-record.ts';
import { quote } from '../values/parsed.ts';
import type { Findings } from './findings.ts';

export function resolveLocal(local: ConfigFile['local'], findings: Findings): LocalConfig {
  const { records, hosts, specialNames, privateNames, canaries } = local;
  checkAliases(records, findings);
  return {
    records,
    hosts: hosts === undefined ? null : hostsFile(hosts, findings),
    specialNames,
    privateNames,
    canaries,
  };
}

/** One that is not there may come later: it is told, and its names are forwarded until then. */
function hostsFile(written: string, findings: Findings): string {
  const { path, tried, fault } = findFile(written, findings.places);
  if (path !== null) return path;
  findings.warn(
    ['local', 'hosts'],
    `the hosts file ${quote(written)} ${fault}, so its names are forwarded`,
    `looked for ${tried.join(' and ')}`,
  );
  return resolvePath(findings.places.workingDirectory, written);
}

/** A name with an alias has nothing else (RFC 1034 §3.6.2): what else is written for it would never be answered. */
function checkAliases(records: readonly LocalRecord[], findings: Findings): void {
  const first = new Map<string, LocalRecord>();
  for (const record of records) {
    const name = nameToText(record.name);
    const known = first.get(name);
    if (known === undefined || (record.type === TYPE.CNAME && known.type !== TYPE.CNAME))
      first.set(name, record);
  }
  records.forEach((record, at) => {
    const name = nameToText(record.name);
    const alias = first.get(name);
    if (alias === undefined || alias === record || alias.type !== TYPE.CNAME) return;
    if (record.type === TYPE.CNAME && nameToText(record.rdata) === nameToText(alias.rdata)) return;
    findings.warn(
      ['local', 'records', at],
      `${quote(name)} is an alias of ${quote(nameToText(alias.rdata))}, so this record of it is never answered`,
      'remove it, or the alias (RFC 1034 §3.6.2)',
    );
  });
}
