// `out` as meant: each goes to one receiver, names only what exists, and holds its credentials apart from its URL.

import { SOCKET_OCTETS_MAX } from '../meant/admin.ts';
import { OUT_EVENTS, OUT_KINDS, type OutConfig, type OutKind } from '../meant/out.ts';
import { findFile } from '../read/files.ts';
import type { ConfigFile } from '../schema.ts';
import { quote } from '../values/parsed.ts';
import { userOf } from '../values/shown-url.ts';
import type { Nameable } from './alerts.ts';
import type { Findings } from './findings.ts';
import { checkNames } from './names.ts';

type OutFile = ConfigFile['out'][number];

/** Which settings only some kinds have a use for. */
const BELONGS: readonly (readonly [
  setting: 'index' | 'token' | 'ca' | 'headers',
  kinds: readonly OutKind[],
])[] = [
  ['index', ['hec', 'bulk']],
  ['token', ['hec', 'bulk', 'loki', 'otlp']],
  ['ca', ['hec', 'bulk', 'loki', 'otlp']],
  ['headers', ['hec', 'bulk', 'loki', 'otlp']],
];

export function resolveOut(out: readonly OutFile[], names: Nameable, findings: Findings): OutConfig[] {
  const taken = new Set(out.map(({ name }) => name));
  return out.flatMap((one, index) => {
    const kinds = OUT_KINDS.filter((kind) => one[kind] !== undefined);
    const [kind] = kinds;
    if (kind === undefined || kinds.length > 1) {
      findings.complain(
        ['out', index],
        'an output goes to a `dnstap`, a `hec`, a `bulk`, a `loki` or an `otlp` receiver',
        'write one of them',
        'key',
      );
      return [];
    }
    checkNames(one.lists, names.lists, { section: 'out', index, what: 'list' }, findings);
    checkNames(one.groups, names.groups, { section: 'out', index, what: 'group' }, findings);
    checkUse(one, kind, index, findings);
    if (one.name !== undefined && out.findIndex(({ name }) => name === one.name) < index)
      findings.complain(
        ['out', index, 'name'],
        `${quote(one.name)} is the name of another output too`,
        'give each its own',
      );
    const name = one.name ?? freeName(kind, taken);
    taken.add(name);
    const { url, basic } = placeOf(one, kind, index, findings);
    return [resolved(one, { name, kind, url, basic, ca: certificatesOf(one, index, findings) })];
  });
}

function resolved(one: OutFile, place: Pick<OutConfig, 'name' | 'kind' | 'url' | 'basic' | 'ca'>): OutConfig {
  const { batch, spool } = one;
  return {
    ...place,
    events: place.kind === 'dnstap' ? ['queries'] : (one.events ?? OUT_EVENTS),
    groups: one.groups ?? null,
    lists: one.lists ?? null,
    outcomes: one.outcomes ?? null,
    clients: one.clients?.flat() ?? null,
    token: one.token ?? null,
    headers: one.headers ?? {},
    index: one.index ?? null,
    ack: one.ack,
    gzip: one.gzip,
    batch: { events: batch.events, octets: batch.size, waitMs: batch.wait },
    spool: { sizeOctets: spool.size, ageMs: spool.age },
  };
}

function freeName(kind: OutKind, taken: ReadonlySet<string | undefined>): string {
  let name: string = kind;
  for (let number = 2; taken.has(name); number += 1) name = `${kind}-${number}`;
  return name;
}

function checkUse(one: OutFile, kind: OutKind, index: number, findings: Findings): void {
  for (const [setting, allowed] of BELONGS)
    if (one[setting] !== undefined && !allowed.includes(kind))
      findings.complain(
        ['out', index, setting],
        `a ${kind} has no use for \`${setting}\``,
        'remove it',
        'key',
      );
  if (one.ack && kind !== 'hec')
    findings.complain(
      ['out', index, 'ack'],
      '`ack` is the indexer acknowledgement of a `hec`',
      'remove it',
      'key',
    );
  if (kind === 'hec' && one.token === undefined)
    findings.complain(
      ['out', index],
      'a `hec` needs its `token`',
      'write `token: file:/run/secrets/…`',
      'key',
    );
  const wrong = (one.events ?? []).filter((event) => kind === 'dnstap' && event !== 'queries');
  if (wrong.length > 0)
    findings.complain(
      ['out', index, 'events'],
      `a dnstap takes no ${wrong.join(', ')}`,
      'write `events: [queries]`',
    );
  if (one.events?.length === 0)
    findings.complain(['out', index, 'events'], 'nothing would go out', `choose of ${OUT_EVENTS.join(', ')}`);
}

/** A user and a password do not stay in the URL: it stands in logs and answers. */
function placeOf(
  one: OutFile,
  kind: OutKind,
  index: number,
  findings: Findings,
): Pick<OutConfig, 'url' | 'basic'> {
  const written = one[kind] ?? '';
  if (kind === 'dnstap') {
    const isPath = /^unix:\/.+/.test(written);
    const isPlace = /^tcp:\/\/[^/\s@]+:\d{1,5}$/.test(written) && URL.canParse(written);
    if (!isPath && !isPlace)
      findings.complain(
        ['out', index, kind],
        `${quote(written)} is not a dnstap reader`,
        'write `unix:/run/dnstap.sock` or `tcp://HOST:6000`',
      );
    if (isPath && Buffer.byteLength(written.slice('unix:'.length)) > SOCKET_OCTETS_MAX)
      findings.complain(
        ['out', index, kind],
        `the path of a Unix socket has at most ${SOCKET_OCTETS_MAX} octets`,
        'write a shorter one, such as `unix:/run/dnstap.sock`',
      );
    return { url: written, basic: null };
  }
  if (!/^https?:\/\//i.test(written) || !URL.canParse(written)) {
    // It may hold a password: never repeated.
    findings.complain(['out', index, kind], 'this is not a URL', 'write `https://HOST:PORT`');
    return { url: '', basic: null };
  }
  const url = new URL(written);
  const user = userOf(url);
  if (user !== null && one.token !== undefined)
    findings.complain(
      ['out', index, 'token'],
      'there is a user in the URL and a `token`',
      'keep one of them',
      'key',
    );
  if (user !== null && kind === 'hec')
    findings.complain(
      ['out', index, kind],
      'a `hec` takes a `token`, no user',
      'remove the user from the URL',
    );
  url.username = '';
  url.password = '';
  return { url: url.href.replace(/\/$/, ''), basic: user };
}

function certificatesOf({ ca }: OutFile, index: number, findings: Findings): string | null {
  if (ca === undefined) return null;
  const { path, tried } = findFile(ca, findings.places);
  if (path === null)
    findings.complain(
      ['out', index, 'ca'],
      `there is no file ${quote(ca)}`,
      `looked for ${tried.join(' and ')}`,
    );
  return path;
}
