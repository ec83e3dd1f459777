// A process that answers hits for ever and says after each batch how far its answers went, so that a test can kill it.
import { writeSync } from 'node:fs';
import { Journal } from '../../src/hits/journal/journal.ts';
import { hitOctets, RULES } from './hits-records.ts';

const [dir = '', boot = ''] = process.argv.slice(2);
const journal = new Journal({
  dir,
  boot,
  worker: 0,
  now: () => performance.now(),
  report: () => {},
  segmentOctetsMax: 20_000,
});
journal.explain(RULES, ['default']);
const octets = hitOctets({ name: 'www.akamaicontainer.com' });
for (let batch = 1; ; batch += 1) {
  let last = 0;
  for (let i = 0; i < 1 + (batch % 40); i += 1) last = journal.add(octets, 0, octets.length);
  if (!journal.commit()) process.exit(1);
  writeSync(1, `${last}\n`); // the answers go out
}
