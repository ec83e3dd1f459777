// Until when the askings of a machine for a name have been told as past, and for which list and campaign.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { numberIn, textIn } from './row.ts';

export interface Told {
  readonly machine: string;
  readonly name: string;
  readonly list: string;
  readonly campaign: string | null;
}

export class ToldTable {
  readonly #database: DatabaseSync;
  readonly #write: StatementSync;
  readonly #find: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#write =
      database.prepare(`INSERT INTO told (machine, name, list, campaign, untilMs) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET untilMs = max(untilMs, excluded.untilMs)`);
    this.#find = database.prepare('SELECT list, campaign, untilMs FROM told WHERE machine = ? AND name = ?');
  }

  write({ machine, name, list, campaign }: Told, untilMs: number): void {
    this.#write.run(machine, name, list, campaign ?? '', untilMs);
  }

  /**
   * Until when it was told, 0 when never. A list that was renamed is known by its campaign, a campaign whose title was edited by
   * its list; lists without a campaign are told once for all of them.
   * @param campaigns that there are now: what was told of another of them is not told of this one
   * @returns `isSo`: it stands there under this list and campaign, not only under what one of them was called before
   */
  told(
    { machine, name, list, campaign }: Told,
    campaigns: ReadonlySet<string>,
  ): { untilMs: number; isSo: boolean } {
    let untilMs = 0;
    let isSo = false;
    for (const row of this.#find.all(machine, name)) {
      const [ofList, ofCampaign] = [textIn(row, 'list'), textIn(row, 'campaign')];
      const isOfCampaign = ofCampaign === (campaign ?? '');
      if (!isOfCampaign && (ofList !== list || campaigns.has(ofCampaign))) continue;
      isSo ||= isOfCampaign && ofList === list;
      untilMs = Math.max(untilMs, numberIn(row, 'untilMs'));
    }
    return { untilMs, isSo };
  }

  removeBefore(timeMs: number): void {
    this.#database.prepare('DELETE FROM told WHERE untilMs < ?').run(timeMs);
  }
}
