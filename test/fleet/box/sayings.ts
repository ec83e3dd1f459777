// What the head of the box publishes, and how a site's answers show which revision is in force there.
//
// The n-th policy has a list with `rN.mark.example`, and blocked names are answered with an address made of N: an answer with the name of one and the address
// of another is a mixture of two revisions.
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { askUdp } from '../../support/client.ts';
import type { ConfigLiteral } from '../../support/daemon.ts';
import { query } from '../../support/message.ts';
import { readMessage } from '../../support/read-message.ts';
import type { Place } from './place.ts';

const ASK_MS = 1_500;
const ADDRESSES = 250;

export const addressOf = (n: number): string => `192.0.2.${1 + (n % ADDRESSES)}`;
export const markOf = (n: number): string => `r${n}.mark.example`;

export interface Saying {
  /** Whether it says something that a site's own file may not bear. */
  readonly isContested?: boolean;
  /** Of its list, beside those that trials ask for. */
  readonly names?: number;
  /** Whoever publishes it may die meanwhile. */
  readonly mayFail?: boolean;
}

export function sayingsOf(n: number, dir: string, { isContested = false, names = 0 }: Saying): ConfigLiteral {
  const list = join(dir, `list-${n}.txt`);
  const more = Array.from({ length: names }, () => `||${randomBytes(10).toString('hex')}.test^\n`);
  writeFileSync(list, `||c2.example^\n||${markOf(n)}^\n${more.join('')}`);
  return {
    lists: { threats: { source: list, alert: true } },
    sinkhole: { answer: { a: addressOf(n) } },
    groups: {
      default: { clients: ['any'], lists: ['threats'] },
      ...(isContested ? { servers: { clients: [CONTESTED], lists: ['threats'] } } : {}),
    },
  };
}

/** A network that a group of the head has in contested policies, and that a site which refuses gives to another. */
export const CONTESTED = '10.1.0.0/16';
export const REFUSING: ConfigLiteral = { groups: { default: { clients: ['any', CONTESTED], lists: [] } } };

/** The address that a blocked name is answered with; null: it is not blocked, or nobody answers. */
export async function blockedWith({ daemon }: Place, name: string, askMs = ASK_MS): Promise<string | null> {
  if (daemon === null) return null;
  const reply = await askUdp(daemon.server, query(name, 'A'), askMs).catch(() => null);
  return reply === null ? null : (readMessage(reply)?.answer.find(({ type }) => type === 'A')?.data ?? null);
}
