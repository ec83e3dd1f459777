// `npm run fuzz [-- PACKETS [SEED]]`: the long run. Prints what it counted; exits with 1 when anything was lost.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fuzz } from './run.ts';

const packets = Number(process.argv[2] ?? 100_000);
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000);
const directory = mkdtempSync(join(tmpdir(), 'cenote-fuzz-'));
console.log(`${packets} packets, seed ${seed} (repeat with: npm run fuzz -- ${packets} ${seed})`);
const result = await fuzz(packets, seed, directory);
rmSync(directory, { recursive: true, force: true });
const { output, ...counts } = result;
const grown = result.rssAtEnd / Math.max(1, result.rssAtTenth);
console.log(JSON.stringify({ ...counts, rssGrowth: Number(grown.toFixed(3)) }, null, 2));
if (result.exit !== 0 || result.unanswered > 0 || grown > 1.25) {
  console.error(output.slice(-4000));
  process.exitCode = 1;
}
