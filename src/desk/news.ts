// What is said when something of the hits thread's own begins to fail or works again.
import type { FileState } from '../hits/log/rotating-file.ts';
import type { StoreState } from '../hits/store/store.ts';

export interface News {
  /** Every receiver is told of trouble, and cenote's own log of all. */
  readonly isTrouble: boolean;
  readonly text: string;
}

export function newsOfStore(state: StoreState): News {
  switch (state.kind) {
    case 'working':
      return { isTrouble: false, text: 'the store is written again' };
    case 'setAside':
      return {
        isTrouble: true,
        text: `the store cannot be used: ${state.error.message}; it is set aside (${state.path}) and a new one begun`,
      };
    case 'failing':
      return {
        isTrouble: true,
        text: `the store cannot be written: ${state.error.message}; hits wait in memory and journal`,
      };
    default:
      return state satisfies never;
  }
}

export function newsOfLog(state: FileState): News {
  return state.failing
    ? {
        isTrouble: true,
        text: `the hit log cannot be written: ${state.error.message} (${state.path}); lines wait in memory`,
      }
    : {
        isTrouble: false,
        text: `the hit log is written again (${state.path}); ${state.linesLost} lines were lost`,
      };
}

/** @param error null: the history can be searched again */
export function newsOfSearch(error: Error | null): News {
  return error === null
    ? { isTrouble: false, text: 'the history is searched again' }
    : {
        isTrouble: true,
        text: `the history cannot be searched for what lists gained: ${error.message}; trying again`,
      };
}
