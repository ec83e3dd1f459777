import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { sealOf } from '../../src/fleet/seal.ts';
import { SiteKeys, sharedKeyText } from '../../src/fleet/site-keys.ts';
import { until } from '../support/tool.ts';

const keyOf = () => generateKeyPairSync('ed25519').privateKey;
const BODY = Buffer.from('what happened');

t.test('the key that a site signed with first is its key, also after a restart of the head', async (t) => {
  const dir = t.testdir({ head: {} });
  let nowMs = Date.UTC(2026, 10, 23, 9);
  const said: string[] = [];
  const begin = (at = 'head'): SiteKeys =>
    new SiteKeys({ dir: join(dir, at), now: () => nowMs, report: (_, text) => said.push(text) });
  let keys = begin();
  const [own, stranger] = [sealOf('south', keyOf()), sealOf('south', keyOf())];
  t.equal(keys.open('south', 'batch', BODY), null, 'unsigned, and no key is known of it');
  t.same([keys.strangers, said], [[], []]);
  t.same(keys.open('south', 'batch', own('batch', BODY)), BODY);
  keys.stop();
  keys = begin();
  t.same(keys.open('south', 'state', own('state', BODY)), BODY);
  const changed = own('batch', BODY);
  changed[changed.length - 1] = 0;
  for (const [what, octets] of Object.entries({
    'of another key': stranger('batch', BODY),
    'for something else': own('state', BODY),
    'of another site': sealOf('north', keyOf())('batch', BODY),
    'one octet other': changed,
    unsigned: BODY,
    empty: new Uint8Array(),
  }))
    t.equal(keys.open('south', 'batch', octets), null, what);
  t.match(said, [/^Something came in the name of south at 2026-11-23 09:00:00 UTC .*fleet invite south/]);
  t.equal(said.length, 1, 'told once');
  t.match(keys.strangers, [{ site: 'south', heardMs: nowMs }]);
  nowMs += 3_700_000;
  t.same(keys.strangers, [], 'for an hour');
  t.same(keys.open('south', 'batch', own('batch', BODY)), BODY);

  keys.renew('south');
  t.same(
    keys.open('south', 'state', own('state', BODY)),
    BODY,
    'the machine that is being replaced still speaks',
  );
  keys.stop();
  keys = begin();
  t.same(keys.open('south', 'batch', stranger('batch', BODY)), BODY, 'the next other key is its key');
  t.equal(keys.open('south', 'batch', own('batch', BODY)), null);

  // A head whose disk takes nothing: what it saw counts until its next start, and it says so.
  writeFileSync(join(dir, 'file'), '');
  const full = begin('file');
  t.same(full.open('east', 'batch', sealOf('east', keyOf())('batch', BODY)), BODY);
  full.stop();
  t.match(said.at(-1), /cannot be kept for the next start/);
  t.equal(full.open('east', 'batch', sealOf('east', keyOf())('batch', BODY)), null);
});

t.test(
  'sites that are heard for the first time together are kept by one write, and without a stop',
  async (t) => {
    const dir = t.testdir({});
    const said: string[] = [];
    const begin = (at: string): SiteKeys =>
      new SiteKeys({ dir: join(dir, at), now: Date.now, report: (_, text) => said.push(text) });
    const keys = begin('');
    const sites = Array.from({ length: 20 }, (_, i) => `site-${i + 1}`);
    for (const site of sites) t.same(keys.open(site, 'state', sealOf(site, keyOf())('state', BODY)), BODY);
    const path = join(dir, 'site-keys.json');
    t.notOk(existsSync(path), 'not one by one');
    await until('the file', () => existsSync(path));
    const later = begin('');
    for (const site of sites) t.equal(later.open(site, 'state', sealOf(site, keyOf())('state', BODY)), null);
  },
);

t.test('sites that sign with one key are told together', async (t) => {
  let nowMs = 1000;
  const keys = new SiteKeys({ dir: t.testdir({}), now: () => nowMs, report: (_, text) => t.fail(text) });
  const key = keyOf();
  for (const site of ['west', 'east', 'north', 'south']) {
    const seal = sealOf(site, site === 'south' ? keyOf() : key);
    t.same(keys.open(site, 'state', seal('state', BODY)), BODY);
    nowMs += 1000;
  }
  const [shared, ...others] = keys.shared(['east', 'west', 'south', 'unheard']);
  t.same(
    [shared, others],
    [{ sites: ['east', 'west'], sinceMs: 2000 }, []],
    'one that was removed is none of them',
  );
  t.match(shared && sharedKeyText(shared), /^east, west sign with one key: /);
  t.same(keys.shared(['east', 'south']), []);
  keys.stop();
});

t.test('where it cannot be read which key is whose, nobody is believed', async (t) => {
  const dir = t.testdir({});
  const path = join(dir, 'site-keys.json');
  const said: string[] = [];
  const begin = (): SiteKeys => new SiteKeys({ dir, now: Date.now, report: (_, text) => said.push(text) });
  const [own, stranger] = [sealOf('south', keyOf()), sealOf('south', keyOf())];
  let keys = begin();
  t.same(keys.open('south', 'state', own('state', BODY)), BODY);
  keys.stop();
  const good = readFileSync(path, 'utf8');
  writeFileSync(path, good.slice(0, 50));
  keys = begin();
  t.match(
    [keys.problem, said],
    [path, [/^Which key each site signs with is not known: .* put back from a backup/]],
  );
  for (const seal of [stranger, own]) t.equal(keys.open('south', 'state', seal('state', BODY)), null);
  keys.renew('south');
  keys.stop();
  t.equal(readFileSync(path, 'utf8'), good.slice(0, 50), 'it is not written over');
  writeFileSync(path, good);
  keys = begin();
  t.equal(keys.problem, null);
  t.equal(keys.open('south', 'state', stranger('state', BODY)), null);
  t.same(keys.open('south', 'state', own('state', BODY)), BODY);
});

t.test('an invitation that the same machine used is none for another key weeks later', async (t) => {
  const DAY_MS = 86_400_000;
  for (const [days, counts] of [
    [1, true],
    [8, false],
  ] as const) {
    let nowMs = Date.UTC(2026, 10, 23);
    const keys = new SiteKeys({ dir: t.testdir({}), now: () => nowMs, report: () => undefined });
    const [own, other] = [sealOf('south', keyOf()), sealOf('south', keyOf())];
    t.same(keys.open('south', 'state', own('state', BODY)), BODY);
    keys.renew('south');
    nowMs += days * DAY_MS;
    t.same(keys.open('south', 'state', own('state', BODY)), BODY);
    t.same(keys.open('south', 'state', other('state', BODY)), counts ? BODY : null, `${days} days`);
    keys.stop();
  }
});
