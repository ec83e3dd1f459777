// Imports a document of several texts (a mail, a PDF file, an archive, Word, Excel): each is read as what it is, and they make one report.
import { type PlacesOf, placesOf, type UnfoldedDocument } from '../../report/documents/document.ts';
import type { Gathered } from '../../report/import.ts';
import type { Place } from '../../report/place.ts';
import type { LeftOut, Provenance, ToldAddress } from '../../report/report.ts';
import { TakenNames } from '../../report/taken-names.ts';

type ReadPart = (bytes: Uint8Array, mayBeHtml: boolean) => Promise<Gathered>;

/** @param read what reads one text; of a page or a cell no tag is one */
export async function importDocument(document: UnfoldedDocument, read: ReadPart): Promise<Gathered> {
  const [first] = document.parts;
  if (document.kind === null && first !== undefined) return read(Buffer.from(first.text), true);
  const names = new TakenNames();
  const leftOut = new Map<string, LeftOut>();
  const addresses = new Map<string, ToldAddress>();
  const warnings = document.unread.map((what) => `not read: ${what}`);
  let leftOutMore = 0;
  let provenance: Provenance | null = null;
  for (const part of document.parts) {
    const result = await read(Buffer.from(part.text), part.places === 'line' || part.places === 'paragraph');
    const placeOf = placesOf(part);
    for (const each of result.names)
      if (!names.has(each.name)) names.addTaken({ ...each, path: pathOf(placeOf, each) });
    for (const each of result.leftOut) {
      const key = `${each.reason} ${each.name ?? each.text}`;
      if (!leftOut.has(key)) leftOut.set(key, { ...each, path: pathOf(placeOf, each) });
    }
    for (const each of result.addresses) if (!addresses.has(each.address)) addresses.set(each.address, each);
    warnings.push(...result.warnings.map((text) => (part.path === '' ? text : `${part.path}: ${text}`)));
    leftOutMore += result.leftOutMore;
    provenance = provenance === null ? result.provenance : filled(provenance, result.provenance);
  }
  provenance ??= (await read(new Uint8Array(0), true)).provenance;
  return {
    kind: document.kind ?? 'text',
    names,
    leftOut: [...leftOut.values()].filter(({ name }) => name === null || !names.has(name)),
    addresses: [...addresses.values()],
    leftOutMore,
    provenance: {
      ...provenance,
      title: document.title ?? provenance.title,
      published: provenance.published ?? document.published,
    },
    warnings,
  };
}

/** Where it stands in its part, and what its part says of that itself. */
const pathOf = (placeOf: PlacesOf, { line, column, path }: Place): string =>
  [placeOf(line, column), path].filter((text) => text !== undefined && text !== '').join(' > ');

/** What the first text does not say, a later one may. */
function filled(first: Provenance, next: Provenance): Provenance {
  return {
    ...first,
    title: first.title ?? next.title,
    url: first.url ?? next.url,
    published: first.published ?? next.published,
    campaign: first.campaign ?? next.campaign,
    confidence: first.confidence ?? next.confidence,
    tlp: first.tlp ?? next.tlp,
    datesMentioned: [...new Set([...first.datesMentioned, ...next.datesMentioned])],
  };
}
