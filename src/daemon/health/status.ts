// The state of the daemon as `cenote status` and the page show it: put together from what its threads say.
import type { PausedMachine } from '../../admin/events/paused-machines.ts';
import type { PauseView } from '../../admin/events/state.ts';
import type { ListView } from '../../admin/lists/list-view.ts';
import { servedView } from '../../admin/served/view.ts';
import type { HealthView, StatusView } from '../../admin/state.ts';
import { VERSION } from '../../config/version.ts';
import type { HitsState } from '../../desk/messages.ts';
import { readCounters } from '../../events/counters.ts';
import type { Supervisor } from '../supervisor.ts';
import type { WorkerReport } from '../threads/messages.ts';
import { upstreamViews } from './upstream-views.ts';

interface Told {
  readonly reports: readonly WorkerReport[];
  /** Null: the hits thread does not say. */
  readonly hits: HitsState | null;
  readonly lists: readonly ListView[];
  /** Where the admin interface listens. */
  readonly admin: string | null;
  readonly paused: readonly PauseView[];
  readonly pausedMachines: readonly PausedMachine[];
  readonly health: HealthView;
}

export function statusOf(
  supervisor: Supervisor,
  { reports, hits, lists, admin, paused, pausedMachines, health }: Told,
): StatusView {
  const { config, rules, pool, bound, startedAtMs, lastReload, inForce, waits } = supervisor;
  const counters = readCounters(supervisor.counters);
  const sum = (of: (report: WorkerReport) => number): number =>
    reports.reduce((total, one) => total + of(one), 0);
  return {
    version: VERSION,
    pid: process.pid,
    startedAt: new Date(startedAtMs).toISOString(),
    uptimeSeconds: Math.round(process.uptime()),
    listening: bound,
    admin: admin,
    workers: {
      configured: config.workers,
      answering: reports.length,
      replaced: pool.deaths,
      hitsReplaced: supervisor.hits.deaths,
    },
    config: {
      file: config.file,
      lastReload:
        lastReload === null
          ? null
          : { time: new Date(lastReload.atMs).toISOString(), error: lastReload.error },
      waitsForRestart: waits.settings,
    },
    certificate:
      inForce.certificate === null
        ? null
        : {
            names: inForce.certificate.names,
            notAfter: new Date(inForce.certificate.notAfterMs).toISOString(),
          },
    rules: {
      names: rules.ruleSet.names,
      patterns: rules.ruleSet.patterns.length,
      revision: rules.ruleSet.revision,
    },
    lists: {
      total: lists.length,
      stale: lists.filter(({ why, inForce }) => why !== null && inForce).map(({ name }) => name),
      missing: lists.filter(({ inForce }) => !inForce).map(({ name }) => name),
    },
    served: servedView(supervisor.publisher.state),
    paused,
    pausedMachines,
    upstreams: upstreamViews(
      reports.flatMap((report) => report.upstreams),
      config,
    ),
    cache: {
      entries: sum((report) => report.cacheEntries),
      octets: sum((report) => report.cacheOctets),
      hits: counters.cacheHits,
      misses: counters.cacheMisses,
    },
    hitLog: {
      // Of a hits thread that does not answer it is not known: that is a problem of its own.
      failing: hits?.logFailing ?? false,
      linesLost: (hits?.lost ?? 0) + (hits?.logLinesLost ?? 0),
      stdoutLost: hits?.stdoutLost ?? 0,
    },
    out: hits?.out ?? [],
    counters,
    users: supervisor.book.users.state,
    health,
  };
}
