// What the audit log says of one change: who, from where, by which way, what, before and after, and with which result.
import { CodedError } from '../../config/coded-error.ts';
import { shownUrl } from '../../config/values/shown-url.ts';
import type { Answer, Asked, Route } from '../route.ts';

export interface AuditRow {
  /** Null: nobody who is known. */
  readonly who: string | null;
  readonly role: string | null;
  /** password, token, oidc, socket, loopback, file or signal; null where nobody is known. */
  readonly way: string | null;
  /** The client's address, or `socket`; null for the daemon's own surroundings. */
  readonly address: string | null;
  /** `POST /api/v1/pause`, or `reload`. */
  readonly action: string;
  /** What was asked for, as JSON, without secrets; null for nothing. */
  readonly asked: string | null;
  /** As JSON; null where it is not said. */
  readonly before: string | null;
  readonly after: string | null;
  /** `ok`, or the code of the error. */
  readonly result: string;
}

export type AuditWriter = (row: AuditRow) => Promise<void>;

/** The `value` of a setting may be one, and a `file` is long: `after` has the lines that changed, secrets hidden. */
const SECRET = /^(password|code|token|secret|value|file)$/i;
const CHARACTERS_MAX = 2_000;

/** Answers, and tells the audit log what came of it where that keeps the route. */
export async function answerTo(route: Route, asked: Asked, audit: AuditWriter | undefined): Promise<Answer> {
  if (audit === undefined || !route.isAudited || onlyLooks(asked.body)) return route.answer(asked);
  let answer: Answer;
  try {
    answer = await route.answer(asked);
  } catch (error) {
    await audit(auditRow(route, asked, null, error instanceof CodedError ? error.code : 'INTERNAL'));
    throw error;
  }
  await audit(auditRow(route, asked, answer, 'ok'));
  return answer;
}

/** What would be done is shown before each change, and changes nothing. */
const onlyLooks = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && 'dryRun' in body && body.dryRun === true;

export function auditRow(
  route: Pick<Route, 'method' | 'path'> & Partial<Pick<Route, 'notAudited'>>,
  asked: Pick<Asked, 'who' | 'address' | 'params' | 'body'>,
  answer: Answer | null,
  result: string,
): AuditRow {
  const { params, body } = asked;
  const who = answer?.who ?? asked.who;
  const path = route.path.replace(/:([a-z]+)/g, (_, name: string) => params[name] ?? '');
  return {
    who: who?.name ?? userOf(body),
    role: who?.role ?? null,
    way: who?.way ?? null,
    address: asked.address,
    action: `${route.method} ${path.slice(0, 300)}`,
    asked: jsonOf(keptOf(body, route.notAudited)),
    before: jsonOf(answer?.before),
    after: jsonOf(answer?.after),
    result,
  };
}

function keptOf(body: unknown, left: readonly string[] = []): unknown {
  if (typeof body !== 'object' || body === null || left.length === 0) return body;
  return Object.fromEntries(Object.entries(body).filter(([name]) => !left.includes(name)));
}

/** Whom a sign-in that failed named: nobody who is known. */
function userOf(body: unknown): string | null {
  const user = typeof body === 'object' && body !== null && 'user' in body ? body.user : null;
  return typeof user === 'string' ? user : null;
}

/** The address of a list or a report may hold what opens it. */
function shown(value: unknown): unknown {
  return typeof value === 'string' && /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? shownUrl(value) : value;
}

function jsonOf(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  const text = JSON.stringify(value, (key, one: unknown) => (SECRET.test(key) ? '…' : shown(one)));
  if (text === '{}') return null;
  return text.length <= CHARACTERS_MAX ? text : `${text.slice(0, CHARACTERS_MAX)}…`;
}
