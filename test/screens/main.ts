// `npm run screens -- [FOLDER]`: what each view of the page looks like, from a small office that a real daemon saw for a minute. Writes
// docs/screens unless a folder is said; then holds every view to axe-core and to a narrow and a wide screen, dark and light.
import { createSocket } from 'node:dgram';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { overflowing, violations } from '../support/axe.ts';
import { openPage, type Page } from '../support/browser.ts';
import { type Daemon, startDaemon } from '../support/daemon.ts';
import { query } from '../support/message.ts';
import { type Person, personAt } from '../support/person.ts';
import { startSimpleUpstream } from '../support/simple-upstream.ts';
import { until } from '../support/tool.ts';

const OCTETS_MAX = 110 * 1024;
const FOLDER = process.argv[2] ?? join(import.meta.dirname, '../../docs/screens');
const MACHINES = ['till-1', 'till-2', 'till-3', 'anna-laptop', 'printer', 'tv', 'phone-ben', 'nas'];
const NAMES = [
  'www.example.org',
  'mail.example.org',
  'cdn.shop.example',
  'time.example.net',
  'api.weather.example',
  'ads.tracker.example',
  'pixel.ads.example',
];
const REPORT = `Campaign Paper Crane, published 2026-11-20

Indicators of compromise
crane[.]example
hxxps://update.paper-crane[.]test/login
cdn.example.net is the vendor's own
198.51.100.23
`;

/** The same office each time. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

async function main(): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'cenote-screens-'));
  const upstream = await startSimpleUpstream();
  writeFileSync(join(directory, 'hosts'), MACHINES.map((name, i) => `127.0.0.${i + 2} ${name}`).join('\n'));
  const daemon = await startDaemon({
    directory,
    config: {
      upstreams: { default: [upstream.address] },
      clients: { hosts: join(directory, 'hosts'), leases: [], neighbours: false, reverse: false },
      lists: {
        ads: { names: ['ads.example', 'ads.tracker.example'], subdomains: true },
        'old-gate': { names: ['gate.example'], subdomains: true, alert: true },
      },
      groups: {
        default: { clients: ['any'], lists: ['ads', 'old-gate'] },
        tills: { clients: ['127.0.0.2/31'], lists: ['old-gate'], schedule: 'mon-sat 06:00-22:00' },
      },
    },
  });
  let page: Page | null = null;
  try {
    await office(daemon);
    page = await openPage(`${daemon.adminUrl}/`, join(directory, 'browser'));
    const person = personAt(page);
    await person.sees(/Open incidents[\s\S]*till-3/);
    mkdirSync(FOLDER, { recursive: true });
    const large = await screens(page, person);
    const broken = await everywhere(page, person);
    for (const line of [...large, ...broken]) console.log(line);
    return large.length + broken.length === 0 ? 0 : 1;
  } finally {
    await page?.close();
    await daemon.stop();
    await upstream.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function office(daemon: Daemon): Promise<void> {
  const random = numbers(42);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random.next().value * from.length)]!;
  for (let i = 0; i < 240; i += 1) await askFrom(daemon, MACHINES.indexOf(pick(MACHINES)), pick(NAMES));
  for (const name of ['www.crane.example', 'crane.example']) await askFrom(daemon, 3, name);
  for (let i = 0; i < 4; i += 1) await askFrom(daemon, 2, 'in.gate.example');
  await until('incidents', async () => {
    const { incidents } = (await (await fetch(`${daemon.adminUrl}/api/v1/incidents`)).json()) as {
      incidents: unknown[];
    };
    return incidents.length > 0;
  });
}

/** As the machine of that number: every address of 127.0.0.0/8 is this one's. */
async function askFrom({ server }: Daemon, machine: number, name: string): Promise<void> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, `127.0.0.${machine + 2}`, () => resolve()));
  const answered = new Promise<void>((resolve) => socket.once('message', () => resolve()));
  socket.send(query(name), server.port, server.host);
  await answered;
  socket.close();
}

