// The examples as the documents take them: an office's machine with systemd, a home's for a trial, one that serves. None has a network: lists
// and upstreams that cannot be reached keep nobody from starting, and names of the lists that are here are blocked.
import { until } from '../../support/tool.ts';
import { shellIn, type Walk } from '../walk.ts';
import { blocks, inMachine } from './machine.ts';

const README = 'README.md';

export async function office(walk: Walk, checkout: string): Promise<void> {
  await inMachine(checkout, async (shell) => {
    await walk.run(shell, walk.block('docs/install.md', 'cp -R . /opt/cenote'));
    await blocks(shell);
    await shell('cd /src');
    await walk.run(shell, walk.block(README, '   cp config/examples/office.yaml'));
    await blocks(shell);
    // Of the network now: an address that the first configuration did not listen on.
    const { text } = await shell('dig @127.0.0.3 www.akamaicontainer.com +short +tries=1 +time=2');
    if (text.trim() !== '0.0.0.0') throw new Error(`not on all addresses: ${text}`);
    await until('a list that cannot be fetched', async () =>
      /malware .*failed/.test((await shell('cd / && cenote lists')).text),
    );
    const manual = await shell('man -w cenote');
    if (manual.code !== 0 && (await shell('which man')).code === 0) throw new Error(manual.text);
  });
}

export async function home(walk: Walk, checkout: string): Promise<void> {
  await inMachine(checkout, async (shell, machine) => {
    const start = walk.block(README, 'npm start -- -c config/examples/home.yaml');
    const daemon = machine.begin(['bash', '-c', `cd /src && ${start.text}`]);
    await until('cenote to listen', () => /cenote is ready/.test(daemon.text()), 60_000).catch((error) => {
      throw new Error(`${error.message}\n${daemon.text()}`);
    });
    await blocks(shell);
  });
}

/** No block says it, but docs/serve.md names the file. */
export async function serve(_: Walk, checkout: string): Promise<void> {
  await inMachine(checkout, async (shell, machine) => {
    const daemon = machine.begin(['bash', '-c', 'cd /src && bin/cenote serve -c config/examples/serve.yaml']);
    await until('the zone', () => /zone block\.rpz\.example: serial/.test(daemon.text()), 60_000).catch(
      (error) => {
        throw new Error(`${error.message}\n${daemon.text()}`);
      },
    );
    const zone = await shell('dig @127.0.0.1 -p 5335 block.rpz.example AXFR +tcp +time=5 +tries=1');
    if (!/^\*\.akamaicontainer\.com\.block\.rpz\.example\.\s+60\s+IN\s+CNAME\s+\.$/m.test(zone.text))
      throw new Error(`zone: ${zone.text}`);
    const list = await shell('curl -sS --fail http://127.0.0.1:5380/served/firewall/domains');
    if (!/^akamaicontainer\.com$/m.test(list.text)) throw new Error(`list: ${list.text}`);
  });
}

/** A finding is of another program and says so itself; all of them take too long, so the loop over all is typed where one is left. */
export async function findings(walk: Walk, checkout: string): Promise<void> {
  const shell = shellIn({ cwd: checkout });
  const block = walk.block('findings/README.md', 'findings/dnslib');
  const [one = '', all = ''] = block.text.split('\n');
  const said = await walk.run(shell, { ...block, text: one });
  if (!/^behaviour: /m.test(said)) throw new Error(`the finding says nothing: ${said}`);
  const left = await shell('find findings -name "*.sh" ! -name "dnslib-escaped-dot.sh" -delete');
  if (left.code !== 0) throw new Error(left.text);
  const changed = await walk.run(shell, { ...block, text: all });
  await shell('git checkout -q findings');
  if (changed.trim() !== '') throw new Error(`it has changed: ${changed}`);
}
