// The audit log over HTTP.

import { messageOf } from '../../config/coded-error.ts';
import { sinceMs } from '../events/asked.ts';
import { ok, type Route, RouteError, reads } from '../route.ts';
import {
  bounded,
  count,
  list,
  object,
  orNull,
  type Schema,
  said,
  since,
  text,
  time,
  wanted,
} from '../shapes.ts';
import type { Audit } from './audit.ts';
import type { AuditEntry } from './log.ts';

const ROWS_USUAL = 100;

const row: Schema = object({
  id: said('Grows; `before` wants it.', count),
  time,
  last: said('When the last of `count` was.', time),
  count: said('How often the same came within a minute, nothing being changed.', count),
  who: said('A user, the name of a token, or what a sign-in that failed named.', orNull(text)),
  role: orNull(text),
  way: said('password, token, oidc, socket, loopback, file or signal.', orNull(text)),
  address: said('Of the client; socket: the Unix socket.', orNull(text)),
  action: text,
  asked: said('As JSON, without secrets.', orNull(text)),
  before: said('As JSON, where it can be said.', orNull(text)),
  after: said('As JSON, where it can be said.', orNull(text)),
  result: said('ok, or the code of the error.', text),
});

export function auditRoutes(audit: Audit | null, now: () => number): readonly Route[] {
  return [
    reads({
      path: '/api/v1/audit',
      role: 'admin',
      summary: 'Who changed what, the newest first.',
      query: wanted({
        since: since('Back to a duration ago (7d) or a date (2026-11-20).'),
        who: said('Only of this user or token.', bounded(64)),
        before: said('`next` of the page before.', { type: 'string', pattern: '^[0-9]{1,15}$' }),
        limit: said('Rows at most, 1 to 1000; 100 unless said.', {
          type: 'string',
          pattern: '^([1-9][0-9]{0,2}|1000)$',
        }),
      }),
      response: object({
        rows: list(row),
        next: said('`before` of the next page; null: there is none.', orNull(text)),
        lost: said(
          'Rows since the start that are not here: they wait for the disk, or were too many.',
          count,
        ),
      }),
      answer: async ({ query }) => {
        const limit = Number(query['limit'] ?? ROWS_USUAL);
        const before = query['before'] === undefined ? null : Number(query['before']);
        const fromMs = query['since'] === undefined ? 0 : sinceMs(query['since'], now());
        const question = { before, sinceMs: fromMs, who: query['who'] ?? null, limit: limit + 1 };
        const told = await audit?.ask(question).catch(unreadable);
        const { rows, missing } = told ?? { rows: [], missing: 0 };
        const page = rows.slice(0, limit);
        const next = rows.length > limit ? String(page.at(-1)?.id) : null;
        return ok({ rows: page.map(view), next, lost: missing });
      },
    }),
  ];
}

function view({ atMs, lastMs, ...entry }: AuditEntry) {
  return { ...entry, time: new Date(atMs).toISOString(), last: new Date(lastMs).toISOString() };
}

function unreadable(error: unknown): never {
  const why = messageOf(error);
  throw new RouteError(503, 'NO_STORE', `the audit log cannot be read: ${why}`);
}
