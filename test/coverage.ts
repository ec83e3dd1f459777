// `npm run coverage`: how much of the rooms their tests run; fails below a room's floor.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** Percent of the lines of a room. */
const LINES_MIN = 95;
const GATED: readonly string[] = [
  'wire',
  'trie',
  'policy',
  'cache',
  'resolver',
  'events',
  'journal',
  'upstream',
  'listen',
  'hits',
  'alerts',
  'native',
  'zone',
  'publish',
  'desk',
  'querylog',
  'report',
  'offload',
];
/** Percent of the lines of rooms that have less: a little below what their own tests alone were measured to run. */
const FLOORS: Readonly<Record<string, number>> = { clients: 90, config: 91, out: 90 };
/** Their own tests, and those of rooms that they are written for. */
const PLAYED: readonly string[] = [
  ...GATED.filter((room) => room !== 'zone'),
  ...Object.keys(FLOORS),
  'lists',
];

const ROOT = join(import.meta.dirname, '..');

interface Lines {
  readonly total: number;
  readonly covered: number;
}

const OUTPUT_MAX = 64 * 1024 * 1024;
const FAILURE_LINES_MAX = 200;

/** From the first test that failed on, of what the reporter prints. */
function failuresIn(output: string): string {
  const lines = output.split('\n').filter((line) => !/^\S*(Asserts|Suites):/.test(line));
  const first = lines.findIndex((line) => /FAIL|✖/.test(line));
  return lines.slice(Math.max(0, first), Math.max(0, first) + FAILURE_LINES_MAX).join('\n');
}

/** Runs the tests of those rooms. @returns lines by path of file, null when a test failed */
function measure(rooms: readonly string[]): Map<string, Lines> | null {
  const files = rooms.map((room) => `test/rooms/${room}.ts`);
  const flags = ['--no-disable-coverage', '--allow-incomplete-coverage', '--reporter=terse'];
  const { status, stdout } = spawnSync('npx', ['tap', ...flags, '--coverage-report=json-summary', ...files], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    maxBuffer: OUTPUT_MAX,
  });
  if (status !== 0) {
    // Which one, and why: it may have passed in `npm test`.
    console.error(failuresIn(stdout));
    return null;
  }
  const text = readFileSync(join(ROOT, '.tap/report/coverage-summary.json'), 'utf8');
  const summary: Readonly<Record<string, { readonly lines: Lines }>> = JSON.parse(text);
  return new Map(Object.entries(summary).map(([path, { lines }]) => [path, lines]));
}

const measured = measure(PLAYED);
if (measured === null) {
  console.error('coverage: a test failed; run `npm test`');
  process.exit(1);
}
for (const room of [...GATED, ...Object.keys(FLOORS)]) {
  const floor = FLOORS[room] ?? LINES_MIN;
  const inside = join('src', room) + sep;
  const lines = [...measured].filter(([path]) => relative(ROOT, path).startsWith(inside));
  const covered = lines.reduce((sum, [, file]) => sum + file.covered, 0);
  const total = lines.reduce((sum, [, file]) => sum + file.total, 0);
  const percent = (100 * covered) / total;
  console.log(`${room.padEnd(10)} ${percent.toFixed(1)} % of ${total} lines`);
  if (percent >= floor) continue;
  console.error(`coverage: ${room} has less than ${floor} %`);
  process.exitCode = 1;
}
