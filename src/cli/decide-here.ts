// What would be decided by a configuration that no daemon runs.
import type { AskedView, DecisionView } from '../admin/state.ts';
import { ClientBook } from '../clients/client-book.ts';
import type { Config } from '../config/config.ts';
import { clientMeant } from '../daemon/explain/client-meant.ts';
import { DecisionError } from '../daemon/explain/decision.ts';
import { askingSource, explain } from '../daemon/explain/explain.ts';
import { linesFor } from '../daemon/explain/lines.ts';
import { type OfflineLists, withOfflineLists } from '../daemon/explain/offline.ts';
import { timeMeant } from '../daemon/explain/time-meant.ts';
import { CliError, EXIT } from './cli-error.ts';
import { withPolicy } from './fleet/with-policy.ts';
import { printError, tellLoaded } from './print.ts';
import { loaderOf } from './read-config.ts';
import { looking } from './target.ts';

/** @returns null when the configuration cannot be used; its mistakes are told */
export async function decideHere(file: string, asked: AskedView): Promise<DecisionView | null> {
  const { load } = await withPolicy(loaderOf(file, looking));
  const config = tellLoaded(await load());
  if (config === null) return null;
  return withOfflineLists(config, (offline) => decideBy(offline, config, asked));
}

async function decideBy(
  { result, lists, textInForce }: OfflineLists,
  config: Config,
  asked: AskedView,
): Promise<DecisionView> {
  for (const { name, lastError, source } of lists)
    if (lastError !== null)
      printError(
        `warning: list ${name} is not counted: ${lastError.message}${lastError.message.includes(source) ? '' : ` (${source})`}`,
      );
  const book = new ClientBook({
    config,
    own: () => [],
    changed: () => undefined,
    regrouped: () => undefined,
    dir: null,
    report: (problem) => printError(`warning: ${problem}`),
  });
  try {
    const parts = {
      config,
      ruleSet: result.ruleSet,
      known: book.known,
      at: timeMeant(asked.at, new Date()),
      paused: [],
      sources: asked.ask === true ? [askingSource(config, [])] : [],
    };
    const decision = await explain({ ...asked, ...clientMeant(asked.client, book.table, config) }, parts);
    return { ...decision, lines: await linesFor(decision, textInForce) };
  } catch (error) {
    if (error instanceof DecisionError) throw new CliError('CLI_QUESTION', EXIT.bad, error.message);
    throw error;
  }
}
