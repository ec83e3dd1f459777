// What a remark beside a name says of it: that it is harmless, a victim's, not to be blocked, or an attacker's.
import { accuses, BAD, KILL_SWITCH, OF_LOOKUPS } from './heading.ts';
import { BENIGN_ABROAD, BUT_ABROAD, DENIED_ABROAD, TAKEN_OVER_ABROAD } from './languages.ts';

/** `<-- IP address check, not inherently malicious`: said of what stands in the line, wherever it says so. */
const NOT_MALICIOUS =
  /\b(not|isn't|aren't|non) (itself |themselves |inherently |necessarily |actually |directly |a |an )*(malicious|harmful|malware)\b|\bnicht (an sich |selbst )?(bösartig|schädlich)|\bno (es|son) malicios|\bnon (è|sono) malevol|\bpas malveillant/iu;

/** Where a text says that something is not malicious, and does not go on with "but"; −1 when it does not. */
export function denialIn(text: string): number {
  const found = NOT_MALICIOUS.exec(text) ?? DENIED_ABROAD.exec(text);
  if (found === null) return -1;
  const behind = text.slice(found.index + found[0].length);
  return /^\W{0,4}(but|though|aber|pero|mais)\b/i.test(behind) || BUT_ABROAD.test(behind) ? -1 : found.index;
}

/** `HTTPS traffic, legitimate site`: the last of what is said. */
const LAST_SAID =
  /[,;(–—-]\s{1,4}(?:an? |the )?(?:(?:definitively|clearly|likely|probably|known) )?(?:legit|legitimate|benign|harmless) (?:(?:prior|former|previous|earlier|other) )?(?:web ?site|site|domain|service|server|host|traffic|url|page|tenant|owner|customer|company|business|brand)[\s.)]*$/i;

/** `Final content URL (LEGITIMATE)` */
const LAST_IN_BRACKETS =
  /[([]\s*(?:legitimate|legit|benign|harmless|false[- ]positive|clean|not malicious|known[- ]good)(?: (?:web ?site|site|domain|service|server|host|url|page))?\s*[)\]][\s.]*$/i;
/** `Used in a ping command to check for an internet connection`: whether a machine is online is asked of whoever always is. */
const ASKED_WHETHER_ONLINE =
  /\b(?:check|test|verif|confirm|prob)(?:s|ed|ing|y|ies|ied|e)?\b(?: (?:for|of|that|whether|if|the|an?|its|is|has|victim'?s?|machine'?s?|host'?s?)){0,4} (?:internet|network|online)(?: (?:connect(?:ion|ivity)|access|availability|reachability|status))?\b|\b(?:internet|network|online) (?:connection|connectivity|access) (?:check|test)s?\b|\bconnectivity (?:check|test)s?\b/i;
/** `News outlet redirect abuse`: whose redirect it is, everybody trusts. */
const OF_A_REDIRECT = /\b(?:open[- ])?redirect(?:or|ion|s)? (?:abuse|abused|misuse)\b/i;
/** `redirect on a legit website`, `open redirect of a legitimate site` */
const ON_A_LEGITIMATE_ONE =
  /\bredirect\p{L}*\b[^.;]{0,30}\b(?:on|of|via|through|at) an? (?:legit|legitimate|trusted|genuine|well-known) (?:web ?)?(?:site|page|domain|service|server)\b|\b(?:via|through) an? (?:legit|legitimate|trusted|genuine) (?:web ?)?(?:site|page|domain|service)['’]?s? (?:open )?redirect/iu;
const IS_ATTACKERS =
  /\bc ?[&2/] ?c\b|\bc2\b|\bcommand(?: and|-and|&| server)|malicious|malware|payload|compromis|attacker|actor/i;

/** `compromised host, not attacker-owned; do not blanket-block`: whatever else is said of it. */
const NOT_TO_BLOCK =
  /\b(?:do not|don['’]t|must not be|should not be|never) (?:blanket[- ]?)?block(?:ed)?\b(?!\s+(?:it )?(?:until|before|unless))|\bnot (?:an? |the )?(?:attackers?|actors?|adversary|adversaries|threat[- ]actors?)(?:['’]s?)?[- ](?:owned|controlled|operated|infrastructure)\b|\bnot (?:owned|controlled|operated|run) by (?:the |an? )?(?:threat )?(?:attackers?|actors?|adversary)\b/iu;

/** Characters of a text about one indicator that are its remark: behind them a long one is about more than that. */
export const REMARK_MAX = 300;

/** `evil.com (a suspicious domain)`, behind a label that says nothing of it. */
export const isCalledBad = (remark: string): boolean =>
  /^[`*_]{0,3}\s*[(–—-]\s*(?:an? |the )?(?:\p{L}+ )?(?:malicious|suspicious|phishing|fake|attacker(?:['’]s)?|c2|rogue|fraudulent)(?: \p{L}+)? (?:domain|(?:web ?)?site|host|server|url|page)\b/iu.test(
    remark,
  );

/** `| Victim | Example Company (example[.]com) |`: a row of somebody who was attacked. */
export const isOfVictims = (text: string): boolean =>
  text.length < 20 && /^[\s*_]*(victims?|targets?)[\s*_]*$/i.test(text);

const BENIGN_FIRST = new RegExp(`^[^\\p{L}]*${BENIGN_ABROAD.source}`, 'iu');

/** A cell or a remark beside a name that says it is harmless, and says nothing else first. */
export function isBenignRemark(text: string): boolean {
  if (text === '') return false;
  if (denialIn(text) >= 0 || KILL_SWITCH.test(text) || NOT_TO_BLOCK.test(text)) return true;
  if (BENIGN_FIRST.test(text) && !TAKEN_OVER_ABROAD.test(text) && !BAD.test(text)) return true;
  if ((LAST_SAID.test(text) || LAST_IN_BRACKETS.test(text)) && !BAD.test(text)) return true;
  if ((OF_A_REDIRECT.test(text) || ON_A_LEGITIMATE_ONE.test(text)) && !IS_ATTACKERS.test(text)) return true;
  if (OF_LOOKUPS.test(text) && !IS_ATTACKERS.test(text)) return true;
  if (ASKED_WHETHER_ONLINE.test(text) && !IS_ATTACKERS.test(text) && !BAD.test(text)) return true;
  return (
    /^[^\p{L}]*(is |are |a |the )?(legitimate|legit|benign|white-?listed|white-?list|allow(ed|-?listed|-?list)?|false[- ]positives?|fp$|clean$|goodware|harmless|safe$|known[- ]good|(not|non)[- ]malicious)(?![\p{L}\p{N}_-]|\.\p{L})/iu.test(
      text,
    ) && !accuses(text)
  );
}
