// A change is whole or nothing: whichever holder refuses, at whichever step, all hold what they held before.
import t from 'tap';
import {
  type Holder,
  type InForce,
  InForceOwner,
  type Parts,
  RefusedError,
} from '../../src/daemon/in-force.ts';
import type { KnownClient } from '../../src/policy/groups.ts';
import { configOf } from '../support/config-text.ts';
import { ruleSetOf } from '../support/rule-set.ts';

const config = configOf('groups:\n  default: { clients: [any], lists: [] }\n');
const first: Parts = {
  config,
  ruleSet: ruleSetOf([], []),
  hosts: [],
  certificate: null,
  paused: [],
  known: [],
};

/** One that notes what it does, and what it would answer queries by. */
class Noted implements Holder {
  readonly name: string;
  readonly did: string[] = [];
  inForce = 1;
  prepared: number | null = null;
  #refuse: (next: InForce) => Promise<string | null>;

  constructor(name: string, refuse: (next: InForce) => Promise<string | null> = async () => null) {
    this.name = name;
    this.#refuse = refuse;
  }

  async prepare(next: InForce): Promise<void> {
    this.did.push(`prepare ${next.revision}`);
    const reason = await this.#refuse(next);
    if (reason !== null) throw new Error(reason);
    this.prepared = next.revision;
  }

  async commit(next: InForce): Promise<void> {
    this.did.push(`commit ${next.revision}`);
    if (this.prepared === next.revision) this.inForce = next.revision;
    this.prepared = null;
  }

  drop(next: InForce): void {
    this.did.push(`drop ${next.revision}`);
    this.prepared = null;
  }
}

t.test('all prepare before any commits, in their order', async (t) => {
  const course: string[] = [];
  const holder = (name: string): Holder => ({
    name,
    prepare: async () => void course.push(`${name} prepares`),
    commit: async () => void course.push(`${name} commits`),
    drop: () => void course.push(`${name} drops`),
  });
  const owner = new InForceOwner(first, [holder('a'), holder('b')], () => 7);
  await owner.change('pause', { paused: ['default'] });
  t.same(course, ['a prepares', 'b prepares', 'a commits', 'b commits']);
  t.match(owner.value, { revision: 2, sinceMs: 7, paused: ['default'] });
});

t.test(
  'whoever refuses, nobody turns, and the reason is remembered until a change of that kind is committed',
  async (t) => {
    for (const refusing of [0, 1, 2]) {
      let isRefused = true;
      let clock = 100;
      const holders = [0, 1, 2].map(
        (i) =>
          new Noted(`holder ${i}`, async () =>
            isRefused && i === refusing ? 'the key is not of this certificate' : null,
          ),
      );
      const owner = new InForceOwner(first, holders, () => clock);
      await t.rejects(owner.change('configuration', { paused: ['x'] }), {
        code: 'IN_FORCE_REFUSED',
        message: `holder ${refusing}: the key is not of this certificate`,
      });
      t.same(
        holders.map(({ inForce, prepared }) => [inForce, prepared]),
        [
          [1, null],
          [1, null],
          [1, null],
        ],
      );
      t.same(owner.value.paused, []);
      t.equal(owner.value.revision, 1);
      clock = 200;
      await t.rejects(owner.change('configuration', { paused: ['x'] }), RefusedError);
      t.match(
        owner.refusals,
        [{ kind: 'configuration', sinceMs: 100 }],
        'since the first time it was refused',
      );
      isRefused = false;
      await owner.change('pause', { paused: ['y'] });
      t.equal(owner.refusals.length, 1, 'another kind does not mend it');
      await owner.change('configuration', { paused: ['x'] });
      t.same(owner.refusals, []);
      t.same(
        holders.map(({ inForce }) => inForce),
        [3, 3, 3],
      );
    }
  },
);

t.test('changes come one after the other, each made from what the one before left', async (t) => {
  let release: () => void = () => undefined;
  const late = new Promise<void>((resolve) => {
    release = resolve;
  });
  const holder = new Noted('late', async (next) => {
    if (next.revision === 2) await late;
    return null;
  });
  const owner = new InForceOwner(first, [holder], () => 0);
  const slow = owner.change('lists', { paused: ['a'] });
  const next = owner.change('pause', (now) => ({ paused: [...now.paused, 'b'] }));
  t.equal(owner.value.revision, 1, 'a holder that answers late leaves what is in force');
  release();
  await Promise.all([slow, next]);
  t.same(owner.value.paused, ['a', 'b']);
  t.same(holder.did, ['prepare 2', 'commit 2', 'prepare 3', 'commit 3']);
});

const named = (name: string): KnownClient => ({ address: new Uint8Array(16), mac: null, name });

t.test('what is in force already is no commit, and what was refused of its kind is over', async (t) => {
  const holder = new Noted('one', async (next) => (next.paused.includes('no') ? 'no' : null));
  const known = [named('printer')];
  const owner = new InForceOwner({ ...first, known }, [holder], () => 7);
  await t.rejects(owner.change('clients', { paused: ['no'] }), RefusedError);
  const did = holder.did.length;
  t.equal(await owner.change('clients', { known: [named('printer')] }), owner.value);
  t.match(owner.value, { revision: 1, known });
  t.same(owner.refusals, []);
  t.equal(holder.did.length, did, 'nobody is asked');
  await owner.change('clients', { known: [named('scanner')] });
  t.equal(owner.value.revision, 2);
});

t.test('a refused change does not hold up the next', async (t) => {
  const owner = new InForceOwner(
    first,
    [new Noted('one', async (next) => (next.paused.includes('no') ? 'no' : null))],
    () => 0,
  );
  const refused = owner.change('lists', { paused: ['no'] });
  const taken = owner.change('lists', { paused: ['yes'] });
  await t.rejects(refused);
  await taken;
  t.same(owner.value.paused, ['yes']);
  t.same(owner.refusals, []);
});
