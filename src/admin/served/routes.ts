// Lists as other programs fetch them: who may, and the whole of it, the packed whole of it, or "not changed".
import { createHash, timingSafeEqual } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { ServedListConfig } from '../../config/meant/serve.ts';
import { PrefixTable } from '../../policy/prefixes.ts';
import type { PublishState, ServedFile } from '../../publish/messages.ts';
import { textToAddress } from '../../wire/names/address.ts';
import { type Answer, type Asked, ok, type Route, RouteError, reads } from '../route.ts';
import { bounded, type Schema, said, wanted } from '../shapes.ts';
import { servedSchema, servedView } from './view.ts';

export interface ServedState {
  readonly published: () => PublishState;
  /** `serve.lists` of the configuration. */
  readonly servedLists: () => readonly ServedListConfig[];
}

const TEXT = 'text/plain; charset=utf-8';
const HOW =
  'give its token (Bearer, or Basic with the token as password), that of the admin interface, or name the address in `allow`';
/** A large list over a slow line. */
const PATIENCE_MS = 600_000;

const params: Schema = wanted(
  {
    list: said('Name of a list of `serve.lists`.', bounded(63)),
    format: said('hosts, domains, adblock, rpz or addresses', bounded(16)),
  },
  ['list', 'format'],
);

export function servedRoutes(state: ServedState): readonly Route[] {
  return [
    reads({
      path: '/api/v1/served',
      role: 'reader',
      summary: 'Zones and lists that others fetch from here, and which secondary has what.',
      response: servedSchema,
      answer: async () => ok(servedView(state.published())),
    }),
    reads({
      path: '/served/:list/:format',
      role: 'open',
      summary: 'A list in one format, for other programs. It has its own token and `allow`.',
      params,
      response: null,
      also: [304],
      patienceMs: PATIENCE_MS,
      answer: (asked) => fetched(state, asked),
    }),
  ];
}

async function fetched(state: ServedState, asked: Asked): Promise<Answer> {
  const { list = '', format = '' } = asked.params;
  const config = state.servedLists().find(({ name }) => name === list);
  // Before anything is said of what there is.
  if (!(config !== undefined && isAdmitted(config, asked)) && asked.who === null)
    throw new RouteError(401, 'NO_TOKEN', `this list is not for everybody; ${HOW}`, {
      'www-authenticate': 'Basic realm="cenote"',
    });
  if (config === undefined) throw new RouteError(404, 'NOT_FOUND', `there is no list ${list} in serve.lists`);
  if (!config.formats.some((offered) => offered === format))
    throw new RouteError(404, 'NOT_FOUND', `${list} is offered as ${config.formats.join(', ')}`);
  const file = state
    .published()
    .lists.find(({ name }) => name === list)
    ?.formats.find((one) => one.format === format);
  if (file === undefined) throw new RouteError(503, 'NOT_MADE', 'it is being made; ask again in a moment');
  return answerWith(file, asked.headers);
}

function isAdmitted({ allow, token }: ServedListConfig, { address, headers }: Asked): boolean {
  const octets = textToAddress(address);
  const table = new PrefixTable(allow.map(({ bytes, bits }) => ({ bytes, bits, value: 1 })));
  if (octets !== null && table.find(octets) >= 0) return true;
  const [, scheme = '', offered = ''] =
    /^(bearer|basic) +(\S.*)$/i.exec(headers['authorization'] ?? '') ?? [];
  const isBasic = scheme.toLowerCase() === 'basic';
  const secret = isBasic
    ? Buffer.from(offered, 'base64')
        .toString()
        .replace(/^[^:]*:/, '')
    : offered;
  return token !== null && secret !== '' && isSame(secret, token);
}

/** Digests are compared, so that neither content nor length tells by time. */
function isSame(a: string, b: string): boolean {
  const digest = (secret: string): Buffer => createHash('sha256').update(secret).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** RFC 9110 §8.8, §13: validators are of the form that is sent. */
async function answerWith(
  { path, digest, changedMs, octets, packedOctets }: ServedFile,
  headers: Asked['headers'],
): Promise<Answer> {
  const isPacked = takesGzip(headers['accept-encoding']);
  const etag = `"${digest}${isPacked ? '-gzip' : ''}"`;
  const common = {
    etag,
    'last-modified': new Date(changedMs).toUTCString(),
    vary: 'accept-encoding',
    'cache-control': 'no-cache',
  };
  if (isUnchanged(headers, etag, changedMs))
    return { status: 304, body: '', contentType: TEXT, headers: common };
  const expected = isPacked ? packedOctets : octets;
  const file = await open(isPacked ? `${path}.gz` : path).catch(() => null);
  if (file === null || (await file.stat()).size !== expected) {
    await file?.close();
    throw new RouteError(503, 'NOT_MADE', 'it is being made; ask again in a moment');
  }
  return {
    status: 200,
    body: file.createReadStream(),
    contentType: TEXT,
    headers: {
      ...common,
      'content-length': String(expected),
      ...(isPacked ? { 'content-encoding': 'gzip' } : {}),
    },
  };
}

/** `gzip` or `*`, unless its weight is 0 (§12.5.3). */
function takesGzip(accepted = ''): boolean {
  const parts = accepted.split(',').map((part) => part.trim().toLowerCase().split(';'));
  const found = parts.find(([name]) => name === 'gzip') ?? parts.find(([name]) => name === '*');
  return found !== undefined && !found.some((weight) => /^\s*q=0(\.0*)?\s*$/.test(weight));
}

/** If-None-Match goes before If-Modified-Since (§13.2.2); seconds are all that a date has. */
function isUnchanged(headers: Asked['headers'], etag: string, changedMs: number): boolean {
  const tags = headers['if-none-match'];
  if (tags !== undefined)
    return tags.split(',').some((tag) => ['*', etag].includes(tag.trim().replace(/^W\//, '')));
  const since = Date.parse(headers['if-modified-since'] ?? '');
  return Math.floor(changedMs / 1000) * 1000 <= since;
}
