// `npm run log-bench -- DAYS hunt`: what an office's queries leave in the history, and the hunt for 10,000 names there, as the process of a
// search makes it. 30 days are 60 million queries.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { searchStore } from '../../src/hits/hunt/search.ts';
import { nameToText } from '../../src/wire/names/presentation.ts';
import { buildHistory, type Sighting } from '../history.ts';
import { CLIENTS, compileDay, officeName } from './office.ts';

const HUNTED = 10_000;
/** Of the names that are hunted for: so many are asked for by the office, from those that few ask for. */
const PRESENT = [0, 100, 1000, 5000];
const SELDOM = 200_000;

export function benchOfficeHunt(days: number): void {
  const dir = mkdtempSync(join(tmpdir(), 'cenote-log-hunt-'));
  const path = join(dir, 'cenote.db');
  let queries = 0;
  const written = buildHistory(path, days, (number) => {
    const day = compileDay(number);
    queries += day.size;
    return sightingsOf(day);
  });
  console.log(
    `${queries} queries; ${written.at(-1)?.rows} rows of a day, machine and name; ${written.at(-1)?.note}`,
  );
  for (const present of PRESENT) console.log(hunt(path, present));
  rmSync(dir, { recursive: true });
}

function sightingsOf({
  size,
  timesMs,
  clients,
  names,
  begins,
  octets,
}: ReturnType<typeof compileDay>): Sighting[] {
  const seen = new Map<number, { firstMs: number; lastMs: number; count: number }>();
  for (let at = 0; at < size; at += 1) {
    const key = names[at]! * CLIENTS + clients[at]!;
    const timeMs = timesMs[at]!;
    const known = seen.get(key);
    if (known === undefined) seen.set(key, { firstMs: timeMs, lastMs: timeMs, count: 1 });
    else {
      known.lastMs = timeMs;
      known.count += 1;
    }
  }
  const texts = Array.from({ length: begins.length - 1 }, (_, name) =>
    nameToText(octets.subarray(begins[name], begins[name + 1])),
  );
  return [...seen].map(([key, sighting]) => ({
    host: key % CLIENTS,
    name: texts[Math.floor(key / CLIENTS)]!,
    ...sighting,
  }));
}

function hunt(path: string, present: number): string {
  const targets = Array.from({ length: HUNTED }, (_, i) => ({
    name: i < present ? officeName(SELDOM + i * 7) : `evil-${(i * 7919).toString(36)}.example`,
    covers: 'subtree' as const,
  }));
  const cpu = process.cpuUsage();
  const found = searchStore(path, { by: 'names', targets, sinceMs: 0, merges: [] });
  const { user, system } = process.cpuUsage(cpu);
  const askings = found.reduce((sum, { askings, furtherNames }) => sum + askings.length + furtherNames, 0);
  return `hunt, 10,000 names, ${present} of them asked for: ${((user + system) / 1e6).toFixed(2)} s of CPU; ${found.length} machines, ${askings} names of theirs`;
}
