// What hits add to a hunt: those of times whose history has no machines, and none that it may have.
import t from 'tap';
import { MachineIds } from '../../../src/clients/machine.ts';
import { withHits } from '../../../src/hits/hunt/in-hits.ts';
import type { MachineAskings } from '../../../src/hits/hunt/past.ts';
import { momentToText } from '../../../src/hits/log/moment.ts';
import type { Watched } from '../../../src/hits/store/watch-table.ts';
import { hitOf } from '../../support/hits-records.ts';

const SECOND_MS = 1000;
const { question, machine, client } = hitOf();
const span = (fromS: number, toS: number, byMachine: boolean): Watched => ({
  fromMs: fromS * SECOND_MS,
  toMs: toS * SECOND_MS,
  history: true,
  byMachine,
  lost: 0,
});
/** The history has it once, of the second 5. */
const HISTORY: readonly MachineAskings[] = [
  {
    asker: { machine, ip: client.ip, name: client.name, mac: client.mac, group: client.group },
    askings: [
      {
        name: question.name,
        count: 1,
        countMax: 1,
        firstMs: 5 * SECOND_MS,
        lastMs: 5 * SECOND_MS,
        visits: 1,
        types: 0,
        got: { blocked: 1 },
        allowed: 0,
      },
    ],
    furtherNames: 0,
  },
];

/** How often the machine is said to have asked, where a hit is of that second. */
function counted(watched: readonly Watched[], atS: number): number | undefined {
  const hit = hitOf({ time: momentToText(atS * SECOND_MS), count: 1 });
  const tables = { watched: { since: () => [...watched] }, hits: { each: () => [hit] } };
  const search = { targets: [{ name: question.name, covers: 'exact' as const }], sinceMs: 0 };
  const found = withHits(
    HISTORY,
    tables as unknown as Parameters<typeof withHits>[1],
    search,
    new MachineIds(),
  );
  return found[0]?.askings[0]?.count;
}

t.test('a hit of a time whose history has no machines is added, any other is in the history', async (t) => {
  const changed = [span(0, 100, true), span(100, 200, false), span(200, 300, true)];
  t.equal(counted(changed, 50), 1);
  t.equal(counted(changed, 150), 2);
  t.equal(counted(changed, 250), 1);
  t.equal(counted(changed, 100), 1, 'what came in the moment of the change came before it');
  t.equal(counted(changed, 200), 2, 'and so at the end');
});

t.test('in the moment of a start nothing came before it', async (t) => {
  const restarted = [span(0, 90, true), span(100, 200, false)];
  t.equal(counted(restarted, 100), 2);
  t.equal(counted([span(0, 90, false), span(100, 200, true)], 100), 1);
});

t.test('of a time that the clock said twice, what may be in the history is not added', async (t) => {
  const setBack = [span(0, 200, false), span(150, 300, true)];
  t.equal(counted(setBack, 100), 2);
  t.equal(counted(setBack, 180), 1);
  t.equal(counted(setBack, 250), 1);
});
