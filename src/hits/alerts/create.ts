// From the config's `alerts` to sinks. Names are made of kind, format, host and a digest: they go into logs and outbox, and
// the secret part of a webhook's URL does not.
import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import type { AlertConfig } from '../../config/config.ts';
import type { Outlet } from './delivery.ts';
import { SINK_DEFAULTS } from './settings.ts';
import type { Sink } from './sink.ts';
import { createSyslogSink } from './syslog/syslog-sink.ts';
import { createWebhook } from './webhook.ts';

const PORT = { udp: 514, tcp: 601, tls: 6514 } as const;

export function outletsOf(alerts: readonly AlertConfig[]): Outlet[] {
  return alerts.map((alert) => ({ sink: sinkOf(alert), settings: SINK_DEFAULTS }));
}

function sinkOf(alert: AlertConfig): Sink {
  const url = new URL(alert.url);
  const name = `${alert.kind} ${alert.format} ${url.host} ${createHash('sha256').update(alert.url).digest('hex').slice(0, 8)}`;
  if (alert.kind === 'webhook')
    return createWebhook({ name, url: alert.url, format: alert.format, secret: alert.secret, now: Date.now });
  const transport = url.protocol === 'tls:' ? 'tls' : url.protocol === 'tcp:' ? 'tcp' : 'udp';
  return createSyslogSink({
    name,
    transport,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? PORT[transport] : Number(url.port),
    format: alert.format,
    origin: { hostName: hostname(), processId: process.pid },
  });
}
