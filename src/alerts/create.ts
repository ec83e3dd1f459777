// From the config's `alerts` to sinks. Names are made of kind, format, host and a digest: they go into logs and outbox, and
// the secret part of a webhook's URL does not.
import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import type { AlertConfig } from '../config/config.ts';
import { createCommandSink } from './command-sink.ts';
import type { Outlet } from './delivery.ts';
import { createMailSink } from './mail-sink.ts';
import type { Sink } from './sink.ts';
import { createSyslogSink } from './syslog/syslog-sink.ts';
import { createWebhook } from './webhook.ts';

const PORT = { udp: 514, tcp: 601, tls: 6514, smtp: 587, smtps: 465 } as const;

export function outletsOf(alerts: readonly AlertConfig[]): Outlet[] {
  return alerts.map((alert) => ({
    sink: sinkOf(alert),
    settings: {
      lists: alert.lists,
      groups: alert.groups,
      severityMin: alert.severity,
      groupWaitMs: alert.groupWaitMs,
      repeatMs: alert.repeatMs,
      quiet: alert.quiet,
    },
  }));
}

function sinkOf(alert: AlertConfig): Sink {
  switch (alert.kind) {
    case 'webhook':
      return createWebhook({
        name: nameOf(`webhook ${alert.format} ${new URL(alert.url).host}`, alert.url),
        url: alert.url,
        format: alert.format,
        secret: alert.secret,
        now: Date.now,
      });
    case 'syslog':
      return syslogOf(alert);
    case 'mail':
      return mailOf(alert);
    case 'command': {
      const [program = '', ...rest] = alert.command;
      return createCommandSink({
        name: nameOf(`command ${program}`, alert.command.join('\0')),
        program,
        arguments: rest,
      });
    }
    default:
      return alert satisfies never;
  }
}

function syslogOf(alert: Extract<AlertConfig, { kind: 'syslog' }>): Sink {
  const url = new URL(alert.url);
  const transport = url.protocol === 'tls:' ? 'tls' : url.protocol === 'tcp:' ? 'tcp' : 'udp';
  return createSyslogSink({
    name: nameOf(`syslog ${alert.format} ${url.host}`, alert.url),
    transport,
    host: hostOf(url),
    port: url.port === '' ? PORT[transport] : Number(url.port),
    format: alert.format,
    origin: { hostName: hostname(), processId: process.pid },
  });
}

function mailOf(alert: Extract<AlertConfig, { kind: 'mail' }>): Sink {
  const url = new URL(alert.url);
  const user = url.username === '' ? null : decodeURIComponent(url.username);
  const tls = url.protocol === 'smtps:';
  return createMailSink({
    name: nameOf(`mail ${url.host}`, [alert.url, ...alert.to].join('\0')),
    host: hostOf(url),
    port: url.port === '' ? PORT[tls ? 'smtps' : 'smtp'] : Number(url.port),
    // A password never travels in the clear.
    security: tls ? 'tls' : user === null ? 'opportunistic' : 'starttls',
    user,
    password: alert.secret,
    from: alert.from,
    to: alert.to,
  });
}

const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');

function nameOf(words: string, whole: string): string {
  return `${words} ${createHash('sha256').update(whole).digest('hex').slice(0, 8)}`;
}
