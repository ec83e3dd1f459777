// Windows logon events as they come by syslog: JSON (NXLog, Winlogbeat and their kin), RFC 5424 structured data, XML, Snare's tabs
// and the rendered English text.
//
//   4624  logged on: where from (`IpAddress`), who (`TargetUserName`), under which logon id
//   4634, 4647  that logon id is over
import { textToAddress } from '../../wire/names/address.ts';
import { isLinkLocal } from '../../wire/names/scope.ts';
import { userOf } from './session.ts';

export type LogonEvent =
  | {
      readonly kind: 'begun';
      /** Machine and logon id: what the end says again. */
      readonly id: string;
      readonly user: string;
      readonly domain: string | null;
      /** 16 octets. */
      readonly address: Uint8Array;
    }
  | { readonly kind: 'ended'; readonly id: string };

const LOGGED_ON = '4624';
const ENDED: readonly string[] = ['4634', '4647'];
/** Of the system itself, a scheduled task, a service: nobody sits there. */
const UNATTENDED_TYPES: readonly string[] = ['0', '4', '5'];
const DEPTH_MAX = 6;
const FIELDS_MAX = 500;

/** By the last part of its name, in lower case without `_`. */
type Fields = ReadonlyMap<string, string>;

/** @param sender whose events they are, where no machine is named @returns null for what says nothing of a user */
export function readLogonEvent(message: string, sender: string): LogonEvent | null {
  const fields = fieldsOf(message);
  const event = fields.get('eventid') ?? fields.get('code') ?? '';
  const logonId = fields.get('targetlogonid') ?? '';
  if (!/^(?:0x)?[0-9a-f]+$/i.test(logonId)) return null;
  const machine = fields.get('computer') ?? fields.get('computername') ?? fields.get('hostname') ?? sender;
  const id = `${machine.toLowerCase()} ${logonId.toLowerCase()}`;
  if (ENDED.includes(event)) return { kind: 'ended', id };
  if (event !== LOGGED_ON || UNATTENDED_TYPES.includes(fields.get('logontype') ?? '')) return null;
  const domain = fields.get('targetdomainname') ?? null;
  const user = userOf(fields.get('targetusername') ?? '', domain, fields.get('targetusersid') ?? '');
  const address = clientAddress(fields.get('ipaddress') ?? '');
  if (user === null || address === null) return null;
  return { kind: 'begun', id, user, domain: domain === '-' || domain === '' ? null : domain, address };
}

/** A logon from the machine itself says nothing of a client; a link-local address is one of the sender's links. */
function clientAddress(written: string): Uint8Array | null {
  const address = textToAddress(written.trim());
  if (address === null) return null;
  const isSelf = /^(?:::ffff:)?127\.0\.0\.1$|^::1$|^::$|^0\.0\.0\.0$/i.test(written.trim());
  return isSelf || isLinkLocal(address) ? null : address;
}

function fieldsOf(message: string): Fields {
  const brace = message.indexOf('{');
  if (brace >= 0) {
    const parsed = parseJson(message.slice(brace));
    if (parsed !== null) return jsonFields(parsed);
  }
  if (/<Event[\s>]/.test(message)) return xmlFields(message);
  const structured = structuredFields(message);
  return structured.has('eventid') ? structured : textFields(message.replaceAll('#011', '\t'));
}

function parseJson(text: string): object | null {
  try {
    const parsed: unknown = JSON.parse(text.trimEnd());
    return typeof parsed === 'object' ? parsed : null;
  } catch {
    return null;
  }
}

/** Nested in whatever way the shipper nests them: `winlog.event_data.IpAddress`, `win.eventdata.ipAddress`, `Event.EventData.Data[]`. */
function jsonFields(parsed: object): Fields {
  const fields = new Map<string, string>();
  const walk = (value: unknown, depth: number): void => {
    if (typeof value !== 'object' || value === null || depth > DEPTH_MAX) return;
    for (const [key, one] of Object.entries(value)) {
      if (fields.size >= FIELDS_MAX) return;
      const name = (key.split('.').at(-1) ?? '').toLowerCase().replaceAll('_', '');
      if (typeof one === 'string' || typeof one === 'number') {
        if (!fields.has(name)) fields.set(name, String(one));
      } else walk(one, depth + 1);
    }
    const {
      Name: name,
      '@Name': attribute = name,
      Value: content,
      '#text': text = content,
    } = value as Record<string, unknown>;
    if (typeof attribute === 'string' && typeof text === 'string') fields.set(attribute.toLowerCase(), text);
  };
  walk(parsed, 0);
  return fields;
}

function xmlFields(message: string): Fields {
  const fields = new Map<string, string>();
  const plain = (text: string): string =>
    text
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&apos;', "'")
      .replaceAll('&amp;', '&');
  for (const [, name = '', value = ''] of message.matchAll(
    /<Data Name=["'](\w{1,40})["']>([^<]{0,400})<\/Data>/g,
  ))
    fields.set(name.toLowerCase(), plain(value));
  for (const [, name = '', value = ''] of message.matchAll(
    /<(EventID|Computer)(?:\s[^>]{0,100})?>([^<]{0,400})</g,
  ))
    fields.set(name.toLowerCase(), plain(value));
  return fields;
}

/** `[NXLOG@14506 EventID="4624" IpAddress="192.0.2.7"]`; quotes, backslashes and brackets are escaped (RFC 5424 §6.3.3). */
function structuredFields(message: string): Fields {
  const fields = new Map<string, string>();
  for (const [, name = '', value = ''] of message.matchAll(/[ [](\w{1,40})="((?:[^"\\\]]|\\.){0,1000})"/g))
    if (!fields.has(name.toLowerCase())) fields.set(name.toLowerCase(), value.replace(/\\(["\\\]])/g, '$1'));
  return fields;
}

/** Snare's `MSWinEventLog` with tabs, and what Windows itself writes in English. */
function textFields(message: string): Fields {
  const fields = new Map<string, string>();
  const snare = message.split('MSWinEventLog').at(1)?.split('\t') ?? [];
  const event = snare[5] ?? /\bEvent ?ID:?\s{0,4}(\d{4})\b/i.exec(message)?.[1];
  if (event !== undefined) fields.set('eventid', event);
  const computer =
    snare[10] ?? /^(?:<\d{1,3}>)?(?:\w{3} [\d ]\d \S{8}|\d \S{1,40}) (\S{1,255})/.exec(message)?.[1];
  if (computer !== undefined) fields.set('computer', computer);
  const text = message.replace(/\s+/g, ' ');
  const section = event === LOGGED_ON ? text.slice(Math.max(0, text.indexOf('New Logon:'))) : text;
  const note = (field: string, expression: RegExp, of: string): void => {
    const value = expression.exec(of)?.[1];
    if (value !== undefined) fields.set(field, value);
  };
  note('targetusersid', / Security ID: (\S{1,200})/, section);
  note('targetusername', / Account Name: (.{1,253}?) Account Domain:/, section);
  note('targetdomainname', / Account Domain: (.{1,253}?) Logon ID:/, section);
  note('targetlogonid', / Logon ID: (0x[0-9a-f]{1,16})/i, section);
  note('logontype', / Logon Type: (\d{1,2})\b/, text);
  note('ipaddress', / Source Network Address: (\S{1,60})/, section);
  return fields;
}
