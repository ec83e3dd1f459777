// All that one journal file says, read at once.
import { basename } from 'node:path';
import { parseJournalName } from '../../src/journal/frame.ts';
import { JournalCursor, type JournaledHit } from '../../src/journal/journal-cursor.ts';

export interface WholeJournal {
  readonly hits: readonly JournaledHit[];
  readonly tornOctets: number;
  readonly damagedOctets: number;
  readonly lost: number;
}

/** @param from number of the first hit that is wanted */
export function readJournal(path: string, from = 0): WholeJournal {
  const name = parseJournalName(basename(path)) ?? { boot: '', worker: 0, firstSequence: 1 };
  const cursor = new JournalCursor({ ...name, path });
  const hits: JournaledHit[] = [];
  const all = Number.POSITIVE_INFINITY;
  cursor.read({ from, end: all, limit: all }, (hit) => {
    const { address, qname, via } = hit.record;
    const octets = { address: address.slice(), qname: qname.slice(), via: via.slice() };
    hits.push({ ...hit, record: { ...hit.record, ...octets } });
  });
  const { tornOctets, damagedOctets, lost } = cursor;
  return { hits, tornOctets, damagedOctets, lost };
}
