// The configuration as a daemon reads it: in a thread that ends. The schema, the YAML reader and all checks are half of the code that the
// main thread would hold for ever, for some milliseconds at a start and at a reload (docs/decisions/0112).
import { loadedOnce } from '../../config/disk/loaded-once.ts';
import type { Loaded } from '../../config/load.ts';
import { realFiles } from '../../config/read/files.ts';
import { areAsSeen, type Look } from '../../config/read/looks.ts';
import type { ReadAsked } from '../../config/read/with-text.ts';
import { deepFreeze } from '../../config/values/frozen.ts';
import type { Overlay } from '../../config/values/overlay.ts';
import { Seldom } from '../threads/seldom.ts';

/** What the thread says. */
export interface ReadTold {
  readonly loaded: Loaded;
  readonly looks: readonly Look[];
}

/**
 * As loadAgain: what was made of files that have not changed is what it was.
 * @param overlay what is laid over the file is code: with one, the configuration is read here
 */
export function loaderApart(file: string): (overlay: () => Overlay | null) => () => Promise<Loaded> {
  return (overlay) => {
    let last: ReadTold | null = null;
    const here = loadedOnce(async () => {
      const { loadAgain } = await import('../../config/read/again.ts');
      return loadAgain({ file, environment: process.env, overlay });
    });
    return async () => {
      if (overlay() !== null) return (await here())();
      if (last !== null && areAsSeen(realFiles, last.looks)) return last.loaded;
      last = await readApart({ file, text: null });
      return last.loaded;
    };
  };
}

/** What the configuration would be, were this the file's text. */
export async function loadTextApart(file: string, text: string, overlay: Overlay | null): Promise<Loaded> {
  if (overlay === null) return (await readApart({ file, text })).loaded;
  const { loadWith } = await import('../../config/read/with-text.ts');
  return loadWith({ file, text }, [], overlay);
}

const reading = new Seldom<ReadAsked, ReadTold>({
  entry: new URL('./apart-thread.ts', import.meta.url),
  name: 'settings',
  async here(asked) {
    const { loadWith } = await import('../../config/read/with-text.ts');
    const looks: Look[] = [];
    return { loaded: loadWith(asked, looks), looks };
  },
});

async function readApart(asked: ReadAsked): Promise<ReadTold> {
  const { loaded, looks } = await reading.of(asked);
  // What goes from thread to thread is a copy, and a copy is not frozen.
  return { loaded: deepFreeze(loaded), looks };
}
