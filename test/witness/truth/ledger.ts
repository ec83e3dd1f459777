// All that happened in an office, and which machine is meant by what cenote calls it.
import type { Machine } from '../world/network.ts';
import type { Asking, Concern } from './asking.ts';

/** Whom cenote says it was. */
export interface Said {
  readonly machine?: string | undefined;
  readonly name: string | null;
  readonly mac: string | null;
  /** From where it asked, and who says the name there; absent: it is said of no address. */
  readonly ip?: string;
  readonly nameFrom?: string | null | undefined;
}

/** What the history calls a machine where it keeps no addresses. */
export const isPseudonym = (machine: string): boolean => machine.startsWith('anon-');

/** What a machine got before it was listed, as a find and an incident count it. */
export const PAST_CLASSES = [
  'answered',
  'failed',
  'blocked',
  'rewritten',
  'refused',
  'local',
  'unrecorded',
] as const;

export interface Found {
  readonly atMs: number;
  readonly wallMs: number;
  /** Null: the history has it under a pseudonym. */
  readonly machine: Machine | null;
  readonly concern: Concern;
  readonly count: number;
  readonly got: { readonly [name in (typeof PAST_CLASSES)[number]]: number };
}

export class Ledger {
  readonly askings: Asking[] = [];
  /** When the finds of a search came, and how much they told of. */
  readonly finds: Found[] = [];
  readonly #machines = new Map<string, Machine>();
  readonly #byMachine = new Map<Machine, Asking[]>();

  add(asking: Asking): void {
    this.askings.push(asking);
    const own = this.#byMachine.get(asking.machine);
    if (own === undefined) this.#byMachine.set(asking.machine, [asking]);
    else own.push(asking);
  }

  of(machine: Machine): readonly Asking[] {
    return this.#byMachine.get(machine) ?? [];
  }

  /** The machine that cenote means; what is wrong with it is returned as text. */
  meant({ machine: id, name, mac, ip = '', nameFrom }: Said, asked: Machine): string | null {
    if (id === undefined) return 'no machine is named';
    const known = this.#machines.get(id);
    if (known === undefined) this.#machines.set(id, asked);
    else if (known !== asked) return `machine ${id} is ${known.mac}, and ${asked.mac} asked`;
    if (mac !== null && mac !== asked.mac) return `MAC ${mac} is not that of who asked (${asked.mac})`;
    if (name !== null && !asked.hostNames.has(name))
      return `name ${name} is not one of who asked (${[...asked.hostNames].join(', ')})`;
    // Only IPv4 addresses have leases here.
    if (name !== null && ip.includes(':') && nameFrom != null && nameFrom !== 'inferred')
      return `the name ${name} of ${ip} is said by ${nameFrom}`;
    return null;
  }

  /** Who an id was found to be so far. */
  known(id: string): Machine | null {
    return this.#machines.get(id) ?? null;
  }
}
