// `log` as meant: which clients and names are left out.
import { hostToName, nameToText } from '../../wire/names/presentation.ts';
import type { LogConfig } from '../config.ts';
import type { ConfigFile } from '../schema.ts';
import { quote } from '../values/parsed.ts';
import type { Findings } from './findings.ts';

export function resolveLog(log: ConfigFile['log'], findings: Findings): LogConfig {
  const { enabled, keep, size, anonymise, without } = log;
  return {
    enabled,
    keepMs: keep,
    sizeOctets: size,
    anonymise,
    withoutClients: without.clients.flat(),
    withoutNames: without.names.flatMap((written, at) => {
      const name = hostToName(written.trim().replace(/^\*\./, ''));
      if (name !== null) return [nameToText(name)];
      findings.complain(
        ['log', 'without', 'names', at],
        `${quote(written)} is not a name`,
        'write a name such as `bank.example`; all below it is meant too',
      );
      return [];
    }),
  };
}
