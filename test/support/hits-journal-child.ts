// A process that answers hits for ever, every third a new one and the others the same again, and says after each batch
// how many it has answered, so that a test can kill it.
import { writeSync } from 'node:fs';
import { Journal } from '../../src/journal/journal.ts';
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
let answered = 0;
let last = 0;
let count = 0;
for (let batch = 1; ; batch += 1) {
  for (let i = 0; i < 1 + (batch % 40); i += 1) {
    answered += 1;
    if (last > 0 && answered % 3 !== 0) count += 1;
    else {
      if (count > 1) journal.count(last, count);
      last = journal.add(octets, 0, octets.length);
      count = 1;
    }
  }
  if (count > 1) journal.count(last, count);
  if (!journal.commit()) process.exit(1);
  if (journal.isFull) {
    journal.close();
    last = 0;
  }
  writeSync(1, `${answered}\n`); // the answers go out
}
