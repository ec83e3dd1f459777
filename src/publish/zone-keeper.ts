// One served zone over time: each change is a revision with the next serial, kept on disk before anybody hears of it.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keepWhole } from '../config/disk/whole-file.ts';
import type { ServedZoneConfig } from '../config/meant/serve.ts';
import { changesBetween, type Delta } from '../zone/outgoing/changes.ts';
import { firstSerial, nextSerial } from '../zone/outgoing/serial.ts';
import type { ServedZone } from '../zone/outgoing/served-zone.ts';
import { zoneFileOf, zoneFromFile } from '../zone/outgoing/zone-file.ts';
import type { Built, LeftOut } from './build.ts';

/** Steps kept for incremental transfers. */
const DELTAS_MAX = 100;
/** Octets of all steps together: this share of the zone, but room for small ones in any zone. */
const DELTAS_SHARE = 0.5;
const DELTAS_OCTETS_MIN = 65_536;

export class ZoneKeeper {
  readonly #path: string;
  readonly #now: () => number;
  config: ServedZoneConfig;
  /** Null until it was made, here or before a restart. */
  zone: ServedZone | null = null;
  leftOut: readonly LeftOut[] = [];
  error: string | null = null;

  private constructor(dir: string, config: ServedZoneConfig, now: () => number) {
    this.#path = join(dir, `${encodeURIComponent(config.name)}.zone`);
    this.#now = now;
    this.config = config;
  }

  /** With what was kept of it. @param now wall clock, ms */
  static async open(dir: string, config: ServedZoneConfig, now: () => number): Promise<ZoneKeeper> {
    const keeper = new ZoneKeeper(dir, config, now);
    const file = await readFile(keeper.#path).catch(() => null);
    keeper.zone = file === null ? null : zoneFromFile(file, config.apex);
    return keeper;
  }

  /** Takes what the lists say now. @returns whether that is a new revision */
  async update({ content, leftOut }: Built): Promise<boolean> {
    const before = this.zone;
    const { apex, ttlSeconds } = this.config;
    this.leftOut = leftOut;
    let deltas: readonly Delta[] = [];
    if (before !== null && before.ttlSeconds === ttlSeconds) {
      const room = Math.max(DELTAS_OCTETS_MIN, Math.floor(content.nodes.length * DELTAS_SHARE));
      const changes = await changesBetween(before.content, content, room);
      if (changes !== null && changes.removed.length + changes.added.length === 0) {
        if (this.error !== null) await this.#keep(before);
        return false;
      }
      if (changes !== null)
        deltas = fitting(
          [...before.deltas, { from: before.serial, to: nextSerial(before.serial), ...changes }],
          room,
        );
    }
    const serial = before === null ? firstSerial(this.#now()) : nextSerial(before.serial);
    const zone: ServedZone = { apex, serial, ttlSeconds, content, deltas, changedMs: this.#now() };
    await this.#keep(zone);
    this.zone = zone;
    return true;
  }

  async #keep(zone: ServedZone): Promise<void> {
    try {
      await keepWhole(this.#path, zoneFileOf(zone));
      this.error = null;
    } catch (error) {
      // Served all the same: after a restart the serial begins at the clock, which is above this one.
      this.error = `it cannot be kept for the next start: ${error instanceof Error ? error.message : error}`;
    }
  }
}

/** The latest steps that there is room for. */
function fitting(deltas: readonly Delta[], octetsMax: number): readonly Delta[] {
  let octets = 0;
  let first = deltas.length;
  while (first > 0 && deltas.length - first < DELTAS_MAX) {
    const { removed, added } = deltas[first - 1]!;
    octets += removed.length + added.length;
    if (octets > octetsMax) break;
    first -= 1;
  }
  return deltas.slice(first);
}
