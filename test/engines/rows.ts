// The rows of docs/lists.md, asked of the engines themselves.
import { type Asked, listOf, partsOf } from '../lists/constructs/table.ts';
import { ADBLOCK, DNSMASQ, REGEX, RPZ, UNBOUND } from '../lists/constructs/tables.ts';
import { adblock } from './adblock.ts';
import type { Engine } from './differential.ts';
import { expressions } from './expressions.ts';
import { dnsmasq, unbound } from './local-data.ts';
import type { Case, Outcome, Question } from './outcome.ts';
import { policyZones } from './policy-zones.ts';

/** Sentences, one for each answer that is another than the row says. */
export async function wrongRows(): Promise<string[]> {
  const wrong: string[] = [];
  /** Resolvers hold one list at a time: rows are of the same names. */
  const held: readonly (readonly [typeof ADBLOCK, Engine, 'together' | 'apart'])[] = [
    [ADBLOCK, adblock, 'together'],
    [DNSMASQ, dnsmasq, 'apart'],
    [UNBOUND, unbound, 'apart'],
    [REGEX, expressions, 'together'],
    ...policyZones.map((engine) => [RPZ, engine, 'apart'] as const),
  ];
  for (const [{ rows }, engine, how] of held) {
    const cases = rows.map((row): Case => ({ rules: listOf(row), questions: row.asked.map(questionOf) }));
    const outcomes =
      how === 'together' ? (await engine.answer(cases)).outcomes : await oneByOne(engine, cases);
    for (const [number, { construct, asked }] of rows.entries())
      for (const [i, { name, type, theirs }] of asked.map(partsOf).entries()) {
        const said = outcomes[number]![i]!;
        if (said !== theirs)
          wrong.push(`${engine.name} ${construct} ${name} ${type}: ${said}, not ${theirs}`);
      }
  }
  return wrong;
}

function questionOf(asked: Asked): Question {
  const { name, type } = partsOf(asked);
  return { name, type, client: '192.0.2.9' };
}

async function oneByOne(engine: Engine, cases: readonly Case[]): Promise<(readonly Outcome[])[]> {
  const all: (readonly Outcome[])[] = [];
  for (const one of cases) all.push(...(await engine.answer([one])).outcomes);
  return all;
}
