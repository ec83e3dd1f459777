// Explains a question with what upstreams said, where that can be had: each answer that is missing is looked for, and the walk
// is asked again.

import type { Config } from '../../config/config.ts';
import type { KnownClient } from '../../policy/groups.ts';
import type { RuleSet } from '../../policy/rule.ts';
import { Views } from '../../policy/views.ts';
import { FAILURE } from '../../upstream/exchange.ts';
import { createForwarder } from '../../upstream/forward.ts';
import { type Asked, type Decision, decideFor } from './decision.ts';
import { type AnswerSource, type KnownAnswer, KnownAnswers, type Unanswered } from './known-answers.ts';

/** A question leads to three at most: a rewrite, and what an upstream says of its target. */
const ANSWERS_MAX = 8;

export interface ExplainParts {
  readonly config: Config;
  readonly ruleSet: RuleSet;
  readonly known: readonly KnownClient[];
  /** The time that is asked about. */
  readonly at: Date;
  /** Names of the groups that are paused then. */
  readonly paused: readonly string[];
  /** Tried in their order. */
  readonly sources: readonly AnswerSource[];
}

/** @throws CodedError when name, type or client are none */
export async function explain(asked: Asked, parts: ExplainParts): Promise<Decision> {
  const { config, ruleSet, known, at, paused, sources } = parts;
  const answers = new KnownAnswers();
  for (;;) {
    const decision = decideFor(asked, config, ruleSet, known, at, paused, answers);
    const { missing } = answers;
    if (missing === null || answers.size === ANSWERS_MAX) return decision;
    const answer = await firstOf(sources, missing);
    if (answer === null) return decision;
    answers.add(missing, answer);
  }
}

async function firstOf(sources: readonly AnswerSource[], question: Unanswered): Promise<KnownAnswer | null> {
  for (const source of sources) {
    const answer = await source(question);
    if (answer !== null) return answer;
  }
  return null;
}

/** Asks the upstreams of the configuration. @param own addresses of cenote itself, never asked */
export function askingSource(config: Config, own: readonly string[]): AnswerSource {
  return async ({ message, view }) => {
    const forwarder = createForwarder({
      upstreams: config.upstreams,
      views: new Views(config.groups, 0).servers,
      own,
      now: () => performance.now(),
      udp: 'portable',
    });
    try {
      return await new Promise((resolve) => {
        const settled = (_: number, response: Uint8Array, length: number, failure: number): void =>
          resolve(failure === FAILURE.none ? { message: response.slice(0, length), from: 'asked' } : null);
        forwarder.ask(message, message.length, { settled }, 0, view);
      });
    } finally {
      await forwarder.close();
    }
  };
}
