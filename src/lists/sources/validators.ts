// By what an HTTP server recognises the copy that we have of a list.
import type { IncomingHttpHeaders } from 'node:http';
import type { Validators } from './source.ts';

/** A longer one is not sent back at each look. */
const LENGTH_MAX = 1024;

export function validatorsOf(headers: IncomingHttpHeaders): Validators {
  const kept = (name: 'etag' | 'last-modified'): string | null => {
    const value = headers[name];
    return value !== undefined && value.length <= LENGTH_MAX ? value : null;
  };
  return { etag: kept('etag'), lastModified: kept('last-modified'), identity: null };
}

/** Whether a request with them is conditional: only then may the server answer "not modified" (304). */
export const isConditional = (previous: Validators | null): boolean =>
  Object.keys(conditionsOf(previous)).length > 0;

/** The header fields that make a request conditional on the copy that we have. */
export function conditionsOf(previous: Validators | null): Record<string, string> {
  const { etag = null, lastModified = null } = previous ?? {};
  return {
    ...(etag === null ? {} : { 'if-none-match': etagsOf(etag) }),
    ...(lastModified === null ? {} : { 'if-modified-since': lastModified }),
  };
}

/** Apache marks the ETag of what it packs (`"x-gzip"`) and then knows only the one without the mark: it never said "not modified". */
function etagsOf(etag: string): string {
  const unmarked = /^((?:W\/)?".+)-(?:gzip|br)"$/.exec(etag)?.[1];
  return unmarked === undefined ? etag : `${etag}, ${unmarked}"`;
}
