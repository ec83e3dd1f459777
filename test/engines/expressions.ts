// TRE, the engine of Pi-hole's regex filters, held beside cenote: expressions as these lists write them.
import { execFileSync, spawnSync } from 'node:child_process';
import type { Random } from '../witness/random.ts';
import type { Engine } from './differential.ts';
import type { Case, Outcome } from './outcome.ts';

const WORDS = [
  'ads?',
  'track(er|ing)?',
  'ad([sxv]?[0-9]*|system)',
  'stat(s|istics)?[0-9]*',
  'telemetry',
  'b[a-c]nner',
  'x{2,3}',
];
const JOINTS = [
  '[_.-]',
  '\\.',
  '([^.[:space:]]+\\.){1,}',
  '-?',
  '[0-9]+\\.',
  '.',
  '\\w+\\.',
  '\\d*\\.',
  '[^a-m]',
  '[[:digit:]]*',
];
const STARTS = ['^', '(^|\\.)', '(\\.|^)', '', '^(.+[_.-])?', '^[^.]*'];
const ENDS = ['$', '', 'example$', 'example\\.org$', '(com|org|test)$'];

const NAMES = [
  ...[
    'ads.example.org',
    'ad.example.org',
    'adx12.cdn.test',
    'adsystem-x.example.com',
    'trackers.test',
    'tracking1.example',
  ],
  ...[
    'stats9.example.org',
    'x.stat.test',
    'telemetry.example.org',
    'banner-a.test',
    'bbnner.org',
    'xx1.test',
    'xxx.example.com',
  ],
  ...['www.example.org', 'ab.cd.example', 'uploads.example.org', '9stats.test'],
];

const expressionOf = (random: Random): string =>
  `${random.pick(STARTS)}${random.pick(WORDS)}${random.pick(JOINTS)}${random.chance(0.3) ? random.pick(WORDS) + random.pick(JOINTS) : ''}${random.pick(ENDS)}`;

function make(random: Random): Case {
  const rules = Array.from({ length: random.from(1, 2) }, () => expressionOf(random));
  const questions = Array.from({ length: 8 }, () => ({
    name: random.pick(NAMES),
    type: 'A',
    client: '127.0.0.1',
  }));
  return { rules: [rules.join('\n')], questions };
}

/** One run a case: names in, those that an expression is found in out. */
function answerOne({ rules, questions }: Case): Outcome[] {
  const input = `${questions.map(({ name }) => name).join('\n')}\n`;
  const found = new Set(
    rules[0]!
      .split('\n')
      .flatMap((source) =>
        spawnSync('tre-agrep', ['-i', '-e', source], { input, encoding: 'utf8' }).stdout.split('\n'),
      ),
  );
  return questions.map(({ name }) => (found.has(name) ? 'block' : 'pass'));
}

export const expressions: Engine = {
  name: 'Pi-hole',
  settings: { format: 'regex', allowPublicSuffixes: false },
  make,
  answer: async (cases) => ({
    version: `TRE ${/\d[\d.]*/.exec(execFileSync('tre-agrep', ['--version'], { encoding: 'utf8' }))?.[0] ?? ''}`,
    outcomes: cases.map(answerOne),
  }),
  causeOf: () => null,
};
