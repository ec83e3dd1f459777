// A daemon reads its configuration in a thread that ends: what comes out is what reading it here gives.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import t, { type Test } from 'tap';
import { type Loaded, loadConfig } from '../../../src/config/load.ts';
import type { Overlay } from '../../../src/config/values/overlay.ts';
import { loaderApart, loadTextApart } from '../../../src/daemon/configuration/apart.ts';

const none = (): null => null;

/** Something of everything that is more than text and numbers. */
const FULL = `
listen: { dns: ["127.0.0.1:0"], admin: off }
upstreams: { default: ["https://dns.example.org/dns-query", "192.0.2.53"] }
lists:
  a: { names: [bad.test], action: sinkhole }
  b: { source: "https://lists.example.org/b.txt", format: hosts, headers: { authorization: "Bearer x" } }
groups:
  kids: { clients: ["192.0.2.0/25", "2001:db8::/64", "02:00:00:00:00:01"], lists: [a], schedule: "21:00-07:00" }
  default: { clients: [any], lists: [a, b] }
local: { records: ["nas.example.org. 300 IN A 192.0.2.9"] }
alerts:
  - { webhook: "https://hook.example.org/x", secret: "a secret of thirty-two characters" }
serve: { zones: { "rpz.example.org": { lists: [a], allow: [192.0.2.53] } } }
`;

function place(t: Test, text: string): string {
  const file = join(t.testdir({}), 'cenote.yaml');
  writeFileSync(file, text);
  return file;
}

const here = (file: string): Loaded => loadConfig({ file, environment: process.env });

for (const [what, text, isGood] of [
  ['a configuration with something of everything', FULL, true],
  ['one with mistakes', `${FULL}workers: many\nmetrics: 3\n`, false],
  ['text that is no YAML', 'lists: [\n', false],
] as const)
  t.test(`${what} is the same when a thread reads it, and frozen`, async (t) => {
    const file = place(t, text);
    const loaded = await loaderApart(file)(none)();
    t.equal(loaded.config !== null, isGood, JSON.stringify(loaded.problems));
    // With the prototypes of all that it holds: what a copy loses is seen.
    t.ok(isDeepStrictEqual(loaded, here(file)), 'equal');
    t.ok(loaded.config === null || (Object.isFrozen(loaded.config) && Object.isFrozen(loaded.config.lists)));
    const asText = await loadTextApart(place(t, 'metrics: false\n'), text, null);
    t.same(asText.problems.length, loaded.problems.length);
  });

t.test('a file that has not changed is the same value; one that has is another', async (t) => {
  const file = place(t, FULL);
  const load = loaderApart(file)(none);
  const first = await load();
  t.equal(await load(), first);
  writeFileSync(file, `${FULL}metrics: false\n`);
  const second = await load();
  t.not(second, first);
  t.equal(second.config?.metrics, false);
});

t.test('a text in place of the file leaves the file alone', async (t) => {
  const file = place(t, FULL);
  const { config } = await loadTextApart(file, `${FULL}metrics: false\n`, null);
  t.equal(config?.metrics, false);
  t.equal((await loaderApart(file)(none)()).config?.metrics, true);
});

t.test('what a head has published is laid over it', async (t) => {
  const file = place(t, FULL);
  const overlay: Overlay = {
    name: 'policy, revision 1',
    over: (own) => ({ ...own, metrics: false }),
    owns: ([first]) => first === 'metrics',
  };
  const load = loaderApart(file)(() => overlay);
  t.equal((await load()).config?.metrics, false);
  t.equal(await load(), await load());
  t.equal((await loadTextApart(file, FULL, overlay)).config?.metrics, false);
});

t.test('a file that is not there is a mistake that says so', async (t) => {
  const file = join(t.testdir({}), 'none.yaml');
  t.match((await loaderApart(file)(none)()).problems[0]?.message, /no such file/);
});
