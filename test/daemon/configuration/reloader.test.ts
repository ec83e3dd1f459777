// What a change that somebody makes here and a reading of the file do to each other.
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { Config } from '../../../src/config/config.ts';
import { type Loaded, loadConfig } from '../../../src/config/load.ts';
import { realFiles } from '../../../src/config/read/files.ts';
import { Reloader, type ReloaderParts } from '../../../src/daemon/configuration/reloader.ts';

interface Played {
  readonly reloader: Reloader;
  /** What happened, in its order. */
  readonly done: string[];
  readonly loadedWith: (entries: number) => Loaded;
  /** Entries of the cache by the configuration in force. */
  readonly entries: () => number;
  /** What the file says from now on; null is a mistake, a text the whole of it. */
  readonly write: (entries: number | string | null) => void;
}

/** @param inForce ends when rules of a configuration are in force @param read ends when the file has been read */
function played(test: Test, inForce: () => Promise<void>, read?: () => Promise<void>): Played {
  const file = join(test.testdir({}), 'c.yaml');
  const loadedOf = (text: string): Loaded =>
    loadConfig({ file, environment: {}, files: { ...realFiles, read: () => Buffer.from(text) } });
  const loadedWith = (entries: number): Loaded =>
    loadedOf(
      `listen: { dns: ["127.0.0.1:5335"] }\ncache: { entries: ${entries} }\nlists: { own: { names: [a.example] } }\n`,
    );
  const value = {
    ...{ config: loadedWith(1000).config!, hosts: [], certificate: null, revision: 1, ruleSet: {} },
    sinceMs: 0,
  };
  const done: string[] = [];
  const mistake = loadedOf('cache: many\n');
  let says = loadedWith(2000);
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const parts = {
    load: async () => {
      const said = says;
      done.push('read');
      await read?.();
      return said;
    },
    owner: { value, refuse: () => undefined },
    rules: {
      reload: async (config: Config) => {
        await inForce();
        value.config = config;
        value.sinceMs += 1;
        done.push(`in force: ${config.cache.entries}`);
      },
    },
    log,
    onTrouble: ({ state }: { state: string }) => void done.push(`trouble ${state}`),
    onCommitted: () => undefined,
    onReloaded: undefined,
  };
  return {
    reloader: new Reloader(parts as unknown as ReloaderParts),
    done,
    loadedWith,
    entries: () => value.config.cache.entries,
    write: (entries) => {
      if (typeof entries === 'string') says = loadedOf(entries);
      else says = entries === null ? mistake : loadedWith(entries);
    },
  };
}

t.test('the file is not read between a change being in force and its being written', async (t) => {
  let letIn = (): void => undefined;
  let first: Promise<void> | null = new Promise((resolve) => {
    letIn = resolve;
  });
  const { reloader, done, loadedWith } = played(t, async () => {
    const waited = first;
    first = null;
    await waited;
  });
  const changed = reloader.use(loadedWith(3000), () => void done.push('written'));
  const read = reloader.reload('the file changed');
  await new Promise(setImmediate);
  letIn();
  await Promise.all([changed, read]);
  t.same(done, ['in force: 3000', 'written', 'read', 'in force: 2000']);
});

t.test('what was read before a change was written does not undo it', async (t) => {
  let letRead = (): void => undefined;
  let first: Promise<void> | null = new Promise((resolve) => {
    letRead = resolve;
  });
  const { reloader, done, loadedWith, entries, write } = played(
    t,
    async () => undefined,
    async () => {
      const waited = first;
      first = null;
      await waited;
    },
  );
  const read = reloader.reload('the hosts file changed');
  await new Promise(setImmediate);
  await reloader.use(loadedWith(3000), () => write(3000));
  letRead();
  await read;
  t.same(done, ['read', 'in force: 3000', 'read', 'in force: 3000']);
  t.equal(entries(), 3000);
});

t.test(
  'what cannot be written is taken back, to what was in force and not to what the file says',
  async (t) => {
    const { reloader, done, loadedWith, entries } = played(t, async () => undefined);
    const write = (): void => {
      throw new Error('no room');
    };
    await t.rejects(reloader.use(loadedWith(3000), write), { message: 'no room' });
    t.equal(entries(), 1000);
    t.same(done, ['in force: 3000', 'in force: 1000']);
    await reloader.reload('the file changed');
    t.equal(entries(), 2000, 'and the file is read again as ever');
  },
);

