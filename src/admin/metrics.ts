// `/metrics` for Prometheus: counters of the resolver threads, lists, cache, upstreams and the process.
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { AdminState, ListView, StatusView } from './state.ts';

/** Counters that carry a label say the same thing of several kinds. */
const LABELLED: Readonly<Record<string, readonly [metric: string, label: string, value: string]>> = {
  queriesUdp: ['queries', 'transport', 'udp'],
  queriesTcp: ['queries', 'transport', 'tcp'],
  queriesTls: ['queries', 'transport', 'tls'],
  queriesHttps: ['queries', 'transport', 'https'],
};

const HELP: Readonly<Record<string, string>> = {
  queries: 'Queries received.',
  hits: 'Queries that a rule decided and that were recorded.',
  rebinding_withheld: 'Answers withheld because they gave a public name a private address.',
  hits_lost: 'Hits that could not be recorded. Always 0 unless disk and memory are gone.',
};

export class Metrics {
  readonly #registry = new Registry();
  readonly #state: AdminState;
  readonly #counters = new Map<string, Counter>();
  readonly #gauges = new Map<string, Gauge>();

  constructor(state: AdminState) {
    this.#state = state;
    collectDefaultMetrics({ register: this.#registry });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** The text of this moment. */
  async text(): Promise<string> {
    this.#countCounters(this.#state.counters());
    this.#measureLists(this.#state.lists());
    this.#measureStatus(await this.#state.status());
    return this.#registry.metrics();
  }

  #countCounters(counters: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(counters)) {
      const [metric, label, labelValue] = LABELLED[name] ?? [snakeCase(name)];
      const counter = this.#counterOf(metric, label);
      if (label === undefined || labelValue === undefined) {
        counter.reset();
        counter.inc(value);
      } else {
        counter.remove({ [label]: labelValue });
        counter.inc({ [label]: labelValue }, value);
      }
    }
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
      if (list.lastGood !== null) good.set({ list: list.name }, Date.parse(list.lastGood) / 1000);
    }
  }

  #measureStatus(status: StatusView): void {
    this.#set('build_info', 'The version that runs.', 1, { version: status.version });
    this.#set('start_timestamp_seconds', 'When the daemon started.', Date.parse(status.startedAt) / 1000);
    this.#set('rules_names', 'Names in the rules in force.', status.rules.names);
    this.#set('rules_revision', 'Grows with each change of the rules.', status.rules.revision);
    this.#set('workers', 'Resolver threads that answer.', status.workers.answering);
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

  #counterOf(metric: string, label: string | undefined): Counter {
    const known = this.#counters.get(metric);
    if (known !== undefined) return known;
    const counter = new Counter({
      name: `cenote_${metric}_total`,
      help: HELP[metric] ?? `${metric.replaceAll('_', ' ')}, since the start.`,
      labelNames: label === undefined ? [] : [label],
      registers: [this.#registry],
    });
    this.#counters.set(metric, counter);
    return counter;
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
