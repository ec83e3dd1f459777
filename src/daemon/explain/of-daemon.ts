// Explains a question as the running daemon sees it: its clients, rules, pauses, and what its resolver threads keep.
import type { AskedView, DecisionView } from '../../admin/state.ts';
import { nameLength } from '../../wire/names/name.ts';
import type { Supervisor } from '../supervisor.ts';
import { clientMeant } from './client-meant.ts';
import { askingSource, explain } from './explain.ts';
import type { AnswerSource } from './known-answers.ts';
import { linesFor } from './lines.ts';
import { pausedAt, timeMeant } from './time-meant.ts';

/** @throws CodedError when name, type, client or time are none */
export async function explainInDaemon(asked: AskedView, supervisor: Supervisor): Promise<DecisionView> {
  const { config, rules, book, pool } = supervisor;
  const at = timeMeant(asked.at, new Date());
  const kept: AnswerSource = async ({ name, qtype, group }) => {
    const message = await pool.kept(name.slice(0, nameLength(name, 0)), qtype, group);
    return message === null ? null : { message, from: 'kept' };
  };
  const decision = await explain(
    { ...asked, ...clientMeant(asked.client, book.table, config) },
    {
      config,
      ruleSet: rules.ruleSet,
      known: book.known,
      at,
      paused: pausedAt(supervisor.pauses.all(), at),
      sources: asked.ask === true ? [kept, askingSource(config, pool.bound)] : [kept],
    },
  );
  return { ...decision, lines: await linesFor(decision, (list) => rules.textInForce(list)) };
}
