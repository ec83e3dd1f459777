// A hit as the store keeps it: what many share (who asked; rule, type, transport, outcome) by number, the rest as it is.
import type { Hit } from '../hit.ts';
import { jsonOf } from '../log/hit-lines.ts';
import { momentToText } from '../log/moment.ts';
import type { MatchMode } from '../match.ts';

export interface HitRow {
  readonly id: string;
  readonly timeMs: number;
  readonly count: number;
  /** Numbers of hitClients and hitKinds. */
  readonly client: number;
  readonly kind: number;
  readonly name: string;
  /** A number: so many characters at the end of the name. */
  readonly rule: string | number;
  readonly via: string | null;
  /** Null: its own rule is the only one. 0: none. Else JSON. */
  readonly matches: string | number | null;
  /** Null: it is the first of its visit. */
  readonly visit: string | null;
}

/** What hits share, as it was stored. */
export interface Shared {
  readonly client: string;
  readonly kind: string;
}

/** What hits of one machine at one address share, as JSON. */
export function clientOf({ client, machine, through }: Hit): string {
  const known = machine === (client.machine ?? client.mac ?? client.ip) && through === null;
  return known ? jsonOf(client) : JSON.stringify({ ...client, machine, through });
}

/** What hits of one rule, type, transport, verdict and outcome share, as JSON. */
export function kindOf(hit: Hit): string {
  const { question, transport, verdict, list, answer, indicator, worker, outcome, rcode, resolver } = hit;
  const tail =
    `"answer":${jsonOf(answer)},"indicator":${indicator === null ? 'null' : jsonOf(indicator)},"worker":${worker}` +
    `,"outcome":"${outcome}","rcode":${rcode === null ? 'null' : `"${rcode}"`},"resolver":${JSON.stringify(resolver)}}`;
  return `{"type":"${question.type}","class":"${question.class}","transport":"${transport}","verdict":"${verdict}","list":${JSON.stringify(list)},${tail}`;
}

export function hitOf(row: HitRow, shared: Shared): Hit {
  const kind = JSON.parse(shared.kind);
  const { machine, through, nameFrom, ...rest } = JSON.parse(shared.client);
  // Before the machine was known its name had no source either.
  const client = nameFrom === undefined ? rest : { ...rest, machine, nameFrom };
  const { id, name, matches } = row;
  const rule = typeof row.rule === 'number' ? name.slice(name.length - row.rule) : row.rule;
  const own = { list: kind.list, rule, indicator: kind.indicator, mode: modeOf(kind.verdict) };
  return {
    event: 'hit',
    id,
    time: momentToText(row.timeMs),
    count: row.count,
    client,
    question: { name, type: kind.type, class: kind.class },
    transport: kind.transport,
    verdict: kind.verdict,
    rule,
    list: kind.list,
    answer: kind.answer,
    via: row.via,
    indicator: kind.indicator,
    worker: kind.worker,
    machine: machine ?? client.mac ?? client.ip,
    visit: row.visit ?? id,
    matches: matches === 0 ? [] : matches === null ? [own] : JSON.parse(String(matches)),
    outcome: kind.outcome ?? 'unrecorded',
    rcode: kind.rcode ?? null,
    through: through ?? null,
    resolver: kind.resolver ?? '',
  };
}

/** Null: its own rule is the only one. 0: none. */
export function matchesKept({ matches, list, rule, verdict }: Hit): string | number | null {
  const [first] = matches;
  if (first === undefined) return 0;
  const isOwn = first.list === list && first.rule === rule && first.mode === modeOf(verdict);
  return matches.length === 1 && isOwn ? null : jsonOf(matches);
}

const modeOf = (verdict: Hit['verdict']): MatchMode => (verdict === 'monitor' ? 'monitor' : 'enforce');
