// `npm run witness`: plays offices and holds every statement of cenote against what happened.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import type { Story } from './compare/report.ts';
import { type Job, type Played, playAll } from './jobs.ts';
import { tryMutations } from './mutations.ts';
import { playOffice } from './office.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '1' },
    days: { type: 'string', default: '10000' },
    jobs: { type: 'string', default: `${availableParallelism()}` },
    office: { type: 'string' },
    'days-each': { type: 'string', default: '40' },
    story: { type: 'boolean', default: false },
    from: { type: 'string', default: '0' },
  },
});
const STORIES_SHOWN = 20;
const seed = Number(values.seed);
const jobs = Number(values.jobs);
const begunMs = performance.now();
if (positionals[0] === 'mutations')
  process.exit((await tryMutations(seed, Number(values.from), jobs)) ? 0 : 1);
const daysEach = Number(values['days-each']);

let isStopped = false;
let days = 0;
let compared = 0;
let offices = 0;
const counts: Record<Story['fault'], number> = { false: 0, missed: 0, twice: 0 };
const told = new Set<string>();

function played({ office, stories, compared: own, days: ownDays }: Played): void {
  days += ownDays;
  offices += 1;
  compared += own;
  for (const { fault, of, text, day } of stories) {
    counts[fault] += 1;
    // Most stand there still at the next look.
    if (told.has(text)) continue;
    told.add(text);
    if (told.size <= STORIES_SHOWN)
      console.log(
        `${fault}: ${of}: ${text}\n  replay: npm run witness -- --seed ${seed} --office ${office} --days ${day + 1} --story`,
      );
  }
}

const jobOf = (office: number, ownDays: number): Job => ({
  office,
  seed: seed * 1_000_003 + office,
  days: ownDays,
});

function* allOffices(): Generator<Job, void> {
  const wanted = Number(values.days);
  for (let office = 0; office * daysEach < wanted && !isStopped; office += 1) yield jobOf(office, daysEach);
}

// What was played until then is told of.
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    isStopped = true;
  });

if (values.office === undefined) await playAll(allOffices(), jobs, played);
else {
  const job = jobOf(Number(values.office), Math.min(daysEach, Number(values.days)));
  const say = (text: string): void => console.log(`  ${text}`);
  const { compared: own, stories } = await playOffice({ ...job, ...(values.story ? { say } : {}) });
  played({ ...job, compared: own, stories });
}
if (told.size > STORIES_SHOWN) console.log(`and ${told.size - STORIES_SHOWN} more`);
console.log(
  `${days} office-days played in ${offices} offices, ${compared} statements compared, ${Math.round((performance.now() - begunMs) / 1000)} s: ${counts.false} false, ${counts.missed} finds or hits missed, ${counts.twice} told twice`,
);
process.exitCode = told.size === 0 ? 0 : 1;
