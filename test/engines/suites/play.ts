// The suites whose folders are named, played.
import { join } from 'node:path';
import { playBind } from './bind.ts';
import { playRecursor } from './recursor.ts';
import { replayUnbound } from './replay.ts';
import type { Suite } from './table.ts';

/** Checkouts of the projects. */
interface Folders {
  readonly unbound?: string | undefined;
  readonly bind?: string | undefined;
  readonly recursor?: string | undefined;
}

export async function playSuites({ unbound, bind, recursor }: Folders): Promise<Suite[]> {
  const suites: Suite[] = [];
  if (unbound !== undefined)
    suites.push({
      name: 'Unbound',
      source: '`testdata/*rpz*.rpl`',
      checks: await replayUnbound(join(unbound, 'testdata')),
    });
  if (bind !== undefined)
    suites.push({
      name: 'BIND',
      source: 'its system test rpz, groups test1 to test5; its server ns3',
      checks: await playBind(bind),
    });
  if (recursor !== undefined)
    suites.push({
      name: 'Recursor',
      source: '`regression-tests.recursor-dnssec/test_RPZ.py`',
      checks: await playRecursor(recursor),
    });
  return suites;
}
