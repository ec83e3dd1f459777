// Which events an output gets.
import type { OutConfig } from '../config/meant/out.ts';
import { assignKnown, Groups } from '../policy/groups.ts';
import { textToAddress } from '../wire/names/address.ts';
import { GOES_WITH, type OutEvent } from './event.ts';

const CLIENTS_MAX = 10_000;

export class Filter {
  readonly #config: OutConfig;
  /** By address, MAC and name: whether one of `clients` is meant. */
  readonly #clients = new Map<string, boolean>();

  constructor(config: OutConfig) {
    this.#config = config;
  }

  takes(event: OutEvent): boolean {
    const { events, groups, lists, outcomes } = this.#config;
    if (!events.includes(GOES_WITH[event.event])) return false;
    const client = event.event === 'incident' ? event.incident.client : event.client;
    if (groups !== null && !groups.includes(client.group ?? '')) return false;
    if (lists !== null && !listsOf(event).some((list) => lists.includes(list))) return false;
    if (outcomes !== null && !outcomesOf(event, outcomes)) return false;
    return this.#isMeant(client);
  }

  #isMeant({
    ip,
    mac,
    name,
  }: {
    readonly ip: string;
    readonly mac: string | null;
    readonly name: string | null;
  }): boolean {
    const { clients } = this.#config;
    if (clients === null) return true;
    const key = `${ip} ${mac} ${name}`;
    let isMeant = this.#clients.get(key);
    if (isMeant === undefined) {
      const address = textToAddress(ip);
      isMeant = address !== null && assignKnown([{ name: '', clients }], [{ address, mac, name }]).length > 0;
      isMeant ||= address !== null && new Groups([{ name: '', clients }]).groupOf(address) >= 0;
      if (this.#clients.size >= CLIENTS_MAX) this.#clients.clear();
      this.#clients.set(key, isMeant);
    }
    return isMeant;
  }
}

function listsOf(event: OutEvent): readonly string[] {
  switch (event.event) {
    case 'query':
      return event.list === null ? [] : [event.list];
    case 'hit':
      return [event.list, ...event.matches.map(({ list }) => list)];
    case 'incident':
      return event.incident.lists;
    case 'find':
      return event.lists;
    default:
      return event satisfies never;
  }
}

/** An incident and a find are of several queries: an outcome does not leave them out. */
function outcomesOf(event: OutEvent, outcomes: readonly string[]): boolean {
  if (event.event === 'query') return outcomes.includes(event.outcome) || outcomes.includes(event.result);
  return event.event !== 'hit' || outcomes.includes(event.outcome);
}
