// One check of another engine's test: what it asks, what it expects, and what cenote gave.
import { RCODES } from '../../support/message.ts';
import type { Reply } from './player.ts';

export interface Check {
  /** Of Unbound the file without its prefix, of BIND the group of tests. */
  readonly group: string;
  readonly number: string;
  readonly asked: string;
  readonly expected: string;
  readonly got: string;
}

export const isPassed = ({ expected, got }: Check): boolean => expected === got;

export function shown(reply: Reply | null): string {
  if (reply === null) return 'no answer';
  const rcode = Object.keys(RCODES).find((name) => RCODES[name] === reply.rcode) ?? reply.rcode;
  return [rcode, ...(reply.tc ? ['TC'] : []), ...reply.answer].join(', ');
}