t.test('what was changed here is not read from the file as a change by somebody else', async (t) => {
  const { reloader, done, loadedWith } = played(t, async () => undefined);
  await reloader.use(loadedWith(2000), () => void done.push('written'));
  await reloader.reload('the file changed');
  t.same(done, ['in force: 2000', 'written', 'read']);
  await reloader.reload('SIGHUP');
  t.same(done.slice(3), ['read', 'in force: 2000'], 'who asks for it gets all read again');
});

t.test('a mistake in a file that then says again what was changed here is over', async (t) => {
  const { reloader, done, loadedWith, write } = played(t, async () => undefined);
  await reloader.use(loadedWith(2000));
  write(null);
  await reloader.reload('the file changed');
  write(2000);
  await reloader.reload('the file changed');
  t.same(done, ['in force: 2000', 'read', 'trouble begun', 'read', 'in force: 2000', 'trouble over']);
  t.equal(reloader.last?.error, null);
});

t.test('a file that a signal had read is not put into force again because it changed', async (t) => {
  const { reloader, done, write } = played(t, async () => undefined);
  await reloader.reload('SIGHUP');
  await reloader.reload('the file changed');
  t.same(done.splice(0), ['read', 'in force: 2000', 'read']);
  write(3000);
  await reloader.reload('the file changed');
  t.same(done.splice(0), ['read', 'in force: 3000']);
  await reloader.reload('SIGHUP');
  t.same(done, ['read', 'in force: 3000'], 'who asks for it gets all read again');
});

t.test('a file of which nothing is left takes no list away', async (t) => {
  const { reloader, done, write } = played(t, async () => undefined);
  for (const [number, blank] of ['', '\n \n', '# cenote\n', '---\n'].entries()) {
    write(blank);
    await reloader.reload(number % 2 === 0 ? 'the file changed' : 'SIGHUP');
    t.match(reloader.last?.error, /holds nothing any more \(.*c\.yaml\); put it back/, JSON.stringify(blank));
  }
  t.notOk(done.some((what) => what.startsWith('in force')));
  write('lists: {}\n');
  await reloader.reload('the file changed');
  t.match(done.at(-2), /in force/, 'who means it says so');
});

t.test('a reload that a stop cuts short is no refusal', async (t) => {
  const { reloader, done } = played(t, async () => {
    reloader.stop();
    throw new Error('cenote is stopping');
  });
  await reloader.reload('SIGHUP');
  t.same(done, ['read']);
  t.equal(reloader.last, null);
});

t.test('a configuration that cannot be read is refused, once told, until it can', async (t) => {
  let cannot = true;
  const { reloader, done, entries } = played(
    t,
    async () => undefined,
    async () => {
      if (cannot) throw new Error('EMFILE: too many open files');
    },
  );
  for (let time = 1; time <= 2; time += 1) await reloader.reload('the file changed');
  t.match(reloader.last?.error, /EMFILE/);
  t.equal(entries(), 1000, 'what was in force stays in force');
  cannot = false;
  await reloader.reload('the file changed');
  t.equal(reloader.last?.error, null);
  t.same(done, ['read', 'trouble begun', 'read', 'read', 'in force: 2000', 'trouble over']);
});

t.test(
  'what waits for a restart waits until then, whatever else is changed, or until it is taken back',
  async (t) => {
    const { reloader, write } = played(t, async () => undefined);
    const withTtl = (entries: number, ttl: string): string =>
      `listen: { dns: ["127.0.0.1:5335"] }\ncache: { entries: ${entries} }\nsinkhole: { ttl: ${ttl} }\nlists: { own: { names: [a.example] } }\n`;
    const waits: unknown[] = [];
    for (const text of [
      withTtl(2000, '30s'),
      withTtl(2000, '1m'),
      withTtl(1000, '1m'),
      withTtl(3000, '1m'),
    ]) {
      write(text);
      await reloader.reload('SIGHUP');
      waits.push(reloader.waits);
    }
    const one = (sinceMs: number) => ({ settings: ['cache.entries'], sinceMs });
    t.same(waits, [one(1), one(1), { settings: [], sinceMs: null }, one(4)]);
  },
);