/** @returns what went wrong */
async function screens(page: Page, person: Person): Promise<string[]> {
  const large: string[] = [];
  const shoot = async (name: string): Promise<void> => {
    const png = await page.shot();
    writeFileSync(join(FOLDER, `${name}.png`), png);
    console.log(`${name.padEnd(12)} ${String(png.length).padStart(7)} octets`);
    if (png.length > OCTETS_MAX) large.push(`${name}: larger than ${OCTETS_MAX} octets`);
  };
  await page.scheme('light');
  await page.resize(1080, 700);
  const plain: readonly (readonly [string, string, RegExp])[] = [
    ['now', '#now', /[1-9]\d* blocked[\s\S]*Latest hits[\s\S]*gate\.example/],
    ['log', '#log', /example\.org[\s\S]*Most asked for[\s\S]*\d/],
    ['machines', '#machines', /till-3[\s\S]*the hosts file/],
    ['lists', '#lists', /old-gate[\s\S]*good/],
    ['groups', '#groups', /tills[\s\S]*mon-sat/],
    ['access', '#access', /Grafana[\s\S]*Who changed what/],
    ['settings', '#settings', /upstreams/],
  ];
  await person.goes('#access');
  await person.writes('What for', 'Grafana');
  await person.presses('Make a token');
  await person.presses('Hide it');
  for (const [name, hash, wanted] of plain) {
    // The first of the README, down to its hits.
    await page.resize(1080, name === 'now' ? 862 : 700);
    await person.goes(hash);
    await person.sees(wanted);
    await page.value('scrollTo(0, 0)');
    await shoot(name);
  }
  await person.goes('#incidents');
  await person.presses('main td a[href^="#incidents/"]');
  await person.sees(/Evidence[\s\S]*Timeline/);
  await shoot('incident');
  await person.goes('#check');
  await person.writes('Name', 'pixel.ads.example');
  await person.writes('Asked by', 'tv');
  await person.presses('Explain');
  await person.sees(/sinkhole/);
  await shoot('check');
  await morning(page, person, shoot);
  await page.resize(390, 760);
  await page.scheme('dark');
  await person.goes('#now');
  await person.sees(/Open incidents[\s\S]*Acknowledge[\s\S]*Latest hits/);
  await page.value('scrollTo(0, 0)');
  await shoot('phone');
  return large;
}

/** From the paste to who asked: two presses of a button, or one where the paste is read by itself. */
async function morning(page: Page, person: Person, shoot: (name: string) => Promise<void>): Promise<void> {
  await person.goes('#report');
  await person.sees(/Paste the report/);
  const startMs = performance.now();
  await person.writes('Paste the report', REPORT);
  await person.presses('Read it');
  await person.sees(/2 names would be blocked/);
  await shoot('report');
  await person.presses('Block everywhere');
  await person.sees(/1 machine asked before[\s\S]*anna-laptop/);
  console.log(
    `paste, read, block everywhere: who asked is there after ${Math.round(performance.now() - startMs)} ms, 3 actions`,
  );
  await page.value('scrollTo(0, 0)');
  await page.resize(1080, 880);
  await shoot('who-asked');
}

/** Every view, dark and light, narrow and wide. */
async function everywhere(page: Page, person: Person): Promise<string[]> {
  const broken: string[] = [];
  const views = [
    '#now',
    '#incidents',
    '#log',
    '#machines',
    '#machines/till-3',
    '#lists',
    '#lists/ads',
    '#groups',
    '#check',
    '#report',
    '#access',
    '#settings',
  ];
  let looked = 0;
  for (const width of [360, 1000, 1400])
    for (const scheme of ['dark', 'light'] as const) {
      await page.resize(width, 800);
      await page.scheme(scheme);
      for (const view of views) {
        await person.goes(view);
        await until(`${view} to be there`, () =>
          page.value<boolean>(
            `document.querySelector('main section') !== null && !/asking…|loading…/.test(document.querySelector('main').innerText)`,
          ),
        );
        looked += 1;
        for (const one of [...(await violations(page)), ...(await overflowing(page))])
          broken.push(`${view} at ${width}, ${scheme}: ${one}`);
      }
    }
  console.log(`axe-core and widths: ${looked} looks, ${broken.length} broken`);
  return broken;
}

process.exit(await main());
