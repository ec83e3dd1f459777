// `npm run witness`: plays offices and holds every statement of cenote against what happened.
import { parseArgs } from 'node:util';
import type { Story } from './compare/report.ts';
import { tryMutations } from './mutations.ts';
import { playOffice } from './office.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    days: { type: 'string', default: '10000' },
    office: { type: 'string' },
    'days-each': { type: 'string', default: '40' },
    story: { type: 'boolean', default: false },
    mutations: { type: 'boolean', default: false },
    'mutations-from': { type: 'string', default: '0' },
  },
});
const STORIES_SHOWN = 20;
const seed = Number(values.seed);
if (values.mutations) process.exit(tryMutations(seed, Number(values['mutations-from'])) ? 0 : 1);
const daysEach = Number(values['days-each']);
const offices =
  values.office === undefined
    ? Array.from({ length: Math.max(1, Math.ceil(Number(values.days) / daysEach)) }, (_, i) => i)
    : [Number(values.office)];

let days = 0;
let compared = 0;
const stories: { readonly office: number; readonly story: Story }[] = [];
for (const office of offices) {
  const say = values.story ? (text: string): void => console.log(`  ${text}`) : undefined;
  const ownDays = values.office === undefined ? daysEach : Math.min(daysEach, Number(values.days));
  const report = await playOffice({
    seed: seed * 1_000_003 + office,
    days: ownDays,
    ...(say === undefined ? {} : { say }),
  });
  days += ownDays;
  compared += report.compared;
  stories.push(...report.stories.map((story) => ({ office, story })));
}
for (const { office, story } of stories.slice(0, STORIES_SHOWN))
  console.log(
    `${story.fault}: ${story.of}: ${story.text}\n  replay: npm run witness -- --seed ${seed} --office ${office} --days ${story.day + 1} --story`,
  );
if (stories.length > STORIES_SHOWN) console.log(`and ${stories.length - STORIES_SHOWN} more`);
const count = (fault: Story['fault']): number => stories.filter(({ story }) => story.fault === fault).length;
console.log(
  `${days} office-days played, ${compared} statements compared: ${count('false')} false, ${count('missed')} finds or hits missed, ${count('twice')} told twice`,
);
process.exitCode = stories.length === 0 ? 0 : 1;
