// What is said when something of the hits thread's own begins to fail or works again.
import { counted, megabytes } from '../config/values/grouped.ts';
import type { DatabaseFileState } from '../hits/database-file.ts';
import type { HitPile } from '../hits/hit-pile.ts';
import type { FileState } from '../hits/log/rotating-file.ts';
import type { StoreState } from '../hits/store/store.ts';

export interface News {
  /** What it is about: trouble of it ends with the next that is none. Null: it happened, and has no end. */
  readonly about: 'store' | 'hit-log' | 'query-log' | 'search' | null;
  /** Of what has no end. */
  readonly kind?: 'store-set-aside' | 'log-set-aside' | 'stdout-lost';
  /** Every receiver is notified of trouble and its end, and cenote's own log of all. */
  readonly isTrouble: boolean;
  readonly text: string;
}

export function newsOfStore(state: StoreState): News {
  switch (state.kind) {
    case 'takingOver':
      return {
        about: null,
        isTrouble: false,
        text: `the store of an earlier version is taken over (${state.path}, ${megabytes(state.bytes)}); names are answered, and hits wait in the journal until it is done`,
      };
    case 'takenOver':
      return {
        about: null,
        isTrouble: false,
        text: `the store is taken over (${(state.tookMs / 1000).toFixed(1)} s)`,
      };
    case 'working':
      return { about: 'store', isTrouble: false, text: 'the store is written again' };
    case 'setAside':
      return {
        about: null,
        isTrouble: true,
        text: `the store cannot be used: ${state.error.message}; it is set aside (${state.path}) and a new one begun`,
      };
    case 'failing':
      return {
        about: 'store',
        isTrouble: true,
        text: `the store cannot be written: ${state.error.message}; hits wait in memory and journal, what a pause, a schedule or the rate limit decided in memory alone`,
      };
    default:
      return state satisfies never;
  }
}

export interface Unstored {
  readonly hits: Pick<HitPile, 'size' | 'unjournalled'> | null;
  /** Different askings that the history does not have. */
  readonly askings: number;
  /** Incidents, and notices that wait for receivers, as they were last. */
  readonly isRest: boolean;
}

/** At the end, for the log; null: all is stored. */
export function unstoredText({ hits, askings, isRest }: Unstored): string | null {
  const { size = 0, unjournalled = 0 } = hits ?? {};
  const parts = [
    ...(size === 0 ? [] : [`${counted(size, 'hit')} (${afterwards(size, unjournalled)})`]),
    ...(askings === 0 ? [] : [`${counted(askings, 'different question')} of the history`]),
    ...(isRest ? ['the last changes of incidents and of what waits for receivers'] : []),
  ];
  return parts.length === 0 ? null : `not stored at the end: ${parts.join('; ')}`;
}

/** What becomes of hits that are not stored: what is in a journal is not lost by an end. */
function afterwards(size: number, unjournalled: number): string {
  if (unjournalled === 0) return 'the next start reads them from the journal';
  if (unjournalled === size) return 'lost: no journal has them';
  return `the next start reads ${size - unjournalled} from the journal; ${counted(unjournalled, 'is', 'are')} in none and lost`;
}

/** While the store takes nothing. */
export const NEWS_OF_HITS_LOST: News = {
  about: 'store',
  isTrouble: true,
  text: 'the store cannot be written for so long that memory is full: further hits that a pause, a schedule or the rate limit decided are in the hit log and told to receivers, and will not be in the store; `cenote status` says how many',
};

export const NEWS_OF_STDOUT: News = {
  about: null,
  kind: 'stdout-lost',
  isTrouble: true,
  text: 'standard output does not take hit lines as fast as they come: some are left out there (the file and the store have them); `cenote status` counts them',
};

export function newsOfLog(state: FileState): News {
  return state.failing
    ? {
        about: 'hit-log',
        isTrouble: true,
        text: `the hit log cannot be written: ${state.error.message} (${state.path}); lines wait in memory`,
      }
    : {
        about: 'hit-log',
        isTrouble: false,
        text: `the hit log is written again (${state.path}); lost: ${counted(state.linesLost, 'line')}`,
      };
}

/** Of a query log that cannot be written. @param why what the disk said */
export const queryLogText = (why: string): string =>
  `the query log cannot be written: ${why}; queries wait in memory, and those beyond 262,144, or all where this start could not open it yet, are counted and not logged`;

export function newsOfQueryLog(state: DatabaseFileState): News {
  switch (state.kind) {
    case 'working':
      return { about: 'query-log', isTrouble: false, text: 'the query log is written again' };
    case 'setAside':
      return {
        about: null,
        kind: 'log-set-aside',
        isTrouble: true,
        text: `the query log cannot be used: ${state.error.message}; it is set aside (${state.path}) and a new one begun`,
      };
    case 'failing':
      return {
        about: 'query-log',
        isTrouble: true,
        text: queryLogText(state.error.message),
      };
    default:
      return state satisfies never;
  }
}

/** @param error null: the history can be searched again */
export function newsOfSearch(error: Error | null): News {
  return error === null
    ? { about: 'search', isTrouble: false, text: 'the history is searched again' }
    : {
        about: 'search',
        isTrouble: true,
        text: `the history cannot be searched for what lists gained: ${error.message}; trying again`,
      };
}
