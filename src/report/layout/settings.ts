// A document of settings in YAML, of a tool or of a rule: an address in it is one that its writer uses.
//
// Decided: it is a mapping of lower-case keys with others below them, and neither a key nor a comment speaks of indicators, as those of
// a record of indicators do; the comments of a collector may. A list of records is no mapping.

const SAMPLE_CHARACTERS = 65_536;
const IGNORED = /^(---|\.\.\.)?\s*$/;
const COMMENT = /^\s*#/;
const KEY = /^(\s*)(?:-\s+)*(["']?)([a-z][\w.-]{0,60})\2:(?:\s|$)/;
const BELOW = /^(\s|-(\s|$))/;
/** A mitigation's technique, or what a rule was tried with, is none: `mitre_attack_id`, `attack_data`. */
const OF_INDICATORS =
  /ioc|indicat|observable|malware|malicious|phish|scam|fraud|c2|cnc|campaign|actor|victim|botnet|famil|hash|md5|sha\d|sample|payload|domain|fqdn|block|black|deny/i;

/**
 * How a collector reads what it fetches: what its comments call phishing is what its sources are about. How often it asks is in the
 * settings of an implant, too.
 */
const OF_A_COLLECTOR = /^[ \t]+(?:-[ \t]+)?(?:parse|parser|schedule|refresh\w*|api_?key\w*|fetch\w*)[ \t]*:/m;

/** The key of an address that a tool asks, or at which its user reads on. */
export const SETTING_OF_ADDRESS =
  /(^|[._\s-])(urls?|links?|href|homepage|website|repo(sitory)?|host(name)?|server|endpoint)$/i;

export function isOfSettings(source: string): boolean {
  if (!/^\s{0,9}(#|---|["']?[a-z][\w.-]{0,60}["']?:(\s|$))/.test(source)) return false;
  const lines = source.slice(0, SAMPLE_CHARACTERS).split(/\r?\n/);
  if (source.length > SAMPLE_CHARACTERS) lines.pop();
  const isOfCollector = OF_A_COLLECTOR.test(lines.join('\n'));
  let [keys, keysBelow] = [0, 0];
  for (const line of lines) {
    if (IGNORED.test(line)) continue;
    if (COMMENT.test(line)) {
      if (!isOfCollector && OF_INDICATORS.test(line)) return false;
      continue;
    }
    const key = KEY.exec(line);
    if (key === null) {
      if (keys === 0 || !BELOW.test(line)) return false;
      continue;
    }
    if (OF_INDICATORS.test(key[3]!)) return false;
    if (!BELOW.test(line)) keys += 1;
    else if (keys === 0) return false;
    else keysBelow += 1;
  }
  return keys > 0 && keysBelow > 0;
}
