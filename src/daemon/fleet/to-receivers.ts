// What lasts and receivers of alerts are told: once when it begins, and when it is over.
import { type Stranger, strangerText } from '../../fleet/site-keys.ts';
import type { Supervisor } from '../supervisor.ts';

const STRANGER = 'fleet:stranger:';

/** As a problem, and as what receivers are told. */
export const strangerId = ({ site }: Pick<Stranger, 'site'>): string => STRANGER + site;

export class ToReceivers {
  readonly #hits: Pick<Supervisor['hits'], 'trouble'>;
  readonly #told = new Set<string>();

  constructor(hits: Pick<Supervisor['hits'], 'trouble'>) {
    this.#hits = hits;
  }

  begin(id: string, text: string): void {
    if (this.#told.has(id)) return;
    this.#told.add(id);
    this.#hits.trouble({ id, text, state: 'begun' });
  }

  end(id: string, text: string): void {
    if (this.#told.delete(id)) this.#hits.trouble({ id, text, state: 'over' });
  }

  /** @param heard lately */
  strangers(heard: readonly Stranger[]): void {
    const ids = heard.map(strangerId);
    for (const stranger of heard) this.begin(strangerId(stranger), strangerText(stranger));
    for (const id of [...this.#told])
      if (id.startsWith(STRANGER) && !ids.includes(id))
        this.end(id, `nothing more comes in the name of ${id.slice(STRANGER.length)}`);
  }
}
