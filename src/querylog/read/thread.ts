// Entry of the thread that reads the query log: `daemon` starts it when somebody asks, and ends it when nobody does.
import { getPriority, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../config/coded-error.ts';
import { LogReader } from './log-reader.ts';
import type { LogAnswers, LogQuestion } from './question.ts';

/** A search of the log must not take a core from those who answer. */
const NICENESS = 10;

/** What it is started with. */
export interface LogReading {
  /** Of the log's file. */
  readonly path: string;
}

export interface AskedOfLog {
  readonly number: number;
  readonly question: LogQuestion;
}

export type SaidOfLog =
  | { readonly number: number; readonly answer: LogAnswers[keyof LogAnswers] }
  | { readonly number: number; readonly error: string };

if (parentPort !== null) {
  const port = parentPort;
  if (process.platform === 'linux') setPriority(Math.max(getPriority(), NICENESS));
  const reader = new LogReader((workerData as LogReading).path);
  port.on('message', ({ number, question }: AskedOfLog) => {
    try {
      port.postMessage({ number, answer: reader.answer(question) } satisfies SaidOfLog);
    } catch (error) {
      const why = messageOf(error);
      port.postMessage({ number, error: why } satisfies SaidOfLog);
    }
  });
}
