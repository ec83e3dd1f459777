// `npm run engines -- [NAME…] [--sets N] [--seed N] [--show N] [--write FILE]`: random lists played to the engines that they were written for and
// to cenote; prints how often they agree, and the causes where they do not. `histories [--steps N]` plays changing primaries, `tables` writes those of docs/lists.md, `rows` holds
// the engines to them, `suites --unbound FOLDER --bind FOLDER --recursor FOLDER` plays checks of other projects' tests, `consumers`
// has four resolvers take a zone that cenote serves, `million` takes one of a million names. By hand: needs Go, dnsmasq, Unbound, BIND and others.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { withTables } from '../lists/constructs/table.ts';
import { TABLES } from '../lists/constructs/tables.ts';
import { adblock } from './adblock.ts';
import { type Difference, type Engine, play, type Result, UNEXPLAINED } from './differential.ts';
import { expressions } from './expressions.ts';
import { playHistories } from './histories.ts';
import { dnsmasq, unbound } from './local-data.ts';
import { policyZones } from './policy-zones.ts';
import { wrongRows } from './rows.ts';
import { playConsumers } from './served/consumers.ts';
import { playMillion } from './served/million.ts';
import { isPassed } from './suites/check.ts';
import { playSuites } from './suites/play.ts';
import { suitesDocument, unexplained } from './suites/table.ts';

const ENGINES: readonly Engine[] = [adblock, dnsmasq, unbound, ...policyZones, expressions];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sets: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    show: { type: 'string', default: '3' },
    steps: { type: 'string' },
    write: { type: 'string' },
    /** Folders of checkouts. */
    unbound: { type: 'string' },
    bind: { type: 'string' },
    recursor: { type: 'string' },
  },
});
if (positionals.includes('tables')) {
  const path = join(import.meta.dirname, '../../docs/lists.md');
  writeFileSync(path, withTables(readFileSync(path, 'utf8'), TABLES));
  process.exit();
}
if (positionals.includes('suites')) {
  const suites = await playSuites(values);
  for (const { name, checks } of suites)
    console.log(`${name}: ${checks.length} checks, ${checks.filter(isPassed).length} passed`);
  const left = suites.flatMap(unexplained);
  for (const { group, number, asked, expected, got } of left)
    console.log(`${group} ${number} ${asked}: it expects ${expected}, cenote gives ${got}`);
  if (values.write !== undefined) writeFileSync(values.write, suitesDocument(suites));
  process.exit(left.length === 0 ? 0 : 1);
}
if (positionals.includes('consumers')) {
  for (const { consumer, seconds } of await playConsumers(Number(values.steps ?? 5)))
    console.log(`${consumer}: ${seconds.map((one) => one.toFixed(1)).join(' ')} s from import to blocked`);
  process.exit();
}
if (positionals.includes('million')) {
  const million = await playMillion(1_000_000, 3);
  for (const [said, figures] of Object.entries(million)) console.log(said, figures);
  process.exit();
}
if (positionals.includes('rows')) {
  const wrong = await wrongRows();
  for (const line of wrong) console.log(line);
  process.exit(wrong.length === 0 ? 0 : 1);
}
if (positionals.includes('histories')) {
  const histories = await playHistories(Number(values.steps ?? 100), Number(values.seed));
  for (const { primary, steps, different, incremental } of histories)
    console.log(
      `${primary}: ${steps} changes, ${incremental} taken by IXFR, ${different} another zone than by AXFR`,
    );
  process.exit(histories.some(({ different }) => different > 0) ? 1 : 0);
}
const results: Result[] = [];
for (const engine of ENGINES) {
  if (positionals.length > 0 && !positionals.includes(engine.name.toLowerCase())) continue;
  const result = await play(engine, Number(values.sets), Number(values.seed));
  results.push(result);
  console.log(`\n${headOf(result)}`);
  for (const [cause, differences] of sorted(result)) {
    const [more, less, both] = directionsOf(differences);
    const directions = `cenote alone stops ${more}, it alone ${less}, both ${both}`;
    console.log(`${String(differences.length).padStart(7)}  ${cause} (${directions})`);
    const shown = cause === UNEXPLAINED ? 10 * Number(values.show) : Number(values.show);
    for (const { rules, question, ours, theirs } of differences.slice(0, shown))
      console.log(
        `           ${JSON.stringify(rules)} ${question.name} ${question.type}: cenote ${ours}, it ${theirs}`,
      );
  }
}
if (values.write !== undefined) writeFileSync(values.write, documentOf(results));
process.exitCode = results.some(({ causes }) => causes.has(UNEXPLAINED)) ? 1 : 0;

function headOf({ engine, version, sets, questions, same }: Result): string {
  const count = (n: number): string => n.toLocaleString('en');
  return `${engine} (${version}): ${count(sets)} lists, ${count(questions)} questions, ${count(same)} alike`;
}

function sorted({ causes }: Result): [string, readonly Difference[]][] {
  return [...causes].sort((a, b) => b[1].length - a[1].length);
}

/** What cenote alone stops, what the other alone, and what both do. */
function directionsOf(differences: readonly Difference[]): [ours: number, theirs: number, both: number] {
  const more = differences.filter(({ theirs }) => theirs === 'pass').length;
  const less = differences.filter(({ ours }) => ours === 'pass').length;
  return [more, less, differences.length - more - less];
}

function documentOf(all: readonly Result[]): string {
  const sections = all.map((result) => {
    const rows = sorted(result).map(
      ([cause, differences]) =>
        `| ${cause.replaceAll('|', '\\|')} | ${directionsOf(differences).join(' | ')} |`,
    );
    const table =
      rows.length === 0
        ? ''
        : `\n| where they differ, and why | cenote alone stops | it alone stops | both stop |\n| --- | ---: | ---: | ---: |\n${rows.join('\n')}\n`;
    return `## ${headOf(result)}\n${table}`;
  });
  return `# Lists held beside their own engines

Written by \`npm run engines -- --sets ${values.sets} --seed ${values.seed} --write FILE\`: random lists from a grammar of what the formats' users write, played to the
engine and to cenote (\`action: zone\` where the format has actions of its own), compared by what happens to the query. A difference without a named cause
fails the run; what cenote does where is in [lists.md](lists.md).

${sections.join('\n')}`;
}
