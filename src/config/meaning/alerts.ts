// `alerts` as meant: each is a webhook or a syslog server, with a format of that kind.
import type { AlertConfig } from '../config.ts';
import { SYSLOG_FORMATS, WEBHOOK_FORMATS } from '../schema/alerts.ts';
import type { ConfigFile } from '../schema.ts';
import { quote } from '../values/parsed.ts';
import type { Findings } from './findings.ts';

type AlertFile = ConfigFile['alerts'][number];

export function resolveAlerts(alerts: readonly AlertFile[], findings: Findings): AlertConfig[] {
  return alerts.flatMap((alert, index) => {
    if ((alert.webhook === undefined) === (alert.syslog === undefined)) {
      findings.complain(
        ['alerts', index],
        'an alert goes to a `webhook` or to a `syslog` server',
        'write one of the two',
        'key',
      );
      return [];
    }
    return [alert.webhook === undefined ? syslog(alert, index, findings) : webhook(alert, index, findings)];
  });
}

function webhook(alert: AlertFile, index: number, findings: Findings): AlertConfig {
  const url = alert.webhook ?? '';
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url))
    findings.complain(
      ['alerts', index, 'webhook'],
      `${quote(url)} is not a URL`,
      'write `https://HOST/PATH`',
    );
  const format = WEBHOOK_FORMATS.find((known) => known === (alert.format ?? 'generic'));
  if (format === undefined)
    findings.complain(
      ['alerts', index, 'format'],
      `${quote(alert.format ?? '')} is not a format of webhooks`,
      `choose one of ${WEBHOOK_FORMATS.join(', ')}`,
    );
  return { kind: 'webhook', url, format: format ?? 'generic', secret: alert.secret ?? null };
}

function syslog(alert: AlertFile, index: number, findings: Findings): AlertConfig {
  const url = alert.syslog ?? '';
  if (!/^(udp|tcp|tls):\/\/[^/\s]+$/i.test(url) || !URL.canParse(url))
    findings.complain(
      ['alerts', index, 'syslog'],
      `${quote(url)} is not a syslog server`,
      'write `udp://HOST:514`, `tcp://…` or `tls://…`',
    );
  if (alert.secret !== undefined)
    findings.complain(
      ['alerts', index, 'secret'],
      '`secret` signs webhooks; syslog has no use for it',
      'remove it',
      'key',
    );
  const format = SYSLOG_FORMATS.find((known) => known === (alert.format ?? 'rfc5424'));
  if (format === undefined)
    findings.complain(
      ['alerts', index, 'format'],
      `${quote(alert.format ?? '')} is not a format of syslog`,
      `choose one of ${SYSLOG_FORMATS.join(', ')}`,
    );
  return { kind: 'syslog', url, format: format ?? 'rfc5424' };
}
