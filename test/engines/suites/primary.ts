// A primary as a scenario has it: gives the zone that the file begins with, then what the scenario's server answers to AXFR or IXFR.
import { mkdirSync, mkdtempSync, readFileSync, renameSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { rpzSource } from '../../../src/lists/sources/rpz.ts';
import type { ListSource, Validators } from '../../../src/lists/sources/source.ts';
import { ZoneReader } from '../../../src/zone/master-file.ts';
import { response } from '../../support/message.ts';
import { readMessage } from '../../support/read-message.ts';
import type { Entry, PolicyZone } from './scenario.ts';
import { recordLine } from './upstream.ts';

/** What it answers, by type of the question; NOTIMP to any other. */
type Answers = Readonly<Record<string, readonly string[] | null>>;

export class Primary {
  /** Records as lines. */
  answers: Answers = {};
  readonly #server: Server;
  #source!: ListSource;
  #goodPath = '';
  #path = '';
  #have: Validators | null = null;

  private constructor() {
    this.#server = createServer((socket) => {
      let pending = Buffer.alloc(0);
      socket.on('error', () => undefined);
      socket.on('data', (data: Buffer) => {
        pending = Buffer.concat([pending, data]);
        while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
          const asked = pending.subarray(2, 2 + pending.readUInt16BE(0));
          pending = pending.subarray(2 + asked.length);
          const answer = this.answers[readMessage(asked)?.question?.type ?? ''] ?? null;
          const said = response(asked, answer === null ? { rcode: 'NOTIMP' } : { answer });
          socket.write(Buffer.concat([Uint8Array.of(said.length >> 8, said.length & 255), said]));
        }
      });
    });
  }

  /** @param folder for the zone's files */
  static async start(folder: string, name: string): Promise<Primary> {
    const primary = new Primary();
    await new Promise<void>((resolve) => primary.#server.listen(0, '127.0.0.1', resolve));
    mkdirSync(folder, { recursive: true });
    const dir = mkdtempSync(join(folder, 'zone-'));
    [primary.#path, primary.#goodPath] = [join(dir, 'fresh'), join(dir, 'good')];
    primary.#source = rpzSource({
      url: `rpz://127.0.0.1:${(primary.#server.address() as AddressInfo).port}/${name}`,
      tsig: null,
      path: primary.#path,
      goodPath: primary.#goodPath,
      lookup: async () => ['127.0.0.1'],
      random: Math.random,
      now: Date.now,
    });
    return primary;
  }

  /** The zone's text after one look at the primary. */
  async fetch(): Promise<string> {
    const fetched = await this.#source.fetch(this.#have, new AbortController().signal);
    if (fetched.kind === 'body') {
      renameSync(this.#path, this.#goodPath);
      this.#have = fetched.validators;
    }
    return readFileSync(this.#goodPath, 'utf8');
  }

  stop(): void {
    this.#server.close();
  }
}

/** The zone's text after a transfer over TCP, by changes where the scenario's server gives those. */
export async function transferred(
  folder: string,
  zone: PolicyZone,
  entries: readonly Entry[],
): Promise<string> {
  const ofZone = (type: string): readonly string[] | null => {
    const entry = entries.find((one) => one.name === `${zone.name}.` && one.type === type);
    return entry === undefined || entry.answer.length === 0 ? null : entry.answer.map(recordLine);
  };
  const [initial, changes] = [recordsIn(zone), ofZone('IXFR')];
  const hasSoa = initial.some((line) => line.split(' ')[2] === 'SOA');
  const primary = await Primary.start(folder, zone.name);
  try {
    if (hasSoa && changes !== null) {
      primary.answers = { SOA: [initial[0]!], AXFR: [...initial, initial[0]!] };
      await primary.fetch();
    }
    primary.answers = { SOA: ofZone('SOA'), AXFR: ofZone('AXFR'), IXFR: changes };
    return await primary.fetch();
  } finally {
    primary.stop();
  }
}

/** Of its text, absolute, its SOA first. */
function recordsIn({ name, text }: PolicyZone): string[] {
  const lines: string[] = [];
  const reader = new ZoneReader(
    ({ owner, type, rdata }) => {
      const absolute = owner.endsWith('.') ? owner : `${owner}.${name}.`;
      lines.push(`${absolute} 3600 ${type} ${rdata.join(' ')}`);
    },
    () => undefined,
  );
  reader.origin = `${name}.`;
  text.split('\n').forEach((line, i) => {
    const octets = new TextEncoder().encode(line);
    reader.onLine(octets, 0, octets.length, i + 1);
  });
  return lines.sort((a, b) => Number(b.includes(' SOA ')) - Number(a.includes(' SOA ')));
}
