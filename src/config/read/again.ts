// A configuration that is loaded many times: where nothing that it was made of has changed, it is what it was.
//
// A reload is most often for the sake of the lists, and to read, check and freeze a configuration takes ten milliseconds
// beside those who answer.
import type { Loaded } from '../load.ts';
import type { Overlay } from '../values/overlay.ts';
import { type Files, realFiles } from './files.ts';
import { areAsSeen, type Look } from './looks.ts';

/** A configuration, with what it was made of. */
export interface ReadTold {
  readonly loaded: Loaded;
  readonly looks: readonly Look[];
}

/**
 * What `read` gives, each time it is called.
 * @param overlay what is laid over the file, asked each time
 */
export function loadAgain(
  read: (laidOver: Overlay | null) => ReadTold | Promise<ReadTold>,
  overlay: () => Overlay | null,
  files: Files = realFiles,
): () => Promise<Loaded> {
  let last: (ReadTold & { readonly laidOver: Overlay | null }) | null = null;
  return async () => {
    const laidOver = overlay();
    if (last?.laidOver === laidOver && areAsSeen(files, last.looks)) return last.loaded;
    last = { ...(await read(laidOver)), laidOver };
    return last.loaded;
  };
}
