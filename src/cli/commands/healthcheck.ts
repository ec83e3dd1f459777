// `cenote healthcheck`: 0 when the running daemon answers DNS and says it is healthy, else 1 and why. For engines, Kubernetes and VRRP.
//
// A mistake in the file counts for nothing here: the daemon goes on with the one it has, and a restart would not come back.
import type { HealthView } from '../../admin/state.ts';
import type { SocketAddress } from '../../config/config.ts';
import { counted } from '../../config/values/grouped.ts';
import { formatEndpoint } from '../../wire/names/address.ts';
import { EXIT } from '../cli-error.ts';
import { configFile } from '../config-file.ts';
import { askDaemon } from '../daemon-client.ts';
import { answersDns } from '../dns-probe.ts';
import { printError, printJson, printLines } from '../print.ts';
import { targetOf } from '../target.ts';

export interface HealthcheckOptions {
  readonly config?: string;
  /** Also 1 where it does not answer by the rules that should be in force. */
  readonly ready?: boolean;
  readonly json?: boolean;
}

export async function healthcheckCommand(options: HealthcheckOptions): Promise<number> {
  const target = await targetOf(configFile(options.config));
  const [reply, dns] = await Promise.all([
    target.admin === null && target.socket === null ? null : askDaemon(target, '/healthz'),
    dnsState(target.dns),
  ]);
  const problems = [...dns.problems];
  let healthy = dns.answers;
  if (reply?.kind === 'answer') {
    const health = reply.body as Pick<HealthView, 'healthy' | 'ready'> & Partial<HealthView>;
    healthy &&= health.healthy && (options.ready !== true || health.ready);
    // Who is not signed in is told none.
    problems.push(...(health.problems ?? []).map(({ what }) => what));
  } else if (reply !== null) {
    healthy = false;
    problems.push(
      reply.kind === 'none' ? `no daemon answers (${reply.why})` : `${reply.message} (${reply.where})`,
    );
  }
  if (options.json) printJson({ healthy, problems });
  else if (healthy) printLines([headOf(problems.length), ...problems]);
  else for (const problem of problems) printError(problem);
  return healthy ? EXIT.ok : EXIT.failed;
}

/** As `status` has it: never "healthy" beside a problem, also where a restart would mend nothing and the code is 0. */
function headOf(problems: number): string {
  return problems === 0 ? 'healthy' : `answers, and needs attention: ${counted(problems, 'problem')}`;
}

/** One address that answers is enough: a machine without IPv6 still serves. */
async function dnsState(
  addresses: readonly SocketAddress[],
): Promise<{ answers: boolean; problems: string[] }> {
  const known = addresses.filter(({ port }) => port !== 0);
  if (known.length === 0) return { answers: true, problems: [] };
  const answered = await Promise.all(known.map(answersDns));
  if (answered.includes(true)) return { answers: true, problems: [] };
  const places = known.map(({ host, port }) => formatEndpoint(host, port));
  return { answers: false, problems: [`no DNS listener answers (${places.join(', ')})`] };
}
