// Sessions of users as people and programs read them.
import type { SaidBy, Session } from './session.ts';
import { endOf } from './session-table.ts';
import { usersOf } from './sessions.ts';

/** As people and programs read it. */
export interface UserView {
  readonly user: string;
  readonly domain: string | null;
  readonly saidBy: SaidBy;
  /** ISO 8601. */
  readonly from: string;
  /** Null while it lasts. */
  readonly to: string | null;
}

/** Sessions as they are shown, the latest first; records of one session are one. @param nowMs what has not ended by then lasts */
function userViews(sessions: readonly Session[], nowMs: number): readonly UserView[] {
  const whole = new Map<string, Session>();
  for (const session of sessions) {
    const other = whole.get(session.id) ?? session;
    const latest = other.fromMs > session.fromMs ? other : session;
    whole.set(session.id, { ...latest, fromMs: Math.min(other.fromMs, session.fromMs) });
  }
  return [...whole.values()]
    .sort((a, b) => b.fromMs - a.fromMs)
    .map(({ user, domain, saidBy, fromMs, toMs, expiresMs }) => {
      const endMs = toMs ?? (expiresMs > nowMs ? null : expiresMs);
      return { user, domain, saidBy, from: isoOf(fromMs), to: endMs === null ? null : isoOf(endMs) };
    });
}

const isoOf = (timeMs: number): string => new Date(timeMs).toISOString();

export interface Logons {
  /** Who is logged on now; null: nobody is known to be, or several are. */
  readonly user: string | null;
  /** Who is and was, the latest first. */
  readonly logons: readonly UserView[];
}

/** @param sessions of one machine */
export function logonsOf(sessions: readonly Session[], nowMs: number): Logons {
  const here = usersOf(sessions.filter((session) => session.fromMs <= nowMs && endOf(session) > nowMs));
  return { user: here.length === 1 ? (here[0] ?? null) : null, logons: userViews(sessions, nowMs) };
}
