// `cenote alerts test`: sends a sample to every sink and says what each answered.
import type { SinkReply } from '../../desk/messages.ts';
import { EXIT } from '../cli-error.ts';
import { columns, printError, printJson, printLines } from '../print.ts';
import { askRunning, type DaemonOptions } from '../running-daemon.ts';

/** @returns 1 when a sink did not take it, or there is none: nobody would learn of a hit */
export async function alertsTestCommand(options: DaemonOptions): Promise<number> {
  const { sinks } = await askRunning<{ readonly sinks: readonly SinkReply[] }>(
    options,
    '/api/v1/alerts/test',
    {
      body: {},
      timeoutMs: 35_000,
    },
  );
  if (options.json) printJson({ sinks });
  else if (sinks.length === 0)
    printError('nobody would be told: there is no sink (alerts); add one, see docs/alerts.md');
  else
    printLines(
      columns(sinks.map(({ sink, error }) => [sink, error === null ? 'took it' : `failed: ${error}`])),
    );
  return sinks.length > 0 && sinks.every(({ error }) => error === null) ? EXIT.ok : EXIT.failed;
}
