import t from 'tap';
import { concernsOf } from '../../../src/hits/incidents/concern.ts';
import { openIncident } from '../../../src/hits/incidents/growth.ts';
import type { Incident } from '../../../src/hits/incidents/incident.ts';
import { UnsavedIncidents } from '../../../src/hits/incidents/unsaved-incidents.ts';
import { hitOf } from '../../support/hits-records.ts';

t.test('what ended is found by its subject, the latest of several, and what goes on is not', (t) => {
  const unsaved = new UnsavedIncidents();
  const hit = hitOf();
  const concern = concernsOf(hit)[0]!;
  const at = { openedMs: 0, firstMs: 0, isPast: false };
  const ended = (id: string, subject: string, closedMs: number): Incident => ({
    ...openIncident(id, { ...hit, concern }, at),
    subject,
    state: 'closed',
    closedMs,
  });
  const [older, newer, other] = [
    ended('a', 'm-1 X', 1000),
    ended('b', 'm-1 X', 2000),
    ended('c', 'm-2 X', 500),
  ];
  for (const incident of [newer, older, other]) unsaved.add(incident);
  t.equal(unsaved.endedOf('m-1 X')?.id, 'b');
  t.equal(unsaved.endedOf('m-2 X')?.id, 'c');
  Object.assign(other, { state: 'open', closedMs: null });
  t.equal(unsaved.endedOf('m-2 X'), null, 'it goes on');
  Object.assign(newer, { subject: 'm-3 X' });
  unsaved.add(newer);
  t.equal(unsaved.endedOf('m-3 X')?.id, 'b', 'it goes by another subject');
  t.equal(unsaved.all.length, 3);
  unsaved.clear();
  t.equal(unsaved.endedOf('m-3 X'), null);
  t.match(unsaved.waiting, { rows: 0, isNews: false });
  t.end();
});
