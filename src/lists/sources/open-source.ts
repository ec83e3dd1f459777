// Which kind of source a list's configuration names.
import { setTimeout as wait } from 'node:timers/promises';
import type { ListConfig } from '../../config/config.ts';
import { fileSource } from './file.ts';
import { type HttpLimits, httpSource, type Lookup } from './http.ts';
import { inlineSource } from './inline.ts';
import type { ListSource } from './source.ts';

export interface SourceOptions {
  readonly lookup: Lookup;
  /** 0 ≤ random() < 1 */
  readonly random: () => number;
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly limits?: Partial<HttpLimits>;
}

/** @param path where a fetched body is put before it is compiled */
export function openSource(config: ListConfig, path: string, options: SourceOptions): ListSource {
  if (config.names !== null) return inlineSource(config.names);
  if (/^https?:/i.test(config.source))
    return httpSource({
      url: config.source,
      path,
      lookup: options.lookup,
      random: options.random,
      sleep: options.sleep ?? sleepUntil,
      limits: options.limits ?? {},
    });
  return fileSource(config.source);
}

const sleepUntil = (ms: number, signal: AbortSignal): Promise<void> => wait(ms, undefined, { signal });
