// A report read in a thread of its own, within bounds: what a stranger wrote costs neither answers nor the daemon.
import { Worker } from 'node:worker_threads';
import pLimit from 'p-limit';
import { messageOf } from '../../config/coded-error.ts';
import type { Imported } from '../../lists/import/hold-back.ts';
import { ReportError } from '../../report/report.ts';

export interface ReportAsked {
  readonly bytes: Uint8Array;
  /** File or URL; null where it was pasted. */
  readonly sourceName: string | null;
  /** Of the list. */
  readonly name: string;
  readonly take: readonly string[];
  readonly leaveOut: readonly string[];
  readonly warninglists: readonly string[];
  readonly now: number;
}

export type ReportTold =
  | { readonly kind: 'read'; readonly imported: Imported }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };

const PATIENCE_MS = 120_000;
const HEAP_MIB = 1024;
/** Each may take so much: the others wait. */
const atOnce = pLimit(2);

/** @throws ReportError when it cannot be read, or takes too much */
export const readReport = (asked: ReportAsked): Promise<Imported> => atOnce(() => readAlone(asked));

async function readAlone(asked: ReportAsked): Promise<Imported> {
  const worker = new Worker(new URL('./report-thread.ts', import.meta.url), {
    workerData: asked,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB },
  });
  const timer = setTimeout(() => void worker.terminate(), PATIENCE_MS);
  try {
    const told = await new Promise<ReportTold>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', (error) => reject(tooMuch(messageOf(error))));
      worker.once('exit', () => reject(tooMuch(`it takes longer than ${PATIENCE_MS / 1000} s`)));
    });
    if (told.kind === 'read') return told.imported;
    throw new ReportError(
      told.code === 'REPORT_TOO_BIG' ? 'REPORT_TOO_BIG' : 'REPORT_NOT_TEXT',
      told.message,
    );
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}

const tooMuch = (why: string): ReportError =>
  new ReportError(
    'REPORT_TOO_BIG',
    `the report is more than can be read: ${why}; divide it, or give a list as a source`,
  );
