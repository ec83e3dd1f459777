// A report's octets from its URL, by the same rules as lists: bounded time and size, redirects checked.
import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { UpstreamAddress } from '../../config/config.ts';
import { shownUrl } from '../../config/values/shown-url.ts';
import { askedOnce, ListError } from '../../lists/errors.ts';
import { type HttpOptions, httpSource } from '../../lists/sources/http.ts';
import { mispFeedSource } from '../../lists/sources/misp-feed.ts';
import { isFeedManifest } from '../../lists/sources/open-source.ts';
import { GIVEN_OCTETS_MAX, ReportError } from '../../report/report.ts';
import { lookupVia } from '../machine/lookup.ts';

/**
 * @param mayBegin whether the URL may lead to this address; what it redirects to is public in any case
 * @throws ReportError when it cannot be had
 */
export async function fetchReport(
  url: string,
  bootstrap: readonly UpstreamAddress[],
  mayBegin?: (address: string) => boolean,
): Promise<Uint8Array> {
  const path = join(tmpdir(), `cenote-report-${randomUUID()}`);
  try {
    const options: HttpOptions = {
      url,
      path,
      lookup: lookupVia(bootstrap),
      ...(mayBegin === undefined ? {} : { mayBegin }),
      random: Math.random,
      sleep: (ms, signal) => wait(ms, undefined, { signal }),
      limits: { bodyOctetsMax: GIVEN_OCTETS_MAX, totalTimeoutMs: 60_000 },
    };
    const source = isFeedManifest(url) ? mispFeedSource({ ...options, goodPath: path }) : httpSource(options);
    const fetched = await source.fetch(null, AbortSignal.timeout(120_000));
    if (fetched.kind === 'body' && fetched.body.kind === 'file') return await readFile(fetched.body.path);
    if (fetched.kind === 'body' && fetched.body.kind === 'bytes') return fetched.body.bytes;
    throw new ReportError('REPORT_UNREACHABLE', `the report is empty (${shownUrl(url)})`);
  } catch (error) {
    if (error instanceof ListError)
      throw new ReportError('REPORT_UNREACHABLE', askedOnce(error.message), { cause: error });
    throw error;
  } finally {
    await rm(path, { force: true });
  }
}
