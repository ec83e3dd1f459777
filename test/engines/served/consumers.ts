// A name imported into a list that is served: how long until BIND, Unbound, PowerDNS Recursor and Knot Resolver block it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../support/cli-run.ts';
import { askUdp, type Server } from '../../support/client.ts';
import { type Daemon, startDaemon } from '../../support/daemon.ts';
import { query } from '../../support/message.ts';
import { readMessage } from '../../support/read-message.ts';
import { PRIMARY_KEY } from '../../support/rpz-primary.ts';
import { startSimpleUpstream } from '../../support/simple-upstream.ts';
import { freePort, until } from '../../support/tool.ts';
import { startConsumer } from '../../support/zone-consumers.ts';

const ZONE = 'block.rpz.test';
/** How often the file's fetcher looks: a timer of the system would look once a second at best, too. */
const FETCH_MS = 1000;

export interface Seen {
  readonly consumer: string;
  /** From the import command's start until the name is blocked; one for each import. */
  readonly seconds: readonly number[];
}

const CONSUMERS = {
  BIND: 'named',
  Unbound: 'unbound',
  Recursor: 'pdns_recursor',
  'Knot Resolver': 'kresd',
} as const;

async function isBlocked(server: Server, name: string): Promise<boolean> {
  const answer = await askUdp(server, query(name, 'A'), 1000);
  return answer !== null && readMessage(answer)?.rcode === 3;
}

/** As an admin's timer does: fetched with its ETag, put in place whole. */
function keepFetched(daemon: Daemon, file: string): () => void {
  let etag = '';
  const timer = setInterval(async () => {
    const said = await fetch(`${daemon.adminUrl}/served/all/rpz`, {
      headers: { authorization: 'Bearer of kresd', 'if-none-match': etag },
    }).catch(() => null);
    if (said === null || said.status !== 200) return;
    etag = said.headers.get('etag') ?? '';
    writeFileSync(file, await said.text());
  }, FETCH_MS);
  return () => clearInterval(timer);
}

/** @param imports how many names are imported one after the other */
export async function playConsumers(imports: number): Promise<Seen[]> {
  const ends: (() => void | Promise<void>)[] = [];
  const t = { teardown: (end: () => void | Promise<void>) => void ends.push(end) };
  try {
    const directory = mkdtempSync(join(tmpdir(), 'cenote-consumers-'));
    ends.push(() => rmSync(directory, { recursive: true, force: true }));
    const upstream = await startSimpleUpstream();
    ends.push(() => upstream.close());
    const ports = new Map<string, number>();
    for (const name of Object.keys(CONSUMERS)) ports.set(name, await freePort());
    writeFileSync(join(directory, 'bad.yaml'), 'campaign: Test\nindicators:\n  - first.example\n');
    const primary = await startDaemon({
      directory,
      config: {
        upstreams: { default: [upstream.address] },
        lists: { bad: { source: 'bad.yaml', alert: true } },
        groups: { default: { clients: ['any'], lists: ['bad'] } },
        serve: {
          zones: {
            [ZONE]: {
              alerting: true,
              allow: ['127.0.0.1'],
              notify: [...ports.values()].map((port) => `127.0.0.1:${port}`),
            },
            [`signed.${ZONE}`]: {
              alerting: true,
              tsig: PRIMARY_KEY,
              notify: [`127.0.0.1:${ports.get('BIND')}`],
            },
          },
          lists: { all: { alerting: true, token: 'of kresd', formats: ['rpz'] } },
        },
      },
    });
    ends.push(async () => void (await primary.stop()));
    const file = join(directory, 'block.rpz');
    writeFileSync(file, `$ORIGIN ${ZONE}.\n`);
    ends.push(keepFetched(primary, file));
    const servers = Object.entries(CONSUMERS).map(([name, program]) => {
      const port = ports.get(name)!;
      const common = { port, primary: primary.server, upstream: upstream.address, file };
      const isSigned = program === 'named';
      const own = isSigned ? { zone: `signed.${ZONE}`, tsig: PRIMARY_KEY } : { zone: ZONE };
      return { name, server: startConsumer(t, program, { ...common, ...own }), seconds: [] as number[] };
    });
    for (const { name, server } of servers)
      await until(`${name} to have the zone`, () => isBlocked(server, 'first.example'), 60_000);
    for (let i = 0; i < imports; i += 1) {
      const bad = `later-${i}.top`;
      const report = join(directory, 'report.txt');
      writeFileSync(report, `C2 domains:\n- later-${i}[.]top\n`);
      const began = performance.now();
      const waits = servers.map(async ({ name, server, seconds }) => {
        await until(`${name} to block ${bad}`, () => isBlocked(server, bad), 60_000);
        seconds.push((performance.now() - began) / 1000);
      });
      const args = [
        'import',
        report,
        '--append',
        'bad',
        '--name',
        'bad',
        '--apply',
        '-c',
        primary.configFile,
      ];
      const { code, stderr } = await run(args, { cwd: directory, alone: true });
      if (code !== 0 && code !== 3) throw new Error(`the import ended with ${code}: ${stderr}`);
      await Promise.all(waits);
    }
    return servers.map(({ name, seconds }) => ({ consumer: name, seconds }));
  } finally {
    for (const end of ends.reverse()) await end();
  }
}
