// Reads one report and ends: the body of the thread of read-report.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { warningsOf } from '../../lists/entry/warnings.ts';
import { holdBack } from '../../lists/import/hold-back.ts';
import { gatherSource } from '../../lists/import/import-source.ts';
import { listed } from '../../report/import.ts';
import { ReportError } from '../../report/report.ts';
import type { ReportAsked, ReportTold } from './read-report.ts';

const { bytes, sourceName, name, take, leaveOut, warninglists, now } = workerData as ReportAsked;

const tell = (told: ReportTold): void => parentPort?.postMessage(told);

try {
  const options = { name, take, leaveOut };
  const result = await gatherSource({ bytes, sourceName, now, options });
  const warnings = warningsOf(warninglists);
  const imported = listed(holdBack(result, warnings, take));
  tell({ kind: 'read', imported: { ...imported, warnings: [...imported.warnings, ...warnings.problems] } });
} catch (error) {
  if (!(error instanceof ReportError)) throw error;
  tell({ kind: 'failed', code: error.code, message: error.message });
}
