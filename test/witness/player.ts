// One process of `npm run witness`: plays the offices that it is sent, one after another.
import type { Job, Played } from './jobs.ts';
import { playOffice } from './office.ts';

process.on('message', async (job: Job) => {
  const { compared, stories } = await playOffice(job);
  process.send?.({ ...job, compared, stories } satisfies Played);
});
