// The suites whose folders are named, played.
import { join } from 'node:path';
import { replayUnbound } from './replay.ts';
import type { Suite } from './table.ts';

/** @param folders checkouts of the projects */
export async function playSuites({ unbound }: { readonly unbound?: string | undefined }): Promise<Suite[]> {
  const suites: Suite[] = [];
  if (unbound !== undefined)
    suites.push({
      name: 'Unbound',
      source: '`testdata/*rpz*.rpl`',
      checks: await replayUnbound(join(unbound, 'testdata')),
    });
  return suites;
}
