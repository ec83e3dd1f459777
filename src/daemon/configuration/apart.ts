// The configuration as a daemon reads it: in a thread that ends. The schema, the YAML reader and all checks are half of the code that the
// main thread would hold for ever, for some milliseconds at a start and at a reload (docs/decisions/0112).
import type { Loaded } from '../../config/load.ts';
import { loadAgain, type ReadTold } from '../../config/read/again.ts';
import type { ReadAsked } from '../../config/read/with-text.ts';
import { deepFreeze } from '../../config/values/frozen.ts';
import type { Overlay } from '../../config/values/overlay.ts';
import { Seldom } from '../threads/seldom.ts';

export function loaderApart(file: string): (overlay: () => Overlay | null) => () => Promise<Loaded> {
  return (overlay) => loadAgain((laidOver) => read({ file, text: null }, laidOver), overlay);
}

/** What the configuration would be, were this the file's text. */
export async function loadTextApart(file: string, text: string, overlay: Overlay | null): Promise<Loaded> {
  return (await read({ file, text }, overlay)).loaded;
}

/** @param overlay what is laid over the file is code: with one, the configuration is read here */
async function read(asked: ReadAsked, overlay: Overlay | null): Promise<ReadTold> {
  if (overlay !== null) return readHere(asked, overlay);
  const { loaded, looks } = await reading.of(asked);
  // What goes from thread to thread is a copy, and a copy is not frozen.
  return { loaded: deepFreeze(loaded), looks };
}

async function readHere(asked: ReadAsked, overlay: Overlay | null = null): Promise<ReadTold> {
  const { readWith } = await import('../../config/read/with-text.ts');
  return readWith(asked, overlay);
}

const reading = new Seldom<ReadAsked, ReadTold>({
  entry: new URL('./apart-thread.ts', import.meta.url),
  name: 'settings',
  here: readHere,
});
