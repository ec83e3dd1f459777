// docs/3cx.md: a name is asked for, then a report lists it, then it is looked for in what was asked before.
import { appendFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { startSimpleUpstream } from '../../support/simple-upstream.ts';
import { freePort, until } from '../../support/tool.ts';
import { background, shellIn, type Walk } from '../walk.ts';

const PAGE = 'docs/3cx.md';

export async function morning(walk: Walk, checkout: string): Promise<void> {
  const home = join(checkout, '../morning');
  const path = join(home, 'path');
  mkdirSync(join(home, 'config'), { recursive: true });
  mkdirSync(path);
  symlinkSync(join(checkout, 'bin/cenote'), join(path, 'cenote'));
  const { indicators } = parse(readFileSync(join(checkout, 'blocklists/3cx-2023.yaml'), 'utf8'));
  const names = indicators.map((one: string | { name: string }) =>
    typeof one === 'string' ? one : one.name,
  );
  writeFileSync(
    join(home, 'report.txt'),
    `Domains: ${names.map((name: string) => name.replace('.', '[.]')).join(' | ')}\n`,
  );
  const upstream = await startSimpleUpstream();
  const [dns, admin] = [await freePort(), await freePort()];
  const config = join(home, 'config/cenote.yaml');
  writeFileSync(
    config,
    `listen: { dns: "127.0.0.1:${dns}", admin: "127.0.0.1:${admin}" }\nupstreams: { default: ["${upstream.address}"] }\n`,
  );
  const where = { cwd: home, path };
  const shell = shellIn(where);
  const daemon = background('exec cenote serve', where);
  try {
    await until('cenote to listen', () => daemon.text().includes(`127.0.0.1:${dns}`), 60_000);
    await shell(`dig @127.0.0.1 -p ${dns} www.akamaicontainer.com +tries=1 +time=5`);
    await walk.run(shell, walk.block(PAGE, '$ cenote import report.txt'));
    appendFileSync(config, walk.block(PAGE, 'lists:').text.replace(/^alerts:.*$/m, ''));
    await until('the list', async () => (await shell('cenote lists')).text.includes('3cx-2023'));
    await until('a find', async () => (await shell('cenote hunt 3cx-2023')).code === 3);
    await walk.run(shell, walk.block(PAGE, '$ cenote hunt'), [3]);
  } finally {
    await daemon.stop();
    await upstream.close();
  }
}
