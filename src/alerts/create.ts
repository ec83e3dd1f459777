// From the config's `alerts` to receivers. Only their names go into logs and outbox, never what may be secret in a URL.
import { hostname } from 'node:os';
import type { AlertConfig } from '../config/config.ts';
import { decodedPart } from '../config/values/shown-url.ts';
import type { Receiver } from './receiver.ts';
import { createCommandReceiver } from './receivers/command.ts';
import { createMailReceiver } from './receivers/mail.ts';
import { createWebhook } from './receivers/webhook.ts';
import type { Outlet } from './settings.ts';
import { createSyslogReceiver } from './syslog/syslog-receiver.ts';

const PORT = { udp: 514, tcp: 601, tls: 6514, smtp: 587, smtps: 465 } as const;

export function outletsOf(alerts: readonly AlertConfig[]): Outlet[] {
  return alerts.map((alert) => ({
    receiver: receiverOf(alert),
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

function receiverOf(alert: AlertConfig): Receiver {
  switch (alert.kind) {
    case 'webhook':
      return createWebhook({
        name: alert.name,
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
      return createCommandReceiver({
        name: alert.name,
        program,
        arguments: rest,
      });
    }
    default:
      return alert satisfies never;
  }
}

function syslogOf(alert: Extract<AlertConfig, { kind: 'syslog' }>): Receiver {
  const url = new URL(alert.url);
  const transport = url.protocol === 'tls:' ? 'tls' : url.protocol === 'tcp:' ? 'tcp' : 'udp';
  return createSyslogReceiver({
    name: alert.name,
    transport,
    host: hostOf(url),
    port: url.port === '' ? PORT[transport] : Number(url.port),
    format: alert.format,
    framing: alert.framing,
    origin: { hostName: hostname(), processId: process.pid },
  });
}

function mailOf(alert: Extract<AlertConfig, { kind: 'mail' }>): Receiver {
  const url = new URL(alert.url);
  const user = url.username === '' ? null : decodedPart(url.username);
  const tls = url.protocol === 'smtps:';
  return createMailReceiver({
    name: alert.name,
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
