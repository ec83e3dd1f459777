// `/metrics` for Prometheus: how queries ended, hits, lists, cache, upstreams, receivers and the process.
//
// Every metric is read from what already counts it: none has a writer of its own here, and none needs a timer.
import { Counter, Gauge, Registry } from 'prom-client';
import type { PublishState } from '../../publish/messages.ts';
import type { ListView } from '../lists/list-view.ts';
import type { AdminState, StatusView } from '../state.ts';
import { HELP } from './counter-help.ts';
import type { FiguresView } from './figures.ts';
import { histogramText } from './waits.ts';

export class Metrics {
  readonly #registry = new Registry();
  readonly #state: AdminState;
  readonly #counters = new Map<string, Counter>();
  readonly #gauges = new Map<string, Gauge>();

  constructor(state: AdminState) {
    this.#state = state;
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** The text of this moment. */
  async text(): Promise<string> {
    const figures = await this.#state.figures();
    this.#countEndings(figures);
    for (const [name, value] of Object.entries(this.#state.counters())) {
      const help = HELP[name];
      if (help !== undefined) this.#count(snakeCase(name), help, [{ labels: {}, value }]);
    }
    this.#measureHits(figures);
    this.#measureOut(figures);
    this.#measureLists(this.#state.lists());
    this.#measureServed(this.#state.published());
    this.#measureStatus(await this.#state.status());
    this.#measureProcess();
    const waits = histogramText(
      'cenote_upstream_wait_seconds',
      "How long clients' queries waited for upstreams.",
      figures.waits,
    );
    return `${await this.#registry.metrics()}\n${waits}`;
  }

  #countEndings({ endings, replies }: FiguresView): void {
    const transports = [...new Set(endings.map(({ transport }) => transport))];
    this.#count(
      'queries',
      'Queries that have ended: the sum of cenote_query_endings_total.',
      transports.map((transport) => ({
        labels: { transport },
        value: endings.reduce((sum, one) => sum + (one.transport === transport ? one.count : 0), 0),
      })),
    );
    this.#count(
      'query_endings',
      'Queries by how they ended, each once.',
      endings.map(({ transport, ending, count }) => ({
        labels: { transport, ending: snakeCase(ending) },
        value: count,
      })),
    );
    this.#count(
      'replies',
      'Replies by RCODE.',
      replies.map(({ rcode, count }) => ({ labels: { rcode }, value: count })),
    );
  }

  #measureOut({ out }: FiguresView): void {
    const waiting = this.#gaugeOf('out_events_waiting', 'Events that an output has not delivered yet.', [
      'output',
    ]);
    const octets = this.#gaugeOf('out_spool_octets', 'What they take on the disk.', ['output']);
    const lag = this.#gaugeOf('out_lag_seconds', 'How long the oldest of them waits.', ['output']);
    const failing = this.#gaugeOf('out_failing', '1 while an output delivers nothing.', ['output']);
    for (const gauge of [waiting, octets, lag, failing]) gauge.reset();
    for (const { name: output, waiting: events, waitingOctets, oldest, error } of out) {
      waiting.set({ output }, events);
      octets.set({ output }, waitingOctets);
      lag.set({ output }, oldest === null ? 0 : Math.max(0, (Date.now() - Date.parse(oldest)) / 1000));
      failing.set({ output }, error === null ? 0 : 1);
    }
    this.#count(
      'out_events_delivered',
      'Events that a receiver took.',
      out.map(({ name: output, delivered }) => ({ labels: { output }, value: delivered })),
    );
    this.#count(
      'out_events_lost',
      'Events given up: no room, too old, or refused.',
      out.map(({ name: output, lost }) => ({ labels: { output }, value: lost })),
    );
  }

  #measureHits({ hits, openIncidents, receivers }: FiguresView): void {
    this.#count(
      'list_hits',
      "Hits of a list, by the client's group: queries that its rule decided, and of a list that alerts those for its names that passed (a pause, outside a schedule, over the rate limit).",
      hits.map(({ list, group, count }) => ({ labels: { list, group }, value: count })),
    );
    // The hits thread, which counts them, says nothing at present: what it said before stays, for a sum that falls would look like a new start.
    if (openIncidents !== null) {
      const all = hits.reduce((sum, { count }) => sum + count, 0);
      this.#count('hits', 'Hits that were kept: the sum of cenote_list_hits_total.', [
        { labels: {}, value: all },
      ]);
      this.#set('open_incidents', 'Incidents that are open.', openIncidents);
    }
    const waiting = this.#gaugeOf('notices_waiting', 'Notices that a receiver has not taken yet.', [
      'receiver',
    ]);
    waiting.reset();
    for (const { receiver, waiting: count } of receivers) waiting.set({ receiver }, count);
    this.#count(
      'notices_delivered',
      'Notices that a receiver took.',
      receivers.map(({ receiver, delivered }) => ({ labels: { receiver }, value: delivered })),
    );
    this.#count(
      'notices_given_up',
      'Notices that a receiver never took.',
      receivers.map(({ receiver, givenUp }) => ({ labels: { receiver }, value: givenUp })),
    );
  }

  #measureServed({ zones }: PublishState): void {
    const serial = this.#gaugeOf('served_zone_serial', 'Serial of a zone that is served.', ['zone']);
    const names = this.#gaugeOf('served_zone_names', 'Owners with records of a zone that is served.', [
      'zone',
    ]);
    const behind = this.#gaugeOf(
      'served_zone_secondary_behind',
      '1 when a secondary is not known to have the present serial of a zone.',
      ['zone', 'secondary'],
    );
    for (const gauge of [serial, names, behind]) gauge.reset();
    for (const zone of zones) {
      if (zone.serial !== null) serial.set({ zone: zone.name }, zone.serial);
      names.set({ zone: zone.name }, zone.names);
      for (const { address, isBehind } of zone.secondaries)
        behind.set({ zone: zone.name, secondary: address }, isBehind ? 1 : 0);
    }
    this.#count(
      'served_zone_transfers',
      'Transfers of a zone that is served, by how they ended: whole and incremental ones, those that broke off, refused questions.',
      zones.flatMap(({ name, transfers }) =>
        (['whole', 'incremental', 'broken', 'refused'] as const).map((outcome) => ({
          labels: { zone: name, outcome },
          value: transfers[outcome],
        })),
      ),
    );
    this.#count(
      'served_zone_transferred_bytes',
      'Octets of the transfers of a zone that is served.',
      zones.map(({ name, transfers }) => ({ labels: { zone: name }, value: transfers.octets })),
    );
  }

  #measureProcess(): void {
    const { userCPUTime, systemCPUTime } = process.resourceUsage();
    this.#count('process_cpu_seconds', 'Processor time of all threads.', [
      { labels: {}, value: (userCPUTime + systemCPUTime) / 1e6 },
    ]);
    this.#set('process_resident_memory_bytes', 'Resident memory.', process.memoryUsage.rss());
  }

  #measureLists(lists: readonly ListView[]): void {
    const entries = this.#gaugeOf('list_entries', 'Names and expressions of a list in force.', ['list']);
    const stale = this.#gaugeOf(
      'list_overdue',
      '1 when a list is stale beyond its limit, or nothing of it is in force that should be.',
      ['list'],
    );
    const state = this.#gaugeOf(
      'list_state',
      '1 for the state a list is in: new, fetching, good, empty, stale, refused or failed.',
      ['list', 'state'],
    );
    const leftOut = this.#gaugeOf(
      'list_left_out',
      'Lines, rules and files of a list that are not in force; `cenote lists` says why.',
      ['list'],
    );
    const inForce = this.#gaugeOf('list_in_force', '1 when something of a list is in force.', ['list']);
    const good = this.#gaugeOf(
      'list_last_good_timestamp_seconds',
      'When a list was last known to be right.',
      ['list'],
    );
    for (const gauge of [entries, stale, good, state, inForce]) gauge.reset();
    for (const list of lists) {
      entries.set({ list: list.name }, list.entries + list.patterns);
      stale.set({ list: list.name }, list.overdue ? 1 : 0);
      state.set({ list: list.name, state: list.state }, 1);
      inForce.set({ list: list.name }, list.inForce ? 1 : 0);
      leftOut.set({ list: list.name }, list.skipped);
      if (list.lastGood !== null) good.set({ list: list.name }, Date.parse(list.lastGood) / 1000);
    }
  }

  #measureStatus(status: StatusView): void {
    this.#set('build_info', 'The version that runs.', 1, { version: status.version });
    this.#set('start_timestamp_seconds', 'When the daemon started.', Date.parse(status.startedAt) / 1000);
    this.#set('rules_names', 'Names in the rules in force.', status.rules.names);
    this.#set('rules_revision', 'Grows with each change of the rules.', status.rules.revision);
    this.#set('workers', 'Resolver threads that answer.', status.workers.answering);
    this.#count('threads_replaced', 'Threads that ended and were replaced.', [
      { labels: { thread: 'resolver' }, value: status.workers.replaced },
      { labels: { thread: 'hits' }, value: status.workers.hitsReplaced },
    ]);
    this.#set('cache_entries', 'Answers kept.', status.cache.entries);
    this.#set('cache_octets', 'Memory that answers take.', status.cache.octets);
    this.#set(
      'hit_log_failing',
      '1 while hits cannot be written to their file.',
      status.hitLog.failing ? 1 : 0,
    );
    this.#set('healthy', '1 when healthy.', status.health.healthy ? 1 : 0);
    const { lastReload } = status.config;
    this.#set(
      'reload_failed',
      '1 when the last reload was refused.',
      lastReload === null || lastReload.error === null ? 0 : 1,
    );
    const healthy = this.#gaugeOf('upstream_healthy', '1 when a server answers.', ['upstream', 'transport']);
    const rtt = this.#gaugeOf('upstream_rtt_seconds', 'Smoothed round trip.', ['upstream', 'transport']);
    for (const gauge of [healthy, rtt]) gauge.reset();
    for (const { name: upstream, transport, healthy: up, rttMs } of status.upstreams) {
      healthy.set({ upstream, transport }, up ? 1 : 0);
      if (rttMs !== null) rtt.set({ upstream, transport }, rttMs / 1000);
    }
  }

  #set(name: string, help: string, value: number, labels: Readonly<Record<string, string>> = {}): void {
    const gauge = this.#gaugeOf(name, help, Object.keys(labels));
    gauge.reset();
    gauge.set(labels, value);
  }

  #count(
    name: string,
    help: string,
    values: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[],
  ): void {
    let counter = this.#counters.get(name);
    if (counter === undefined) {
      const labelNames = Object.keys(values[0]?.labels ?? {});
      if (values.length === 0) return;
      counter = new Counter({ name: `cenote_${name}_total`, help, labelNames, registers: [this.#registry] });
      this.#counters.set(name, counter);
    }
    counter.reset();
    for (const { labels, value } of values) counter.inc(labels, value);
  }

  #gaugeOf(name: string, help: string, labelNames: readonly string[]): Gauge {
    const known = this.#gauges.get(name);
    if (known !== undefined) return known;
    const gauge = new Gauge({
      name: `cenote_${name}`,
      help,
      labelNames: [...labelNames],
      registers: [this.#registry],
    });
    this.#gauges.set(name, gauge);
    return gauge;
  }
}

/** cacheHits → cache_hits */
function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
