// A newcomer with the README: a clone, the two commands, a blocked name, and the morning of a report.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../support/tool.ts';
import type { Walk } from '../walk.ts';
import { inMachine, OFFLINE } from './machine.ts';

const README = 'README.md';
const REPORT = `Indicators of compromise

The actors used these domains:
- first[.]some-campaign[.]example
- second[.]some-campaign[.]example
`;

export async function trial(walk: Walk, checkout: string): Promise<void> {
  await inMachine(checkout, async (shell, machine) => {
    const start = walk.block(README, 'npm ci --omit=dev && npm start');
    const daemon = machine.begin(['bash', '-c', `cd /src && ${start.text}`], { environment: OFFLINE });
    await until('cenote to listen', () => /127\.0\.0\.1:5335/.test(daemon.text()), 300_000).catch((error) => {
      throw new Error(`${error.message}\n${daemon.text()}`);
    });
    const beforeIt = daemon.text().split('\n> ')[0] ?? '';
    if (/warn|deprecated|vulnerab/i.test(beforeIt)) throw new Error(`npm warns:\n${beforeIt}`);
    await walk.run(shell, walk.block(README, '$ dig @127.0.0.1'));
    await hitIsAsShown(checkout, walk.block(README, '{"event":"hit"').text);
    await shell('ln -s /src/bin/cenote /usr/bin/cenote');
    writeFileSync(join(checkout, 'report.txt'), REPORT);
    await shell('dig @127.0.0.1 -p 5335 first.some-campaign.example +tries=1 +time=3 || true');
    const applied = await walk.run(shell, walk.block(README, 'cenote import report.txt'), [0, 3]);
    if (!/2 new names/.test(applied)) throw new Error(`import: ${applied}`);
    const listed = await shell('dig @127.0.0.1 -p 5335 second.some-campaign.example +short');
    if (listed.text.trim() !== '0.0.0.0') throw new Error(`not blocked: ${listed.text}`);
    const looked = await walk.run(shell, walk.block(README, 'cenote hunt some-campaign'), [0, 1, 3, 4]);
    // The trial has no receiver, and the last command says so.
    if (!looked.includes('there is no receiver')) throw new Error(looked);
    if (!looked.includes('first.some-campaign.example')) throw new Error(`not found: ${looked}`);
  });
}

/** All that the README shows of a hit is in the line of one, with the same words for what does not change. */
async function hitIsAsShown(checkout: string, shown: string): Promise<void> {
  const wanted = JSON.parse(shown);
  const hit = await until('the hit log', () => {
    const file = join(checkout, 'data/hits.jsonl');
    const [line = ''] = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
    return line === '' ? null : JSON.parse(line);
  });
  for (const [key, value] of Object.entries(wanted)) {
    if (!(key in hit)) throw new Error(`a hit has no ${key}`);
    const same = ['event', 'verdict', 'rule', 'list', 'transport', 'answer', 'question', 'via'];
    if (same.includes(key) && JSON.stringify(hit[key]) !== JSON.stringify(value))
      throw new Error(`${key} of a hit is ${JSON.stringify(hit[key])}`);
  }
}
