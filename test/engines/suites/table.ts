// Which checks of other engines' tests cenote passes, and each other one with its reason, as docs/suites.md has it.
import { type Check, isPassed } from './check.ts';
import { type Reason, reasonOf } from './reasons.ts';

export interface Suite {
  readonly name: string;
  /** Where its checks come from. */
  readonly source: string;
  readonly checks: readonly Check[];
}

/** Not passed and without a reason. */
export const unexplained = (suite: Suite): Check[] =>
  missed(suite).flatMap(([check, reason]) => (reason === null ? [check] : []));

export function suitesDocument(suites: readonly Suite[]): string {
  const rows = suites.map(({ name, source, checks }) => {
    const passed = checks.filter(isPassed).length;
    return `| ${name} | ${source} | ${checks.length} | ${passed} |`;
  });
  return `# Tests of other engines, played to cenote

Written by \`npm run engines -- suites --unbound FOLDER --bind FOLDER --recursor FOLDER --write docs/suites.md\`, which reads these projects' own files
from checkouts; nothing of theirs is here. Each check is put to cenote's walk with the same policy zones (\`action: zone\`), one table in place of the test's servers, and transfers over a
socket. Compared are RCODE, TC and the records of the answer. Not played of BIND: 9 checks of a server with other policies, or of stub zones; of
the Recursor: its counts of records and transfers over HTTP, and the SOA of a policy zone in the additional section (\`includeSOA\`, off in the Recursor unless set).
Its checks are held to what they ask for, over UDP and TCP: an RCODE, RRsets that have to be among others, or no answer records. What the choices behind the reasons are: [decision 0073](decisions/0073-suites-of-other-engines.md).

| suite | files | checks | passed |
| --- | --- | ---: | ---: |
${rows.join('\n')}

What the last column means:
${reasonsOf(suites)
  .map(({ short, long }) => `- **${short}**: ${long}.`)
  .join('\n')}
${suites.map(missesOf).join('')}`;
}

const missed = ({ name, checks }: Suite): readonly (readonly [Check, Reason | null])[] =>
  checks
    .filter((check) => !isPassed(check))
    .map((check) => [check, reasonOf(name, check.group, check.number)]);

const reasonsOf = (suites: readonly Suite[]): Reason[] => [
  ...new Set(suites.flatMap((suite) => missed(suite).flatMap(([, reason]) => reason ?? []))),
];

function missesOf(suite: Suite): string {
  const lines = missed(suite).map(
    ([{ group, number, expected, got }, reason]) =>
      `| \`${group}\` ${number} | ${shapeOf(expected)} | ${shapeOf(got)} | ${reason?.short ?? '**not known**'} |`,
  );
  return `
## Not passed of ${suite.name}'s

| check | it expects | cenote gives | why |
| --- | --- | --- | --- |
${lines.join('\n')}
`;
}

/** RCODE and what kinds of records, without their names and data. */
const shapeOf = (shown: string): string =>
  shown
    .split(', ')
    .map((part) => / ([A-Z]+\d*) /.exec(part)?.[1] ?? part)
    .sort((a, b) => Number(a === 'A') - Number(b === 'A'))
    .join(', ');
