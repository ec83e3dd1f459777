// A notice's sentence against the facts beside it: what it says was answered or blocked is what the counts say.
import type { Notice } from '../../../src/alerts/receiver.ts';
import type { Hit } from '../../../src/hits/hit.ts';
import type { Report } from './report.ts';

/** Words of the sentence, by what was got. */
const WORDS = {
  data: /\banswered(?! with| from)/,
  blocked: /\bblocked(?! for)/,
  refused: /\brefused/,
  withheld: /\bwithheld/,
  limited: /over the rate limit/,
  nxdomain: /\bNXDOMAIN/,
  local: /answered from the configuration/,
} as const;

export function compareWords(notice: Notice, report: Report, about: () => string): void {
  const { text, incident } = notice;
  if (incident === null) return;
  const { outcomes, past, names, furtherHits, client, hits, end } = incident;
  compareReasons(notice, report, about);
  report.hold(
    'words',
    client.name === null || text.includes(`${client.name} (${client.ip}`),
    () => `${about()}: the name ${client.name} stands without its address: ${text}`,
  );
  // An end of its own speaks of pauses, lists and what is blocked.
  if (end !== null && end !== 'past' && end !== 'silent') return;
  const said = text.replace(/\bNot blocked\b.*|blocking was paused/g, '');
  const pastGot: Readonly<Record<string, number>> = {
    data: past?.answered ?? 0,
    blocked: past?.blocked ?? 0,
    refused: past?.refused ?? 0,
    local: past?.local ?? 0,
    // One class, and its words name all of it.
    nxdomain: past?.failed ?? 0,
    withheld: past?.failed ?? 0,
    limited: past?.failed ?? 0,
  };
  for (const [got, words] of Object.entries(WORDS)) {
    const count = ((outcomes as Record<string, number>)[got] ?? 0) + (pastGot[got] ?? 0);
    report.hold(
      'words',
      words.test(said) === count > 0,
      () => `${about()}: ${count} of ${hits} are ${got}, and it says: ${text}`,
    );
  }
  const [only] = names;
  if (names.length === 1 && furtherHits === 0 && only !== undefined)
    report.hold(
      'words',
      text.replaceAll('[.]', '.').includes(only.name),
      () => `${about()}: ${only.name} is all that was asked for, and it says: ${text}`,
    );
}

/** Reasons, by what each list did about it, which compare/hits.ts holds against what happened. */
const REASONS = {
  paused: /(\d+) quer(?:y|ies), since blocking was paused/,
  schedule: /(\d+) quer(?:y|ies), since its lists were outside/,
  monitor: /(\d+) quer(?:y|ies), since list \S+ only watches/g,
  expired: /(\d+) quer(?:y|ies), since entry \S+ expired/g,
} as const;

/** Why what was not blocked was not: as many queries of each reason as the hits that the notice brings. */
function compareReasons({ text, hits }: Notice, report: Report, about: () => string): void {
  // A reply that says "come over TCP" may be the rate limit's; where several lists let it through, one of them is named.
  const passed = hits.filter(({ verdict, outcome }) => verdict === 'monitor' && outcome !== 'truncated');
  const modesOf = ({ matches, list }: Hit): readonly string[] => {
    const own = matches.find((one) => one.list === list);
    return (own === undefined ? matches : [own]).map(({ mode }) => mode);
  };
  const countOf = (isMeant: (modes: readonly string[]) => boolean): number =>
    passed.filter((hit) => isMeant(modesOf(hit))).reduce((sum, hit) => sum + hit.count, 0);
  for (const [mode, words] of Object.entries(REASONS)) {
    const said = [...text.matchAll(new RegExp(words, 'g'))].reduce(
      (sum, [, count]) => sum + Number(count),
      0,
    );
    const least = countOf((modes) => modes.every((one) => one === mode));
    const most = countOf((modes) => modes.includes(mode) && !modes.includes('enforce'));
    report.hold(
      'words',
      (said >= least && said <= most) || /more reasons/.test(text),
      () => `${about()}: ${least} to ${most} were ${mode}, and it says: ${text}`,
    );
  }
}
