// Which kind of source a list's configuration names.
import { closeSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { messageOf } from '../../config/coded-error.ts';
import type { ListConfig, ListFormatName } from '../../config/config.ts';
import { loadedOnce } from '../../config/disk/loaded-once.ts';
import { openList } from '../body.ts';
import { ListError } from '../errors.ts';
import { fileSource } from './file.ts';
import { folderSource, isFolderSource } from './folder.ts';
import { type HttpLimits, type HttpOptions, httpSource, type Lookup } from './http.ts';
import { inlineSource } from './inline.ts';
import type { Credentials } from './request.ts';
import { rpzSource } from './rpz.ts';
import type { ListSource } from './source.ts';

export interface SourceOptions {
  readonly lookup: Lookup;
  /** 0 ≤ random() < 1 */
  readonly random: () => number;
  /** Wall clock, ms. */
  readonly now: () => number;
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly limits?: Partial<HttpLimits>;
}

/** Where a list's bodies are: what is fetched goes to `fresh`, the last one compiled is in `good`. */
export interface BodyPaths {
  readonly fresh: string;
  readonly good: string;
}

export function openSource(config: ListConfig, paths: BodyPaths, options: SourceOptions): ListSource {
  if (config.names !== null) return inlineSource(config.names);
  const lookup = boundedLookup(options.lookup, options.limits?.idleTimeoutMs ?? LOOKUP_MS);
  const polled = /^(taxii|misp)\+(?=https?:)/i.exec(config.source);
  if (/^https?:/i.test(config.source) || polled !== null) {
    const http: HttpOptions = {
      url: config.source.slice(polled?.[0].length ?? 0),
      path: paths.fresh,
      lookup,
      random: options.random,
      sleep: options.sleep ?? sleepUntil,
      limits: options.limits ?? {},
      credentials: () => credentialsOf(config),
    };
    if (polled !== null) {
      const poll = { ...http, goodPath: paths.good, now: options.now };
      return polled[1]!.toLowerCase() === 'taxii'
        ? loadedLater(async () => (await import('./taxii.ts')).taxiiSource(poll), 'stix')
        : loadedLater(async () => (await import('./misp-search.ts')).mispSearchSource(poll), 'misp');
    }
    return isFeedManifest(config.source)
      ? loadedLater(async () =>
          (await import('./misp-feed.ts')).mispFeedSource({ ...http, goodPath: paths.good }),
        )
      : httpSource(http);
  }
  if (/^rpz:/i.test(config.source))
    return rpzSource({
      url: config.source,
      tsig: config.tsig,
      path: paths.fresh,
      goodPath: paths.good,
      lookup,
      random: options.random,
      now: options.now,
      ...options.limits,
    });
  if (isFolderSource(config.source)) return folderSource(config.source);
  return fileSource(config.source);
}

export function isFeedManifest(url: string): boolean {
  return URL.canParse(url) && new URL(url).pathname.endsWith('/manifest.json');
}

/** Few networks have one: what reads it is loaded when it is first fetched. @param format of its bodies */
function loadedLater(load: () => Promise<ListSource>, format?: ListFormatName): ListSource {
  const source = loadedOnce(load);
  return {
    kind: 'http',
    ...(format === undefined ? {} : { format }),
    fetch: async (previous, signal) => (await source()).fetch(previous, signal),
  };
}

/** A resolver that never answers is no reason to wait for ever. */
function boundedLookup(lookup: Lookup, timeoutMs: number): Lookup {
  return async (hostname) => {
    const { promise, reject } = Promise.withResolvers<never>();
    const late = setTimeout(
      () => reject(new Error(`${hostname} could not be looked up in ${timeoutMs} ms`)),
      timeoutMs,
    );
    return Promise.race([lookup(hostname), promise]).finally(() => clearTimeout(late));
  };
}

/** As the files of now have them: a certificate may be renewed meanwhile. */
function credentialsOf({ credentials }: ListConfig): Credentials {
  if (credentials === null) return { headers: {}, clientCertificate: null };
  const { headers, clientCertificate } = credentials;
  if (clientCertificate === null) return { headers, clientCertificate: null };
  const [cert, key] = [pemOf(clientCertificate.cert), pemOf(clientCertificate.key)];
  return { headers, clientCertificate: { cert, key } };
}

/** @throws ListError */
function pemOf(path: string): string {
  try {
    const descriptor = openList(path);
    try {
      return readFileSync(descriptor, 'utf8');
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    const why = messageOf(error).replace(/; [^;]*$/, '');
    throw new ListError(
      'LIST_FETCH',
      `its client certificate cannot be read: ${why}; it is tried again later`,
      {
        cause: error,
      },
    );
  }
}

/** For a name to be looked up. */
const LOOKUP_MS = 15_000;

const sleepUntil = (ms: number, signal: AbortSignal): Promise<void> => wait(ms, undefined, { signal });
