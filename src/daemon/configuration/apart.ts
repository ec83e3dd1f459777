// The configuration as a daemon reads it: in a thread that ends, so that the main thread does not hold the code (docs/decisions/0112).
import type { Loaded } from '../../config/load.ts';
import { loadAgain, type ReadTold } from '../../config/read/again.ts';
import type { ReadAsked } from '../../config/read/with-text.ts';
import { deepFreeze } from '../../config/values/frozen.ts';
import type { Overlay } from '../../config/values/overlay.ts';
import type { Texts } from '../editing/edits.ts';
import { reloadThread } from '../threads/reload/reload-thread.ts';

export function loaderApart(file: string): (overlay: () => Overlay | null) => () => Promise<Loaded> {
  return (overlay) => loadAgain((laidOver) => read({ file, text: null }, laidOver), overlay);
}

/** What the configuration would be, were this the file's text. */
export async function loadTextApart(file: string, text: string, overlay: Overlay | null): Promise<Loaded> {
  return (await read({ file, text }, overlay)).loaded;
}

/** The file's text, changed and shown. */
export const TEXTS_APART: Texts = {
  edited: (asked) => reloadThread.do('edit', asked),
  shown: (text) => reloadThread.do('show', text),
};

/** @param overlay what is laid over the file is code: with one, the configuration is read here */
async function read(asked: ReadAsked, overlay: Overlay | null): Promise<ReadTold> {
  if (overlay !== null) {
    const { readWith } = await import('../../config/read/with-text.ts');
    return readWith(asked, overlay);
  }
  const { loaded, looks } = await reloadThread.do('settings', asked);
  // What goes from thread to thread is a copy, and a copy is not frozen.
  return { loaded: deepFreeze(loaded), looks };
}
