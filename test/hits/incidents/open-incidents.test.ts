// Which incidents are open, by subject and by machine, beside a list that is searched.
import t from 'tap';
import type { Incident } from '../../../src/hits/incidents/incident.ts';
import { OpenIncidents } from '../../../src/hits/incidents/open-incidents.ts';

const incident = (id: number, machine: string, subject: string): Incident =>
  ({ id: String(id), machine, subject }) as Incident;

t.test('any order of adding, moving and removing leaves what a plain list has', (t) => {
  let state = 7;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  const open = new OpenIncidents();
  let plain: Incident[] = [];
  for (let step = 0; step < 5000; step += 1) {
    const some = plain[random(plain.length + 1)];
    const machine = `m${random(6)}`;
    const subject = `${machine} c${random(3)}`;
    if (some === undefined || plain.length < 8) {
      const added = incident(step, machine, subject);
      open.add(added);
      const before = plain.findIndex((one) => one.subject === subject);
      if (before < 0) plain.push(added);
      else plain[before] = added;
    } else if (random(3) === 0) {
      open.remove(some);
      plain = plain.filter((one) => one !== some);
    } else {
      open.remove(some);
      plain = plain.filter((one) => one !== some);
      Object.assign(some, { machine, subject });
      const before = plain.findIndex((one) => one.subject === subject);
      if (before < 0) plain.push(some);
      else plain[before] = some;
      open.add(some);
    }
    if (step % 50 !== 0) continue;
    t.strictSame(
      [...open.values()].map(({ id }) => id),
      plain.map(({ id }) => id),
    );
    t.equal(open.oldest, plain[0]);
    t.equal(open.size, plain.length);
    for (let number = 0; number < 6; number += 1) {
      const ids = (all: Iterable<Incident>): string[] => [...all].map(({ id }) => id).sort();
      t.strictSame(ids(open.of(`m${number}`)), ids(plain.filter((one) => one.machine === `m${number}`)));
    }
  }
  t.end();
});
