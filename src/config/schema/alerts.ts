// `alerts`: who is told of a hit, and in which form.
import { z } from 'zod';
import { anyText, choice } from './kinds.ts';

export const WEBHOOK_FORMATS = ['generic', 'slack', 'teams', 'discord', 'ntfy', 'alertmanager'] as const;
export const SYSLOG_FORMATS = ['rfc5424', 'cef', 'ecs', 'ocsf'] as const;

export const alertSchema = z.strictObject({
  webhook: anyText('an https:// URL').optional().describe('URL that gets a POST.'),
  syslog: anyText('a URL such as `udp://10.0.0.7:514`')
    .optional()
    .describe('Syslog server: `udp://`, `tcp://` or `tls://`, address or name, port.'),
  format: choice([...WEBHOOK_FORMATS, ...SYSLOG_FORMATS])
    .optional()
    .describe(
      `Webhook: ${WEBHOOK_FORMATS.join(', ')} (unset: generic). Syslog: ${SYSLOG_FORMATS.join(', ')} (unset: rfc5424).`,
    ),
  secret: anyText('text, or `file:/run/secrets/…`', { secret: true })
    .optional()
    .describe('Key that signs a webhook (HMAC-SHA256), or `file:/run/secrets/…`.'),
});

export const alertsSchema = z.array(alertSchema);
