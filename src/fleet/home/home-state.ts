// How far what happened at a site is on its way home, in a sentence.
import { counted, momentText } from '../../config/values/grouped.ts';
import type { Position } from './spool.ts';

export interface HomeState {
  /** What the head has not; null: not known before the head was heard. */
  readonly waiting: Position | null;
  /** Monotonic, ms: when the head said last which of these it has; null: not since the start. */
  readonly heardMs: number | null;
  /** It has said it of another store alone, under this site's name. */
  readonly isOfAnother: boolean;
  /** Why nothing can be sent now; null: it can. */
  readonly trouble: string | null;
}

const ANOTHER =
  'it takes those of another machine under this name: two have one credential file, and the one that it knows longer counts; `cenote fleet invite` on the head makes one for each';

/** @param heardMs wall clock; null: not since the start */
export function homeText({ waiting, isOfAnother, trouble }: HomeState, heardMs: number | null): string {
  const why = isOfAnother ? ANOTHER : trouble;
  if (why !== null) return `the head takes none: ${why}`;
  const count = waiting === null ? null : waiting.hits + waiting.notes;
  if (count === 0) return 'all that happened here is at the head';
  const said =
    heardMs === null
      ? 'has not said since the start here which it has'
      : `said last at ${momentText(heardMs)} which it has`;
  return count === null
    ? `they wait here: the head ${said}`
    : `${counted(count, 'event')} not there yet: the head ${said}`;
}
