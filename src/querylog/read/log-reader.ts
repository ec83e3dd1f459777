// Answers what is asked of the query log. It opens the file at the first question, and again when another took its place.
import { inodeOf, isReplaced } from '../../config/disk/inode.ts';
import { caughtOf } from './caught.ts';
import { coverageOf } from './coverage.ts';
import { findRows, tailOf } from './find-rows.ts';
import { OpenedLog } from './opened.ts';
import type { LogAnswers, LogCoverage, LogQuestion } from './question.ts';
import { chartOf, topOf } from './sums.ts';
import { Wanted } from './wanted.ts';

const NO_COVERAGE: LogCoverage = { since: null, gaps: [], lost: 0 };

export class LogReader {
  readonly #path: string;
  readonly #now: () => number;
  #log: OpenedLog | null = null;
  #inode = 0;

  /** @param now wall clock, ms */
  constructor(path: string, now: () => number = Date.now) {
    this.#path = path;
    this.#now = now;
  }

  /** @throws Error when the file cannot be read */
  answer<Q extends LogQuestion>(question: Q): LogAnswers[Q['what']] {
    const log = this.#open();
    if (log === null) return nothing(question) as LogAnswers[Q['what']];
    return log.look(() => answerFrom(log, question, this.#now())) as LogAnswers[Q['what']];
  }

  close(): void {
    this.#log?.close();
    this.#log = null;
  }

  #open(): OpenedLog | null {
    if (this.#log !== null && !isReplaced(this.#path, this.#inode)) return this.#log;
    this.close();
    const inode = inodeOf(this.#path);
    if (inode < 0) return null;
    const log = new OpenedLog(this.#path);
    // Made on a full disk it is no log yet.
    if (!log.isBegun) {
      log.close();
      return null;
    }
    this.#log = log;
    this.#inode = inode;
    return log;
  }
}

function answerFrom(log: OpenedLog, question: LogQuestion, nowMs: number): LogAnswers[keyof LogAnswers] {
  const coverage = (): LogCoverage => {
    const { sinceMs, untilMs } = 'filter' in question ? question.filter : question;
    return coverageOf(log, sinceMs, untilMs, nowMs);
  };
  switch (question.what) {
    case 'rows': {
      const { filter, limit, cursor } = question;
      const page = findRows(log, new Wanted(log, filter), limit, cursor);
      return { ...page, coverage: coverage() };
    }
    case 'tail':
      return tailOf(log, new Wanted(log, question.filter), question.limit, question.after);
    case 'top': {
      const { of, limit } = question;
      return { ...topOf(log, of, question, limit), coverage: coverage() };
    }
    case 'chart':
      return { ...chartOf(log, question), coverage: coverage() };
    case 'caught':
      return { lists: caughtOf(log, question, question.lists, question.rows), coverage: coverage() };
    default:
      return question satisfies never;
  }
}

/** There is no log yet. */
function nothing(question: LogQuestion): LogAnswers[keyof LogAnswers] {
  switch (question.what) {
    case 'rows':
      return { rows: [], next: null, coverage: NO_COVERAGE };
    case 'tail':
      return { rows: [], after: 0, isCut: false, ids: [], missed: 0 };
    case 'top':
      return { top: [], approximate: false, queries: 0, coverage: NO_COVERAGE };
    case 'chart':
      return { stepMs: question.stepMs, points: [], coverage: NO_COVERAGE };
    case 'caught':
      return { lists: [], coverage: NO_COVERAGE };
    default:
      return question satisfies never;
  }
}
