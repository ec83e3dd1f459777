// Compiles one list as the helper process does, under its flags (play.ts gives them), and prints what it cost.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CompileRequest, compileRuleSet } from '../../../src/lists/compile.ts';
import { draftSnapshot } from '../../../src/lists/library/snapshot.ts';
import { giveTextsBack } from '../../../src/offload/garbage.ts';

const request = JSON.parse(process.argv[2] ?? '') as CompileRequest;
const { ruleSet, lists } = await compileRuleSet(request, { onRead: giveTextsBack });
const dir = mkdtempSync(join(tmpdir(), 'cenote-shape-'));
await draftSnapshot({ path: join(dir, 'draft'), lists: request.lists.map(({ config }) => config) }, ruleSet);
rmSync(dir, { recursive: true });
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
const [list] = lists;
process.stdout.write(
  JSON.stringify({
    seconds: (userCPUTime + systemCPUTime) / 1e6,
    peakMiB: maxRSS / 1024,
    names: ruleSet.names,
    trieOctets: ruleSet.trie.byteLength,
    entries: list?.entries,
    format: list?.format,
    error: list?.error?.message ?? null,
    skipped: list?.skipped.map(({ reason, count }) => `${count} ${reason}`),
  }),
);
