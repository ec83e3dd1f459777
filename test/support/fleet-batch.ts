// Batches as a site makes them, of hits that are told by few words.
import type { Batch, Note } from '../../src/fleet/messages/batch.ts';
import { createUlidMaker } from '../../src/hits/ulid.ts';

export interface SiteHit {
  readonly name: string;
  readonly timeMs: number;
  readonly ip?: string;
  readonly mac?: string | null;
  readonly via?: string | null;
  readonly count?: number;
  readonly list?: string;
}

const EPOCH = 'a'.repeat(32);

/** A site's own numbering: batches follow one another. */
export class BatchMaker {
  readonly epoch: string;
  readonly #ulid = createUlidMaker();
  hits = 0;
  notes = 0;

  constructor(epoch = EPOCH) {
    this.epoch = epoch;
  }

  next(hits: readonly SiteHit[], notes: readonly Omit<Note, 'number'>[] = []): Batch {
    const [after, notesAfter] = [this.hits, this.notes];
    this.hits += hits.length;
    this.notes += notes.length;
    const clients = [...new Set(hits.map(({ ip = '192.0.2.7', mac = null }) => clientBody(ip, mac)))];
    const kinds = [...new Set(hits.map(({ list = 'threats' }) => kindBody(list)))];
    return {
      epoch: this.epoch,
      atMs: Math.max(0, ...hits.map(({ timeMs }) => timeMs)),
      removedThrough: 0,
      isAll: true,
      hits: {
        after,
        through: this.hits,
        clients,
        kinds,
        id: hits.map(({ timeMs }) => this.#ulid(timeMs)),
        timeMs: hits.map(({ timeMs }) => timeMs),
        count: hits.map(({ count = 1 }) => count),
        client: hits.map(({ ip = '192.0.2.7', mac = null }) => clients.indexOf(clientBody(ip, mac))),
        kind: hits.map(({ list = 'threats' }) => kinds.indexOf(kindBody(list))),
        name: hits.map(({ name }) => name),
        rule: hits.map(({ name }) => name.length),
        via: hits.map(({ via = null }) => via),
        matches: hits.map(() => null),
        visit: hits.map(() => null),
      },
      notes: {
        after: notesAfter,
        through: this.notes,
        rows: notes.map((note, i) => ({ ...note, number: notesAfter + i + 1 })),
      },
    };
  }
}

const clientBody = (ip: string, mac: string | null): string =>
  JSON.stringify({ ip, name: null, mac, group: 'default', machine: `m-${mac ?? ip}`, nameFrom: null });

const kindBody = (list: string): string =>
  JSON.stringify({
    type: 'A',
    class: 'IN',
    transport: 'udp',
    verdict: 'sinkhole',
    list,
    answer: ['0.0.0.0'],
    indicator: null,
    worker: 0,
    outcome: 'blocked',
    rcode: 'NOERROR',
    resolver: 'resolver.example',
  });
