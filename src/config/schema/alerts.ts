// `alerts`: who is notified of a hit, and in which form.
import { z } from 'zod';
import { bad, good, type Parsed, quote } from '../values/parsed.ts';
import { parseSchedule } from '../values/schedule.ts';
import { anyText, choice, duration, text } from './kinds.ts';

export const WEBHOOK_FORMATS = ['generic', 'slack', 'teams', 'discord', 'ntfy', 'alertmanager'] as const;
export const SEVERITIES = ['low', 'medium', 'high'] as const;
export const SYSLOG_FORMATS = ['rfc5424', 'cef', 'leef', 'ecs', 'ocsf'] as const;
export const FRAMINGS = ['octets', 'newline'] as const;

/** It stands in logs, in a table of the store and on the page. */
function parseName(written: string): Parsed<string> {
  if (/^[\p{L}\p{N}][\p{L}\p{N} ._@:-]{0,63}$/u.test(written)) return good(written);
  return bad(
    `${quote(written)} is not the name of a receiver`,
    'write at most 64 letters, digits, spaces and `-_.@:`, a letter or digit first',
  );
}

const SECOND = 1000;
const WEEK = 7 * 24 * 3600 * SECOND;

export const alertSchema = z.strictObject({
  name: text('a name of letters, digits, spaces and `-_.@:`', parseName)
    .optional()
    .describe(
      'What the receiver is called in logs and answers. What waits for it is kept under this name, whatever its URL or format becomes; unset, it is made of kind, format and host.',
    ),
  webhook: anyText('an https:// URL')
    .optional()
    .describe('URL that gets a POST. `https://USER:PASSWORD@HOST/…` is sent as basic authentication.'),
  syslog: anyText('a URL such as `udp://10.0.0.7:514`')
    .optional()
    .describe('Syslog server: `udp://`, `tcp://` or `tls://`, address or name, port.'),
  mail: anyText('a URL such as `smtp://mail.office.example:587`')
    .optional()
    .describe(
      'Mail server: `smtp://[USER@]HOST[:PORT]` (STARTTLS where it is offered, whatever the certificate; with a user a must, and the certificate has to be trusted), `smtps://` (TLS).',
    ),
  from: anyText('a mail address').optional().describe('Sender of mails.'),
  to: z.array(anyText('a mail address')).optional().describe('Who gets mails.'),
  command: z
    .array(anyText('a program or an argument'))
    .optional()
    .describe('Program and arguments, started without a shell for each notice, which it reads as JSON.'),
  format: choice([...WEBHOOK_FORMATS, ...SYSLOG_FORMATS])
    .optional()
    .describe(
      `Webhook: ${WEBHOOK_FORMATS.join(', ')} (unset: generic). Syslog: ${SYSLOG_FORMATS.join(', ')} (unset: rfc5424).`,
    ),
  framing: choice(FRAMINGS)
    .optional()
    .describe(
      'How syslog over TCP and TLS separates messages (RFC 6587): `octets` counts them (unset), `newline` ends each with a line feed, as Wazuh, Logstash and Splunk read it.',
    ),
  secret: anyText('text, or `file:/run/secrets/…`', { secret: true })
    .optional()
    .describe('Key that signs a webhook (HMAC-SHA256), password of a mail user; or `file:/run/secrets/…`.'),
  lists: z
    .array(anyText('the name of a list'))
    .optional()
    .describe('Lists whose hits are sent to it; unset, all with `alert: true`.'),
  groups: z
    .array(anyText('the name of a group'))
    .optional()
    .describe('Groups whose hits are sent to it; unset, all.'),
  severity: choice(SEVERITIES)
    .prefault('low')
    .describe(
      'The least severity that is sent to it: the confidence of the indicator, `medium` without one.',
    ),
  groupWait: duration({ min: 0, max: WEEK })
    .prefault('1s')
    .describe('How long a new incident waits, so that others of the same moment go out in one notice.'),
  repeat: duration({ min: SECOND, max: WEEK })
    .prefault('4h')
    .describe('The longest pause between notices of one incident that goes on; the first few come sooner.'),
  quiet: text('a schedule such as `Sat,Sun` or `22:00-06:00`', parseSchedule)
    .optional()
    .describe('When nothing is told, in local time; what happened is told at its end.'),
});

export const alertsSchema = z.array(alertSchema);
