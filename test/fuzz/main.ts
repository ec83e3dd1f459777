// `npm run fuzz [-- PACKETS [SEED]]`: the long run. Prints what it counted; exits with 1 when anything was lost.
// `npm run fuzz -- reports [FILES [SEED]]` mutates what an import reads instead, `-- http2 [CONNECTIONS [SEED]]` what DoH clients send.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fuzzHttp2 } from './http2.ts';
import { fuzzReports } from './reports.ts';
import { fuzz } from './run.ts';

const what = ['reports', 'http2'].find((word) => word === process.argv[2]) ?? 'packets';
const [written, writtenSeed] = process.argv.slice(what === 'packets' ? 2 : 3);
const count = Number(written ?? (what === 'reports' ? 20_000 : 100_000));
const seed = Number(writtenSeed ?? Date.now() % 1_000_000);
if (what === 'reports') await ofReports();
else if (what === 'http2') ofHttp2();
else await ofPackets();

function ofHttp2(): void {
  console.log(`${count} connections, seed ${seed} (repeat with: npm run fuzz -- http2 ${count} ${seed})`);
  const { faults, ...counts } = fuzzHttp2(count, seed);
  console.log(JSON.stringify(counts, null, 2));
  for (const { number, what: fault, text } of faults)
    console.error(`connection ${number}: ${fault}\n${text}`);
  if (faults.length > 0) process.exitCode = 1;
}

async function ofReports(): Promise<void> {
  console.log(`${count} files, seed ${seed} (repeat with: npm run fuzz -- reports ${count} ${seed})`);
  const { faults, ...counts } = await fuzzReports(count, seed);
  console.log(JSON.stringify(counts, null, 2));
  for (const { number, what, text } of faults)
    console.error(`file ${number}: ${what}\n${JSON.stringify(text.slice(0, 2000))}`);
  if (faults.length > 0) process.exitCode = 1;
}

async function ofPackets(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'cenote-fuzz-'));
  console.log(`${count} packets, seed ${seed} (repeat with: npm run fuzz -- ${count} ${seed})`);
  const result = await fuzz(count, seed, directory);
  rmSync(directory, { recursive: true, force: true });
  const { output, ...counts } = result;
  const grown = result.rssAtEnd / Math.max(1, result.rssAtTenth);
  console.log(JSON.stringify({ ...counts, rssGrowth: Number(grown.toFixed(3)) }, null, 2));
  if (result.exit !== 0 || result.unanswered > 0 || grown > 1.25) {
    console.error(output.slice(-4000));
    process.exitCode = 1;
  }
}
