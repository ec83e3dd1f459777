// `cenote alerts test`: sends a sample to every receiver and says what each answered.
import type { ReceiverReply } from '../../desk/messages.ts';
import { EXIT } from '../cli-error.ts';
import { columns } from '../lines/table.ts';
import { printError, printJson, printLines } from '../print.ts';
import { askRunning, type DaemonOptions } from '../running-daemon.ts';

/** @returns 1 when a receiver did not accept it, or there is none: nobody would learn of a hit */
export async function alertsTestCommand(options: DaemonOptions): Promise<number> {
  const told = await askRunning<{ readonly receivers: readonly ReceiverReply[] }>(
    options,
    '/api/v1/alerts/test',
    {
      body: {},
      timeoutMs: 35_000,
    },
  );
  const { receivers } = told;
  if (options.json) printJson(told);
  else if (receivers.length === 0)
    printError('nobody would be told: there is no receiver (alerts); add one, see docs/alerts.md');
  else
    printLines(
      columns(
        receivers.map(({ receiver, error }) => [receiver, error === null ? 'accepted' : `failed: ${error}`]),
      ),
    );
  return receivers.length > 0 && receivers.every(({ error }) => error === null) ? EXIT.ok : EXIT.failed;
}
