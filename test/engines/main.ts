// `npm run engines -- [NAME…] [--sets N] [--seed N] [--show N]`: random lists played to the engines that they were written for and
// to cenote; prints how often they agree, and the causes where they do not. By hand: needs Go, dnsmasq, Unbound, BIND and others.
import { parseArgs } from 'node:util';
import { adblock } from './adblock.ts';
import { type Difference, type Engine, play, UNEXPLAINED } from './differential.ts';

const ENGINES: readonly Engine[] = [adblock];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sets: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    show: { type: 'string', default: '3' },
  },
});
let unexplained = 0;
for (const engine of ENGINES) {
  if (positionals.length > 0 && !positionals.includes(engine.name.toLowerCase())) continue;
  const result = await play(engine, Number(values.sets), Number(values.seed));
  console.log(
    `\n${result.engine} (${result.version}): ${result.sets} lists, ${result.questions} questions, ${result.same} alike`,
  );
  for (const [cause, differences] of [...result.causes].sort((a, b) => b[1].length - a[1].length)) {
    const of = (is: (difference: Difference) => boolean): number => differences.filter(is).length;
    const more = of(({ theirs }) => theirs === 'pass');
    const less = of(({ ours }) => ours === 'pass');
    console.log(
      `${String(differences.length).padStart(7)}  ${cause} (cenote alone stops ${more}, it alone ${less}, both ${differences.length - more - less})`,
    );
    const shown = cause === UNEXPLAINED ? 10 * Number(values.show) : Number(values.show);
    for (const { rules, question, ours, theirs } of differences.slice(0, shown))
      console.log(
        `           ${JSON.stringify(rules)} ${question.name} ${question.type}: cenote ${ours}, it ${theirs}`,
      );
    if (cause === UNEXPLAINED) unexplained += differences.length;
  }
}
process.exitCode = unexplained === 0 ? 0 : 1;
