// One process of `npm run witness`: plays the offices that it is sent, one after another.
import type { Job, Played } from './jobs.ts';
import { playOffice } from './office.ts';

// Whoever ends the run ends it in an orderly way: the office that is being played is still told of.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
process.on('message', async (job: Job) => {
  const { compared, stories } = await playOffice(job);
  process.send?.({ ...job, compared, stories } satisfies Played);
});
