// Plays random lists to an engine and to cenote, and counts by cause where they differ.
import type { ListConfig } from '../../src/config/config.ts';
import { Random } from '../witness/random.ts';
import { type Case, type Outcome, ours, type Question } from './outcome.ts';

export interface Difference {
  readonly rules: readonly string[];
  readonly question: Question;
  readonly ours: Outcome;
  readonly theirs: Outcome;
}

export interface Engine {
  readonly name: string;
  readonly settings: Partial<ListConfig>;
  make(random: Random, number: number): Case;
  /** @returns its version, and an outcome for every question of every case */
  answer(
    cases: readonly Case[],
  ): Promise<{ readonly version: string; readonly outcomes: readonly (readonly Outcome[])[] }>;
  /** The known reason of a difference; null for none. */
  causeOf(difference: Difference): string | null;
}

export interface Result {
  readonly engine: string;
  readonly version: string;
  readonly sets: number;
  readonly questions: number;
  readonly same: number;
  readonly causes: ReadonlyMap<string, readonly Difference[]>;
}

/** Of differences without a known reason. */
export const UNEXPLAINED = 'unexplained';

export async function play(engine: Engine, sets: number, seed: number): Promise<Result> {
  const random = new Random(seed);
  const cases = Array.from({ length: sets }, (_, number) => engine.make(random, number));
  const { version, outcomes } = await engine.answer(cases);
  const causes = new Map<string, Difference[]>();
  let questions = 0;
  let same = 0;
  for (const [i, one] of cases.entries()) {
    const decided = await ours(one, engine.settings);
    for (const [k, question] of one.questions.entries()) {
      questions += 1;
      const difference = { rules: one.rules, question, ours: decided[k]!, theirs: outcomes[i]![k]! };
      if (isSame(difference)) {
        same += 1;
        continue;
      }
      const cause = engine.causeOf(difference) ?? UNEXPLAINED;
      causes.set(cause, [...(causes.get(cause) ?? []), difference]);
    }
  }
  return { engine: engine.name, version, sets, questions, same, causes };
}

/** The sinkhole's answer is 0.0.0.0 and ::, and NODATA for other types. */
function isSame({ ours: our, theirs, question: { type } }: Difference): boolean {
  if (our === theirs) return true;
  const isAddress = type === 'A' || type === 'AAAA';
  return (
    our === 'block' &&
    (theirs === 'data 0.0.0.0' || theirs === 'data ::' || (!isAddress && theirs === 'nodata'))
  );
}
