import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { FleetError } from '../../src/fleet/fleet-error.ts';
import type { KeptMessage } from '../../src/fleet/link.ts';
import { fetchBlob } from '../../src/fleet/policy/blobs.ts';
import { PART_OCTETS, type Pack } from '../../src/fleet/policy/document.ts';

const TEXT = Buffer.alloc(11 * PART_OCTETS + 17, 'a text of a list\n');
const BLOB = createHash('sha256').update(TEXT).digest('hex');
const PACK: Pack = { blob: BLOB, octets: TEXT.length, to: BLOB, from: null };

/** A line that answers so many questions in time, of those that are asked at once. */
function line(inTime: number): { last: () => Promise<KeptMessage | null>; asked: string[]; most: number } {
  const made = { asked: [] as string[], most: 0, last: async () => null as KeptMessage | null };
  let open = 0;
  made.last = async (...[, subject]: [stream?: string, subject?: string]) => {
    open += 1;
    made.most = Math.max(made.most, open);
    const place = open;
    made.asked.push(subject ?? '');
    await turn();
    open -= 1;
    if (place > inTime) throw new FleetError('FLEET_UNKNOWN', 'timeout');
    const part = Number(/\d+$/.exec(subject ?? '')?.[0]);
    const octets = TEXT.subarray(part * PART_OCTETS, (part + 1) * PART_OCTETS);
    return { octets, sequence: 1, atMs: null };
  };
  return made;
}

t.test(
  'a text comes whole over a line that carries eight parts at once, and over one that carries one',
  async (t) => {
    for (const inTime of [8, 3, 1]) {
      const path = join(t.testdir({}), 'pack');
      const slow = line(inTime);
      t.equal(await fetchBlob(slow, PACK, path), TEXT.length);
      t.ok(readFileSync(path).equals(TEXT));
      t.ok(inTime < 8 || slow.most > 4, `${slow.most} at once`);
      t.ok(slow.asked.length < 30, `${slow.asked.length} questions for 12 parts`);
    }
  },
);

t.test('what came before a line broke is not asked for again', async (t) => {
  const path = join(t.testdir({}), 'pack');
  const good = line(8);
  let left = 4;
  const breaking = {
    last: (...words: []) =>
      left-- > 0 ? good.last(...words) : Promise.reject(new FleetError('FLEET_DOWN', 'no')),
  };
  await t.rejects(fetchBlob(breaking, PACK, path), { code: 'FLEET_DOWN' });
  const rest = line(8);
  t.ok((await fetchBlob(rest, PACK, path)) < TEXT.length);
  t.ok(readFileSync(path).equals(TEXT));
});
