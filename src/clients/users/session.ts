// A user's session: who was logged on where, from when to when, and who says so.
import type { Prefix } from '../../config/config.ts';

/** RADIUS accounting, a Windows logon event, or another program through the API. */
export type SaidBy = 'radius' | 'windows' | 'api';

export interface Session {
  /** The same for all that is said of one session; unlike that of any other. */
  readonly id: string;
  /** As the source writes it. */
  readonly user: string;
  /** Of Windows; null where the source knows none. */
  readonly domain: string | null;
  readonly saidBy: SaidBy;
  /** Address of the sender, or the name of the program. */
  readonly from: string;
  /** Where it is; another set is another record of the session. */
  readonly networks: readonly Pick<Prefix, 'bytes' | 'bits'>[];
  readonly mac: string | null;
  /** Id of the machine that had the address when it began; null: none was known there yet. */
  readonly machine: string | null;
  /** Wall clock. */
  readonly fromMs: number;
  /** Null while it lasts. */
  readonly toMs: number | null;
  /** When it ends unless something more is said of it. */
  readonly expiresMs: number;
}

/** What another program says through the API. */
export interface PushedUser {
  /** 16 octets. */
  readonly address: Uint8Array;
  readonly mac: string | null;
  readonly user: string;
  readonly sinceMs: number | null;
  readonly untilMs: number | null;
}

/** Windows' own accounts, by their security ids: they are on every machine. */
const OWN_SIDS = /^S-1-(?:0-0|5-(?:7|18|19|20|80-|90-|96-))/i;
const OWN_DOMAINS = /^(?:NT AUTHORITY|Window Manager|Font Driver Host|NT SERVICE)$/i;
const OWN_NAMES =
  /^(?:-|SYSTEM|LOCAL SERVICE|NETWORK SERVICE|ANONYMOUS LOGON|IUSR|(?:DWM|UMFD)-\d+|krbtgt)$/i;
/** A MAC address as switches write it into User-Name for a device without a user. */
const MAC_AS_USER = /^[0-9a-f]{2}(?:[:.-]?[0-9a-f]{2}){5}$|^[0-9a-f]{4}(?:\.[0-9a-f]{4}){2}$/i;
const USER_MAX = 253;

/** The user that a source means; null where it means a machine or a service, or writes what no name is. */
export function userOf(written: string, domain: string | null = null, sid = ''): string | null {
  const user = written.trim();
  if (user === '' || user.length > USER_MAX || /\p{Cc}/u.test(user)) return null;
  const bare = bareUser(user);
  if (bare.endsWith('$') || /^host\//i.test(user) || MAC_AS_USER.test(user)) return null;
  if (OWN_NAMES.test(bare) || OWN_DOMAINS.test(domain ?? '') || OWN_SIDS.test(sid)) return null;
  if (/^NT AUTHORITY\\/i.test(user)) return null;
  return user;
}

/** `anna` of `CORP\anna` and of `anna@corp.example`. */
export const bareUser = (user: string): string => user.replace(/^[^\\]*\\/, '').replace(/(?!^)@[^@]*$/, '');

/** Whether a person who says `text` means its user: without a domain one of any domain, as in groups. */
export function isCalled({ user, domain }: Pick<Session, 'user' | 'domain'>, text: string): boolean {
  const names = [user, bareUser(user), ...(domain === null ? [] : [`${domain}\\${user}`])];
  return names.some((name) => name.toLowerCase() === text.toLowerCase());
}
