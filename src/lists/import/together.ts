// What several reports of one import give, as one.
import type { Gathered } from '../../report/import.ts';
import { TakenNames } from '../../report/taken-names.ts';

/** The first that gave names heads it, entries of the others say where they differ. */
export function together(results: readonly Gathered[]): Gathered | null {
  const head = results.find(({ names }) => names.size > 0);
  if (head === undefined) return null;
  const addresses = new Map(results.flatMap((each) => each.addresses.map((told) => [told.address, told])));
  if (results.length === 1) return { ...head, addresses: [...addresses.values()] };
  const names = new TakenNames();
  for (const each of head.names) names.addTaken(each);
  for (const { names: others, provenance } of results) {
    const { campaign, published, confidence } = provenance;
    const said = {
      ...(campaign !== null && campaign !== head.provenance.campaign && { campaign }),
      ...(published !== null && published !== head.provenance.published && { firstPublished: published }),
      ...(confidence !== null && confidence !== head.provenance.confidence && { confidence }),
    };
    for (const one of others)
      if (!names.has(one.name)) names.addTaken({ ...one, said: { ...said, ...one.said } });
  }
  return { ...head, names, addresses: [...addresses.values()] };
}
