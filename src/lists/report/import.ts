// Turns one report into the names for a list, with everything that was left out and why. Pure: bytes in, plain data out.
import { judge } from './judge.ts';
import type { LeftOut, Taken } from './report.ts';
import { extract } from './text/extract.ts';

export function sketch(text: string, isHtml = false): { taken: Taken[]; leftOut: LeftOut[] } {
  const taken = new Map<string, Taken>();
  const leftOut: LeftOut[] = [];
  extract(text, { isHtml }, (candidate) => {
    const judged = judge(candidate);
    const { line, column } = candidate;
    if (judged.kind === 'take') {
      if (!taken.has(judged.name))
        taken.set(judged.name, { name: judged.name, printed: judged.printed, line, column, said: {} });
    } else if (judged.kind === 'leave')
      leftOut.push({
        text: judged.printed,
        name: judged.name,
        reason: judged.reason,
        explanation: judged.explanation,
        line,
        column,
      });
  });
  return { taken: [...taken.values()], leftOut };
}
