// A list in a local file, known by what a stat says of it: no need to read it to see that it is the same.
import { closeSync, fstatSync } from 'node:fs';
import { openList } from '../body.ts';
import { type ListSource, NO_VALIDATORS } from './source.ts';

export function fileSource(path: string): ListSource {
  return {
    kind: 'file',
    fetch: async (previous) => {
      const identity = identityOf(path);
      if (previous?.identity === identity) return { kind: 'unchanged' };
      return { kind: 'body', body: { kind: 'file', path }, validators: { ...NO_VALIDATORS, identity } };
    },
  };
}

/** Changes when the file is written, replaced or touched. @throws ListError when it is no readable file */
export function identityOf(path: string): string {
  const descriptor = openList(path);
  try {
    const stat = fstatSync(descriptor, { bigint: true });
    return `${stat.dev}:${stat.ino}:${stat.size}:${stat.mtimeNs}`;
  } finally {
    closeSync(descriptor);
  }
}
