// `alerts` as meant: each has one receiver, with what belongs to that kind, and names only lists and groups that exist.
import type { AlertConfig, AlertReceiver } from '../config.ts';
import { SYSLOG_FORMATS, WEBHOOK_FORMATS } from '../schema/alerts.ts';
import type { ConfigFile } from '../schema.ts';
import { quote } from '../values/parsed.ts';
import type { Findings } from './findings.ts';
import { checkNames } from './names.ts';

type AlertFile = ConfigFile['alerts'][number];
type Resolve = (alert: AlertFile, index: number, findings: Findings) => AlertReceiver;

const KINDS = { webhook, syslog, mail, command } satisfies Record<string, Resolve>;
type Kind = keyof typeof KINDS;

/** Which settings only some kinds have a use for. */
const BELONGS: readonly (readonly [
  setting: 'secret' | 'format' | 'framing' | 'from' | 'to',
  kinds: readonly Kind[],
  use: string,
])[] = [
  ['secret', ['webhook', 'mail'], 'signs webhooks and is the password of a mail user'],
  ['format', ['webhook', 'syslog'], 'is the form of a webhook or of syslog'],
  ['framing', ['syslog'], 'separates syslog messages over TCP and TLS'],
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
  const resolved = alerts.flatMap((alert, index) => {
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
    checkNames(alert.lists, names.lists, { section: 'alerts', index, what: 'list' }, findings);
    checkNames(alert.groups, names.groups, { section: 'alerts', index, what: 'group' }, findings);
    const receiver = KINDS[kind](alert, index, findings);
    return [
      {
        ...receiver,
        name: alert.name ?? null,
        lists: alert.lists ?? null,
        groups: alert.groups ?? null,
        severity: alert.severity,
        groupWaitMs: alert.groupWait,
        repeatMs: alert.repeat,
        quiet: alert.quiet ?? null,
      },
    ];
  });
  complainOfTwins(alerts, findings);
  return named(resolved);
}

function complainOfTwins(alerts: readonly AlertFile[], findings: Findings): void {
  alerts.forEach(({ name }, index) => {
    const first = alerts.findIndex((other) => other.name === name);
    if (name === undefined || first === index) return;
    findings.complain(
      ['alerts', index, 'name'],
      `${quote(name)} is the name of receiver ${first + 1} too`,
      'give each a name of its own',
    );
  });
}

/** Gives those without a name one that says where they are and holds no secret; equal ones are numbered in their order. */
function named(
  receivers: readonly (AlertReceiver & Omit<AlertConfig, 'name'> & { readonly name: string | null })[],
): AlertConfig[] {
  const taken = new Set(receivers.map(({ name }) => name));
  return receivers.map((receiver) => {
    if (receiver.name !== null) return { ...receiver, name: receiver.name };
    const words = placeOf(receiver);
    let name = words;
    for (let number = 2; taken.has(name); number += 1) name = `${words} ${number}`;
    taken.add(name);
    return { ...receiver, name };
  });
}

function placeOf(receiver: AlertReceiver): string {
  const host = 'url' in receiver && URL.canParse(receiver.url) ? new URL(receiver.url).host : '';
  switch (receiver.kind) {
    case 'webhook':
    case 'syslog':
      return `${receiver.kind} ${receiver.format} ${host}`;
    case 'mail':
      return `mail ${host}`;
    case 'command':
      return `command ${receiver.command[0] ?? ''}`;
    default:
      return receiver satisfies never;
  }
}

function webhook(alert: AlertFile, index: number, findings: Findings): AlertReceiver {
  const url = alert.webhook ?? '';
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url))
    findings.complain(
      ['alerts', index, 'webhook'],
      `${quote(withoutUser(url))} is not a URL`,
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
  if (alert.framing !== undefined && /^udp:/i.test(url))
    findings.complain(
      ['alerts', index, 'framing'],
      '`framing` separates messages over TCP and TLS; a datagram is one message',
      'remove it',
      'key',
    );
  return { kind: 'syslog', url, format: format ?? 'rfc5424', framing: alert.framing ?? 'octets' };
}

/** What stands before the host may be a password: never repeated. */
const withoutUser = (url: string): string => url.replace(/^([a-z]*:?\/*).*@/i, '$1');

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
