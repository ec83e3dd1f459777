// A configuration that is loaded many times: where nothing that it was made of has changed, it is what it was.
//
// A reload is most often for the sake of the lists, and to read, check and freeze a configuration takes ten milliseconds
// beside those who answer.
import { createHash } from 'node:crypto';
import { type Loaded, type LoadOptions, loadConfig } from '../load.ts';
import { type Files, realFiles, whyNot } from './files.ts';

/** One look at the file system, and what was seen. */
interface Look {
  readonly again: () => string;
  readonly seen: string;
}

/**
 * What `loadConfig` of these options would give, each time it is called. The environment and the number of processors are
 * those of the first call.
 */
export function loadAgain(options: LoadOptions): () => Loaded {
  const { files = realFiles } = options;
  let looks: readonly Look[] = [];
  let loaded: Loaded | null = null;
  return () => {
    if (loaded !== null && looks.every(({ again, seen }) => again() === seen)) return loaded;
    const taken: Look[] = [];
    loaded = loadConfig({ ...options, files: watched(files, taken) });
    looks = taken;
    return loaded;
  };
}

/** The same files, with every look at them noted down. */
function watched(files: Files, looks: Look[]): Files {
  const note = <T>(look: () => T, asText: (seen: T) => string): T => {
    const first = outcomeOf(look, asText);
    looks.push({ again: () => outcomeOf(look, asText).text, seen: first.text });
    if ('thrown' in first) throw first.thrown;
    return first.value;
  };
  return {
    read: (path, octetsMax) => note(() => files.read(path, octetsMax), digestOf),
    isFile: (path) => note(() => files.isFile(path), String),
    isFolder: (path) => note(() => files.isFolder(path), String),
    folderFault: (path) => note(() => files.folderFault(path), JSON.stringify),
  };
}

type Outcome<T> = { readonly text: string } & ({ readonly value: T } | { readonly thrown: unknown });

function outcomeOf<T>(look: () => T, asText: (seen: T) => string): Outcome<T> {
  try {
    const value = look();
    return { text: asText(value), value };
  } catch (thrown) {
    return { text: `failed: ${whyNot(thrown)}`, thrown };
  }
}

const digestOf = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('base64');
