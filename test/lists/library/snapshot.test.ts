import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { asideOf, settle } from '../../../src/config/disk/whole-file.ts';
import {
  draftSnapshot,
  readSnapshot,
  tablesOfDraft,
  writeSnapshot,
} from '../../../src/lists/library/snapshot.ts';
import { askerOf, compileText, listConfig } from '../../support/lists-compile.ts';

const LISTS = [listConfig()];
const TEXT = '||a.example^$important\n@@||ok.a.example^$important\n/^ads[0-9]/\n';

async function written(dir: string): Promise<string> {
  const path = join(dir, 'deep', 'rules.snapshot');
  await writeSnapshot(path, (await compileText(TEXT)).ruleSet, LISTS);
  return path;
}

t.test('a snapshot decides as the rule set it was made from', async (t) => {
  const dir = t.testdir({});
  const path = await written(dir);
  const ruleSet = await readSnapshot(path, LISTS);
  const ask = askerOf({ ruleSet, lists: [] });
  t.same(
    ['x.a.example', 'ok.a.example', 'ads1.test', 'b.example'].map((name) => ask(name)),
    ['sinkhole', 'allow', 'sinkhole', 'none'],
  );
  t.ok(ruleSet.trie instanceof SharedArrayBuffer);
  t.same(readdirSync(join(dir, 'deep')), ['rules.snapshot'], 'written aside and renamed');
});

t.test('a draft that cannot take its place goes, and the snapshot there stays', async (t) => {
  const dir = t.testdir({ place: { inside: '' } });
  const { ruleSet } = await compileText(TEXT);
  const path = join(dir, 'place');
  const draft = { path: asideOf(path), lists: LISTS };
  await draftSnapshot(draft, ruleSet);
  t.same(new Uint8Array((await tablesOfDraft(draft.path)).trie), new Uint8Array(ruleSet.trie));
  await t.rejects(settle(draft.path, path));
  t.same(readdirSync(dir), ['place']);
  await t.rejects(draftSnapshot({ path: join(path, 'inside', 'below'), lists: LISTS }, ruleSet));
});

t.test('no snapshot is no damage', async (t) => {
  await t.rejects(readSnapshot(join(t.testdir({}), 'none'), LISTS), { code: 'LIST_MISSING' });
});

t.test('one of other lists is refused, one of another refresh interval is not', async (t) => {
  const path = await written(t.testdir({}));
  await t.rejects(readSnapshot(path, [listConfig({ action: 'refused' })]), {
    code: 'LIST_SNAPSHOT',
    message: /of another configuration of lists/,
  });
  await t.resolves(readSnapshot(path, [listConfig({ refreshMs: 1 })]));
});

t.test('damage anywhere is noticed, and never followed', async (t) => {
  const path = await written(t.testdir({}));
  const whole = readFileSync(path);
  for (let at = 0; at < whole.length; at += Math.max(1, Math.floor(whole.length / 200))) {
    const damaged = Buffer.from(whole);
    damaged[at] = damaged[at]! ^ 0x41;
    writeFileSync(path, damaged);
    await t.rejects(readSnapshot(path, LISTS), { code: 'LIST_SNAPSHOT' }, `octet ${at}`);
  }
  for (const length of [0, 7, 15, 16, 100, whole.length - 1]) {
    writeFileSync(path, whole);
    truncateSync(path, length);
    await t.rejects(readSnapshot(path, LISTS), { code: 'LIST_SNAPSHOT' }, `cut at ${length}`);
  }
});
