// `npm run score -- FOLDER LABELS [DATE]`: how well an import reads the files of a folder, by labels somebody made by eye, one line a
// file: {"file":"a.csv","kind":"csv","names":["bad.example"]}. Exits with 1 below the bars. DATE is the day it is taken to be.
import { readFileSync } from 'node:fs';
import { readLabels, type Scored, scoreFile, table } from './score.ts';

/** Over all, and in each kind. */
const BAR = 0.99;
const KIND_BAR = 0.97;

const [folder, labels, date] = process.argv.slice(2);
if (folder === undefined || labels === undefined) {
  console.error('usage: npm run score -- FOLDER LABELS [DATE]');
  process.exit(2);
}
const now = date === undefined ? Date.now() : Date.parse(date);
const scored: Scored[] = [];
for (const label of readLabels(readFileSync(labels, 'utf8')))
  scored.push(await scoreFile(folder, label, now));
for (const { file, missed, wrong } of scored) {
  for (const name of missed) console.log(`missed  ${name}  ${file}`);
  for (const name of wrong) console.log(`wrong   ${name}  ${file}`);
}
const rows = table(scored);
console.log(
  `${'kind'.padEnd(16)} ${'files'.padStart(6)} ${'names'.padStart(7)} ${'recall'.padStart(7)} precision`,
);
for (const { kind, files, names, recall, precision } of rows)
  console.log(
    `${kind.padEnd(16)} ${String(files).padStart(6)} ${String(names).padStart(7)} ${recall.toFixed(4).padStart(7)} ${precision.toFixed(4).padStart(9)}`,
  );
const isBelow = rows.some(
  ({ kind, recall, precision }) => Math.min(recall, precision) < (kind === 'all' ? BAR : KIND_BAR),
);
if (isBelow) process.exitCode = 1;
