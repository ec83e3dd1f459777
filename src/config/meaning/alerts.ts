// `alerts` as meant: each has one receiver, with what belongs to that kind, and names only lists and groups that exist.
import type { AlertConfig, AlertReceiver } from '../config.ts';
import { SYSLOG_FORMATS, WEBHOOK_FORMATS } from '../schema/alerts.ts';
import type { ConfigFile } from '../schema.ts';
import { nearest } from '../values/nearest.ts';
import { quote } from '../values/parsed.ts';
import type { Findings } from './findings.ts';

type AlertFile = ConfigFile['alerts'][number];
type Resolve = (alert: AlertFile, index: number, findings: Findings) => AlertReceiver;

const KINDS = { webhook, syslog, mail, command } satisfies Record<string, Resolve>;
type Kind = keyof typeof KINDS;

/** Which settings only some kinds have a use for. */
const BELONGS: readonly (readonly [
  setting: 'secret' | 'format' | 'from' | 'to',
  kinds: readonly Kind[],
  use: string,
])[] = [
  ['secret', ['webhook', 'mail'], 'signs webhooks and is the password of a mail user'],
  ['format', ['webhook', 'syslog'], 'is the form of a webhook or of syslog'],
  ['from', ['mail'], 'is the sender of mails'],
  ['to', ['mail'], 'is who gets mails'],
];

/** What an alert may name; null when that section could not be read. */
export interface Nameable {
  readonly lists: readonly string[] | null;
  readonly groups: readonly string[] | null;
}

export function resolveAlerts(
  alerts: readonly AlertFile[],
  names: Nameable,
  findings: Findings,
): AlertConfig[] {
  return alerts.flatMap((alert, index) => {
    const kinds = (Object.keys(KINDS) as Kind[]).filter((kind) => alert[kind] !== undefined);
    const [kind] = kinds;
    if (kind === undefined || kinds.length > 1) {
      findings.complain(
        ['alerts', index],
        'an alert goes to a `webhook`, a `syslog` server, a `mail` server or a `command`',
        'write one of them',
        'key',
      );
      return [];
    }
    for (const [setting, allowed, use] of BELONGS)
      if (alert[setting] !== undefined && !allowed.includes(kind))
        findings.complain(
          ['alerts', index, setting],
          `\`${setting}\` ${use}; a ${kind} has no use for it`,
          'remove it',
          'key',
        );
    checkNames(alert.lists, names.lists, { index, what: 'list' }, findings);
    checkNames(alert.groups, names.groups, { index, what: 'group' }, findings);
    return [
      {
        ...KINDS[kind](alert, index, findings),
        lists: alert.lists ?? null,
        groups: alert.groups ?? null,
        severity: alert.severity,
        groupWaitMs: alert.groupWait,
        repeatMs: alert.repeat,
        quiet: alert.quiet ?? null,
      },
    ];
  });
}

function checkNames(
  written: readonly string[] | undefined,
  known: readonly string[] | null,
  { index, what }: { readonly index: number; readonly what: 'list' | 'group' },
  findings: Findings,
): void {
  written?.forEach((name, at) => {
    if (known === null || known.includes(name)) return;
    const near = nearest(name, known);
    findings.complain(
      ['alerts', index, `${what}s`, at],
      `there is no ${what} ${quote(name)}`,
      near === null ? `${what}s are ${known.join(', ') || 'none'}` : `did you mean \`${near}\`?`,
    );
  });
}

function webhook(alert: AlertFile, index: number, findings: Findings): AlertReceiver {
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

function syslog(alert: AlertFile, index: number, findings: Findings): AlertReceiver {
  const url = alert.syslog ?? '';
  if (!/^(udp|tcp|tls):\/\/[^/\s]+$/i.test(url) || !URL.canParse(url))
    findings.complain(
      ['alerts', index, 'syslog'],
      `${quote(url)} is not a syslog server`,
      'write `udp://HOST:514`, `tcp://…` or `tls://…`',
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

function mail(alert: AlertFile, index: number, findings: Findings): AlertReceiver {
  const url = alert.mail ?? '';
  if (!/^smtps?:\/\/[^/\s]+$/i.test(url) || !URL.canParse(url) || new URL(url).password !== '')
    findings.complain(
      ['alerts', index, 'mail'],
      'this is not a mail server', // it may hold a password: never repeated
      'write `smtp://HOST:587`, `smtp://USER@HOST:587` or `smtps://HOST:465`; a password goes into `secret`',
    );
  const { from = '', to = [] } = alert;
  for (const [setting, addresses] of [
    ['from', [from]],
    ['to', to],
  ] as const)
    if (addresses.length === 0 || !addresses.every((address) => /^[^\s@<>,;]+@[^\s@<>,;]+$/.test(address)))
      findings.complain(
        alert[setting] === undefined ? ['alerts', index] : ['alerts', index, setting],
        `a mail needs \`${setting}\`: ${setting === 'from' ? 'one mail address' : 'mail addresses'}`,
        setting === 'from' ? 'write `from: cenote@office.example`' : 'write `to: [soc@office.example]`',
        alert[setting] === undefined ? 'key' : 'value',
      );
  return { kind: 'mail', url, from, to, secret: alert.secret ?? null };
}

function command(alert: AlertFile, index: number, findings: Findings): AlertReceiver {
  const command = alert.command ?? [];
  if (!command[0]?.startsWith('/'))
    findings.complain(
      ['alerts', index, 'command'],
      'a command begins with the absolute path of a program',
      'write `command: [/usr/local/bin/page, ARGUMENT]`',
    );
  return { kind: 'command', command };
}
