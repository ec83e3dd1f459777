// The audit log that cannot be written, as a problem for people: changes go on without their rows on the disk.
import type { ProblemFact } from './problems.ts';

/** @param why its rows wait; null: none does */
export function auditProblems(why: string | null): readonly ProblemFact[] {
  if (why === null) return [];
  const what = `the audit log cannot be written: ${why}; its rows wait in memory`;
  const remedy = 'make room on the disk of events.dir, or mend its permissions; what waits is written then';
  return [{ id: 'audit', sinceMs: null, what, remedy }];
}
