// `npm run walk [-- STORY…]`: what README and docs say to type is typed, in clean folders. Exits with 1 when a block does not do as it says.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './pages.ts';
import { containers, fleetBox } from './stories/containers.ts';
import { findings, home, office, serve } from './stories/examples.ts';
import { fleet } from './stories/fleet.ts';
import { kubernetes } from './stories/kubernetes.ts';
import { debianPackage, image, moving, systemd, tarball } from './stories/machine.ts';
import { morning } from './stories/morning.ts';
import { neighbours } from './stories/neighbours.ts';
import { trial } from './stories/trial.ts';
import { upgrade } from './stories/upgrade.ts';
import { BLOCKS } from './table.ts';
import { Walk } from './walk.ts';

/** One after another in one clone. */
const STORIES: Readonly<Record<string, (walk: Walk, checkout: string) => Promise<void>>> = {
  trial,
  morning,
  systemd,
  package: debianPackage,
  moving,
  tarball,
  image,
  containers,
  'fleet-box': fleetBox,
  office,
  home,
  serve,
  fleet,
  kubernetes,
  neighbours,
  findings,
  upgrade: (_, checkout) => upgrade(checkout),
};

const asked = process.argv.slice(2);
const directory = mkdtempSync(join(tmpdir(), 'cenote-walk-'));
// So are the folders of the stories.
process.env['TMPDIR'] = directory;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
process.once('exit', () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
let failed = 0;
let walked = 0;
const checkout = join(directory, 'cenote');
execFileSync('git', ['clone', '-q', ROOT, checkout]);
// So that all of it is in npm's cache, for those without a network.
execFileSync('npm', ['ci', '--omit=dev'], { cwd: checkout, stdio: 'ignore' });
for (const [name, play] of Object.entries(STORIES)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  process.stdout.write(`${name}\n`);
  const walk = new Walk(name);
  const begun = performance.now();
  try {
    await play(walk, checkout);
    const left = walk.left();
    if (left.length > 0) throw new Error(`not walked: ${left.join(', ')}`);
    process.stdout.write(
      `ok ${name}: ${walk.count} blocks, ${((performance.now() - begun) / 1000).toFixed(0)} s\n`,
    );
  } catch (error) {
    failed += 1;
    process.stdout.write(`not ok ${name}: ${error instanceof Error ? error.message : String(error)}\n`);
  }
  walked += walk.count;
}
const elsewhere = BLOCKS.filter((row) => 'by' in row);
process.stdout.write(
  `${walked} blocks walked, ${failed} stories failed; ${elsewhere.length} are walked elsewhere:\n`,
);
for (const row of elsewhere)
  if ('by' in row) process.stdout.write(`  ${row.file}: ${row.first.trim()}: ${row.by}\n`);
process.exitCode = failed === 0 ? 0 : 1;
