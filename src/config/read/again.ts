// A configuration that is loaded many times: where nothing that it was made of has changed, it is what it was.
//
// A reload is most often for the sake of the lists, and to read, check and freeze a configuration takes ten milliseconds
// beside those who answer.

import { type Loaded, type LoadOptions, loadConfig } from '../load.ts';
import type { Overlay } from '../values/overlay.ts';
import { realFiles } from './files.ts';
import { areAsSeen, type Look, watched } from './looks.ts';

/**
 * What `loadConfig` of these options would give, each time it is called. The environment and the number of processors are
 * those of the first call.
 */
export function loadAgain(options: LoadOptions): () => Loaded {
  const { files = realFiles } = options;
  let looks: readonly Look[] = [];
  let loaded: Loaded | null = null;
  let laidOver: Overlay | null = null;
  return () => {
    const overlay = options.overlay?.() ?? null;
    if (loaded !== null && overlay === laidOver && areAsSeen(files, looks)) return loaded;
    const taken: Look[] = [];
    loaded = loadConfig({ ...options, files: watched(files, taken), overlay: () => overlay });
    laidOver = overlay;
    looks = taken;
    return loaded;
  };
}
