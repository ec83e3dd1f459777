// Entry of the process that makes one search: search-apart.ts starts it, tells it what to look for and hears what it found.
import { type Say, serveParent } from '../../offload/child.ts';
import { searchStore } from './search.ts';
import { received, type ToSearch } from './search-message.ts';

async function work({ path, request }: ToSearch, say: Say): Promise<void> {
  for (const finding of searchStore(path, received(request))) await say(finding);
}

serveParent((request: unknown, say: Say) => work(request as ToSearch, say));
