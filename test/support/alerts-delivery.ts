// Delivery from a registry to receivers that follow a script, by one clock that the test moves.
import { Delivery } from '../../src/alerts/delivery.ts';
import { type Notice, type Receiver, ReceiverError } from '../../src/alerts/receiver.ts';
import { type Outlet, RECEIVER_DEFAULTS, type ReceiverSettings } from '../../src/alerts/settings.ts';
import type { Incident } from '../../src/hits/incidents/incident.ts';
import { Registry } from '../../src/hits/incidents/registry.ts';
import type { OutboxRow } from '../../src/hits/store/outbox-table.ts';
import { createUlidMaker } from '../../src/hits/ulid.ts';
import { fakeClock } from './clock.ts';
import { hitOf, START_MS } from './hits-records.ts';

type Behaviour = 'take' | 'fail' | 'refuse' | 'hang' | 'partly';

export class ScriptedReceiver implements Receiver {
  readonly name: string;
  readonly forgets: boolean;
  readonly taken: Notice[] = [];
  attempts = 0;
  behaviour: Behaviour = 'take';
  /** The client whose notices alone are refused. */
  refuses: string | null = null;
  /** Whether those who refuse in `partly` will never take it. */
  isForEver = false;

  constructor(name = 'scripted', forgets = false) {
    this.name = name;
    this.forgets = forgets;
  }

  async deliver(notice: Notice): Promise<void> {
    this.attempts += 1;
    if (this.behaviour === 'fail') throw new ReceiverError('RECEIVER_UNREACHABLE', 'down');
    const isRefused = this.behaviour === 'refuse' || notice.incident?.client.ip === this.refuses;
    if (isRefused) throw new ReceiverError('RECEIVER_REFUSED', 'no', { permanent: true });
    if (this.behaviour === 'partly')
      throw new ReceiverError('RECEIVER_REFUSED', 'not all', { isPartly: true, permanent: this.isForEver });
    if (this.behaviour === 'hang') await new Promise(() => {});
    this.taken.push(structuredClone(notice));
  }

  async close(): Promise<void> {}

  get hits(): number {
    return this.taken.reduce(
      (sum, { hits, furtherHits }) => sum + furtherHits + hits.reduce((own, { count }) => own + count, 0),
      0,
    );
  }
}

export function deliveryTo(
  receivers: readonly ScriptedReceiver[],
  settings: Partial<ReceiverSettings> | ((name: string) => Partial<ReceiverSettings>) = {},
  saved: OutboxRow[] = [],
  /** Whether there is a store that takes what is unsaved. */
  storeTakes = true,
  openMax?: number,
) {
  const untold: string[] = [];
  const clock = fakeClock(START_MS);
  const incidents = new Map<string, Incident>();
  const said: string[] = [];
  const make = (to: readonly ScriptedReceiver[], rows: readonly OutboxRow[], state: 'saved' | 'unsaved') => {
    const made = new Delivery({
      outlets: to.map((receiver): Outlet => {
        const own = typeof settings === 'function' ? settings(receiver.name) : settings;
        return { receiver, settings: { ...RECEIVER_DEFAULTS, ...own } };
      }),
      now: clock.now,
      monotonic: clock.now,
      random: () => 1,
      id: createUlidMaker(),
      incident: (id) => incidents.get(id) ?? null,
      others: () => [],
      untold: ({ id }) => untold.push(id),
      report: (receiver, error) => said.push(`${receiver} ${error === null ? 'works' : 'fails'}`),
      dropped: (receiver, notices) => said.push(`${receiver} dropped ${notices}`),
      timeoutMs: 50,
    });
    made.restore(rows, state);
    return made;
  };
  const holder = { delivery: make(receivers, saved, 'saved') };
  const registry = new Registry({
    id: createUlidMaker(),
    quietMs: 3_600_000,
    ...(openMax === undefined ? {} : { openMax }),
    monotonic: clock.now,
    ended: (subject) =>
      [...incidents.values()].findLast((one) => one.subject === subject && one.state === 'closed') ?? null,
    onChange: (incident, change) => {
      incidents.set(incident.id, incident);
      holder.delivery.enqueue(incident, change);
    },
  });
  const hit = (more: Parameters<typeof hitOf>[0] = {}) =>
    registry.addHits([hitOf({ time: new Date(clock.now()).toISOString(), ...more })], clock.now());
  const pass = async (ms: number, stepMs = 500) => {
    for (let gone = 0; gone < ms; gone += stepMs) {
      clock.advance(stepMs);
      registry.tick(clock.now());
      holder.delivery.tick();
      if (storeTakes) {
        holder.delivery.saved();
        holder.delivery.tick();
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  /** The configuration changes: other receivers take over. */
  const replace = (by: readonly ScriptedReceiver[]) => {
    holder.delivery = make(by, holder.delivery.rows(), 'unsaved');
  };
  return {
    clock,
    get delivery() {
      return holder.delivery;
    },
    registry,
    incidents,
    hit,
    pass,
    said,
    untold,
    waiting: () => holder.delivery.states[0]?.waiting ?? 0,
    replace,
  };
}
