// The decoder and the rules of packaging/wazuh, read as Wazuh reads them (all decoders of one name are tried, each from the beginning of
// the line; a rule fires where its parent's and its own conditions hold), on the lines that cenote sends.
import { readFileSync } from 'node:fs';
import t from 'tap';
import { syslogMessages } from '../../src/alerts/syslog/messages.ts';
import type { Hit } from '../../src/hits/hit.ts';
import { nastyNotice, noticeOf } from '../support/hits-receivers.ts';
import { hitOf } from '../support/hits-records.ts';

const FOLDER = new URL('../../packaging/wazuh/', import.meta.url);
const text = (name: string): string =>
  readFileSync(new URL(name, FOLDER), 'utf8').replace(/<!--.*?-->/gs, '');
const within = (xml: string, name: string): string[] =>
  [...xml.matchAll(new RegExp(`<${name}(?: [^>]*)?>(.*?)</${name}>`, 'gs'))].map(([, inner = '']) =>
    inner.trim(),
  );
const only = (xml: string, name: string): string => within(xml, name)[0] ?? '';

const [parent = '', ...children] = within(text('cenote_decoders.xml'), 'decoder');

function decoded(line: string): Record<string, string> | null {
  if (!new RegExp(only(parent, 'prematch')).test(line)) return null;
  const fields: Record<string, string> = {};
  for (const child of children) {
    const found = new RegExp(only(child, 'regex')).exec(line);
    if (found === null) continue;
    for (const [i, field] of only(child, 'order').split(/,\s*/).entries())
      fields[field] ??= found[i + 1] ?? '';
  }
  return fields;
}

interface Rule {
  readonly id: string;
  readonly level: number;
  readonly parent: string | null;
  readonly fields: readonly (readonly [name: string, pattern: RegExp])[];
  readonly description: string;
}

/** What has no type is OS_Regex, which knows neither sets nor braces nor question marks: each is the sign itself. */
const osRegex = (pattern: string): RegExp => new RegExp(pattern.replace(/[.?[\]{}]/g, '\\$&'));

const rules = [...text('cenote_rules.xml').matchAll(/<rule id="(\d+)" level="(\d+)">(.*?)<\/rule>/gs)].map(
  ([, id = '', level, inner = '']): Rule => ({
    id,
    level: Number(level),
    parent: only(inner, 'if_sid') || null,
    fields: [...inner.matchAll(/<field name="([^"]*)"(?: type="(pcre2)")?>(.*?)<\/field>/g)].map(
      ([, name = '', type, pattern = '']) => [
        name,
        type === 'pcre2' ? new RegExp(pattern) : osRegex(pattern),
      ],
    ),
    description: only(inner, 'description'),
  }),
);

/** The gravest of those that fire, as where siblings match. */
function fired(fields: Record<string, string>): Rule | undefined {
  const holds = (rule: Rule): boolean =>
    rule.fields.every(([name, pattern]) => pattern.test(fields[name] ?? '')) &&
    (rule.parent === null || rules.some((one) => one.id === rule.parent && holds(one)));
  return rules.filter(holds).toSorted((a, b) => b.level - a.level)[0];
}

const ORIGIN = { hostName: 'cenote-1', processId: 42 };
const lines = (notice: Parameters<typeof syslogMessages>[0]) => syslogMessages(notice, 'rfc5424', ORIGIN);
const at = (user: string | null) => ({
  client: {
    ip: '192.0.2.7',
    name: 'till-3',
    mac: null,
    group: 'default',
    ...(user === null ? {} : { user }),
  },
});

const CAMPAIGN = noticeOf().incident?.campaign ?? null;
const GRAVE: Hit['matches'] = [
  {
    list: '3cx-2023',
    rule: 'akamaicontainer.com',
    indicator: { campaign: CAMPAIGN, source: null, firstPublished: null, confidence: 'high' },
    mode: 'enforce',
  },
];

t.test('a hit is decoded whoever is logged on', async (t) => {
  for (const user of [null, 'anna', 'CORP\\anna "the boss"']) {
    const of = (more: Partial<Hit>): string =>
      lines(noticeOf({ hits: [hitOf({ ...at(user), matches: GRAVE, ...more })] }))[0] ?? '';
    const line = of({ count: 3, outcome: 'data' });
    const fields = decoded(line) ?? {};
    t.match(fields, {
      'cenote.event': 'HIT',
      'cenote.severity': 'high',
      srcip: '192.0.2.7',
      url: 'www.akamaicontainer.com',
      'cenote.count': '3',
      'cenote.outcome': 'data',
    });
    t.equal(fields['srcuser'] ?? null, user?.replaceAll(/["\\]/g, '\\$&') ?? null);
    t.match(fired(fields), { level: 13 });
    t.match(fired(decoded(of({ outcome: 'blocked' })) ?? {}), { level: 12 }, 'of high confidence');
  }
});

t.test('each field that a rule shows or asks for is decoded where the rule fires', async (t) => {
  const asked = { name: 'old.evil.example', count: 4, firstMs: 0, lastMs: 1000 };
  const { incident } = noticeOf();
  const ended = incident === null ? null : { ...incident, state: 'closed' as const, end: 'silent' as const };
  const notices = [
    noticeOf(),
    nastyNotice(),
    noticeOf({ hits: [], kind: 'opened', found: [asked] }),
    noticeOf({ hits: [], kind: 'closed', incident: ended }),
    noticeOf({ incident: null, hits: [], kind: 'trouble', text: 'disk full' }),
  ];
  const ids = notices.map((notice) => {
    const fields = decoded(lines(notice)[0] ?? '') ?? {};
    const rule = fired(fields);
    for (const [, field = ''] of rule?.description.matchAll(/\$\(([^)]*)\)/g) ?? [])
      t.ok(fields[field], `${rule?.description}: ${field}`);
    return rule?.level;
  });
  t.same(ids, [12, 6, 10, 3, 8]);
  t.match(fired(decoded(lines(noticeOf({ kind: 'test' }))[0] ?? '') ?? {}), { level: 0 }, 'a test is none');
});
