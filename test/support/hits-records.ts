// Hits and their records for tests of what becomes of them.
import {
  decodeHit,
  encodeHit,
  HIT_OCTETS_MAX,
  HitFacts,
  type HitRecord,
} from '../../src/events/hit-record.ts';
import { Draft, putNumber, RECORD } from '../../src/events/record.ts';
import { RESULT } from '../../src/events/result.ts';
import type { Hit } from '../../src/hits/hit.ts';
import type { RuleFaces } from '../../src/policy/rule-meaning.ts';
import { type AskedBy, queryOf } from './events-query.ts';

export const START_MS = Date.UTC(2026, 10, 23, 9, 0, 0, 123);

export interface HitText extends AskedBy {
  readonly timeMs?: number;
  readonly facts?: Partial<HitFacts>;
}

export function hitOctets(text: HitText): Uint8Array {
  const draft = new Draft(HIT_OCTETS_MAX);
  const facts = Object.assign(
    new HitFacts(),
    { verdict: 1, result: RESULT.blocked, rcode: 0, rule: 0, nameOffset: 0, revision: 1 },
    text.facts,
  );
  const length = encodeHit(draft, queryOf(text), facts);
  putNumber(draft.octets, RECORD.time, text.timeMs ?? START_MS);
  return draft.octets.slice(0, length);
}

export function hitRecord(text: HitText): HitRecord {
  const octets = hitOctets(text);
  const record = decodeHit(octets, 0, octets.length);
  if (record === null) throw new Error('a hit that cannot be read back');
  return record;
}

/** Two lists: `3cx-2023` (rule 0, an indicator list) and `ads` (rule 1, and rule 2 with an address of its own). */
export const RULES: RuleFaces = {
  revision: 1,
  lists: [
    { name: '3cx-2023', action: 'sinkhole', mode: 'enforce', alert: true },
    { name: 'ads', action: 'sinkhole', mode: 'enforce', alert: false },
  ],
  rules: [
    rule(0, {
      indicator: {
        campaign: '3CX supply chain',
        source: 'bleepingcomputer.com',
        firstPublished: '2023-03-29',
        confidence: 'high',
        note: null,
      },
    }),
    rule(1, {}),
    rule(1, { rewrite: { kind: 'address', addresses: ['192.0.2.80', '2001:db8::80'] } }),
  ],
  patterns: [{ group: 0, source: '^ads?[0-9]*\\.', rule: 1 }],
};

function rule(list: number, more: Partial<RuleFaces['rules'][number]>): RuleFaces['rules'][number] {
  return {
    list,
    action: 'sinkhole',
    scope: 'subtree',
    important: false,
    types: null,
    typesNegated: false,
    clients: null,
    except: null,
    rewrite: null,
    firm: false,
    indicator: null,
    ...more,
  };
}

export function hitOf(more: Partial<Hit> = {}): Hit {
  return {
    event: 'hit',
    id: '01KARZ0000000000000000000A',
    time: new Date(START_MS).toISOString(),
    count: 1,
    client: { ip: '192.0.2.7', name: null, mac: null, group: 'default' },
    question: { name: 'www.akamaicontainer.com', type: 'A', class: 'IN' },
    transport: 'udp',
    verdict: 'sinkhole',
    rule: 'akamaicontainer.com',
    list: '3cx-2023',
    answer: ['0.0.0.0'],
    via: null,
    indicator: null,
    worker: 0,
    machine: more.client?.machine ?? more.client?.ip ?? '192.0.2.7',
    visit: `${more.time ?? ''} ${more.question?.name ?? ''}`,
    matches: [{ list: '3cx-2023', rule: 'akamaicontainer.com', indicator: null, mode: 'enforce' }].map(
      (match) => ({
        ...match,
        mode: more.verdict === 'monitor' ? 'monitor' : 'enforce',
        list: more.list ?? match.list,
        rule: more.rule ?? match.rule,
        indicator: more.indicator ?? null,
      }),
    ),
    outcome: 'blocked',
    rcode: 'NOERROR',
    through: null,
    resolver: 'resolver.example',
    ...more,
  };
}
