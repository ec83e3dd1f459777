// A histogram whose counts stand elsewhere, as text: prom-client's observes one value at a time and takes no counts.
import type { FiguresView } from './figures.ts';

/** Exposition format 0.0.4. @param name ends in `_seconds` */
export function histogramText(
  name: string,
  help: string,
  { counts, boundsMs, sumMs }: FiguresView['waits'],
): string {
  let sum = 0;
  const buckets = counts.map((count, i) => {
    sum += count;
    const bound = boundsMs[i];
    return `${name}_bucket{le="${bound === undefined ? '+Inf' : bound / 1000}"} ${sum}`;
  });
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} histogram`,
    ...buckets,
    `${name}_sum ${sumMs / 1000}`,
    `${name}_count ${sum}`,
    '',
  ].join('\n');
}
