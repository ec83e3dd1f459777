// What the keys of a feed's records say of what stands under them: a list of names, something to be let through, a reference.
import { isFileName } from '../known/file-names.ts';
import { NAME_WORDS, squeeze, URL_WORDS, VALUE_WORDS } from '../known/kind-words.ts';
import { isKnownTop } from '../known/suffix.ts';
import type { LeftOutReason } from '../report.ts';
import type { Standing } from './record.ts';

/** What is under these keys is about the report, or is nothing that it accuses. */
export const OTHERS: RegExp =
  /^(authors?|reporter|headers?|request|response|warnings|schema|context|meta(data)?|urlhauslink|urlhausreference|funding|homepage|repository|bugs|licenses?)$/;
/** Names under these keys are no indicators: they are left out, each with the reason. */
const AGAINST: readonly (readonly [RegExp, LeftOutReason])[] = [
  [
    /^(known|is)?(benign|harmless|legit(imate)?|good|clean|trusted|safe|white-?list(ed)?|allow(ed)?(list(ed)?)?|falsepositives?|exclu(de|ded|sions?)|ignored?)(remote)?(domains?|hosts?|names?|urls?|sites?|list|indicators?|iocs?|entries|values?)?$/,
    'benign',
  ],
  [
    /^(removed|deleted|withdrawn|revoked|retired)(domains?|hosts?|names?|urls?|indicators?|iocs?|entries|values?)?$/,
    'revoked',
  ],
  [/^(victims?|targets?|targeted|impersonated|spoofed)(domains?|hosts?|names?|urls?|sites?)?$/, 'victim'],
  [
    /^(references?|refs|externalreferences|sources?|reports?|links?|permalinks?|selfreference|bibliography|furtherreading|seealso)(urls?|links?)?$/,
    'reference',
  ],
];

export function againstKey(key: string): Standing | null {
  const reason = AGAINST.find(([words]) => words.test(key))?.[1];
  return reason === undefined ? null : { reason };
}

/** `domains`, `iocs`, `blockList`, `deny`: a list of values. */
export function isList(key: string): boolean {
  return (
    NAME_WORDS.has(key) ||
    VALUE_WORDS.has(key) ||
    URL_WORDS.has(key) ||
    /^((block|deny|denied|black|malicious)[a-z]*(list(ed)?|domains?|urls?|hosts?)|deny|denied|blocked)$/.test(
      key,
    )
  );
}

/** `delivery_domain`, `lure website`: in a document that speaks of attacks, a place that attackers use. */
const PLACE_OF_ATTACKERS =
  /^(c2|cnc|beacon|callback|exfil(tration)?|delivery|payload|download|dropper|loader|stag(er|ing|e\d?)|phish(ing)?|lure|malicious|malware|landing|attackers?|fallback|backup|gate|panel|drop|command(and)?control|botnet|typosquat(ted)?|lookalike|distribution|infection|rogue|fake|adversary|kit|phishingkit)(server|web|page)?(domain|host|hostname|fqdn|site|website|url|uri|binaryurl)s?$/;
const OF_ATTACKS =
  /"[\w -]{0,40}(malware|ioc|indicator|phish|c2|threat|campaign|stealer|ransom|trojan|botnet)[\w -]{0,40}"\s{0,9}:/i;

export const isPlaceOfAttackers = (key: string): boolean => PLACE_OF_ATTACKERS.test(key);

/** `websites:`, `infrastructure:` with a list below it. */
export const isListOfPlaces = (key: string): boolean =>
  /^((web)?sites|distributions?|infrastructure|servers|network(indicators|iocs)?)$/.test(key);

/** @param source of JSON, or what begins it */
export const speaksOfAttacks = (source: string): boolean => OF_ATTACKS.test(source.slice(0, 65_536));

const FILES_SHARE_MAX = 0.05;

/** Nearly all are names and could be no files: then so are the others. */
export function areNames(texts: readonly string[]): boolean {
  const others = texts.filter((text) => {
    const labels = text.toLowerCase().split('.');
    return (
      !/^[\p{L}\p{N}_*-]+$/u.test(labels.join('')) ||
      isFileName({ labels, isHost: false }) ||
      !isKnownTop(labels.at(-1)!)
    );
  });
  return others.length <= texts.length * FILES_SHARE_MAX;
}

export const isListOfTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string');

/** Whether a text of JSON, or what begins it, has a field that this reader knows for one of names. */
export function speaksOfNames(sample: string): boolean {
  if (/"type"\s{0,9}:\s{0,9}"InternetDomainName"/.test(sample)) return true;
  for (const [, key, opening] of sample.matchAll(/"([^"\\]{1,40})"\s{0,9}:\s{0,9}(["[{])/g)) {
    const word = squeeze(key!);
    if (NAME_WORDS.has(word) || URL_WORDS.has(word) || (opening === '[' && isList(word))) return true;
    if (opening === '"' && VALUE_WORDS.has(word)) return true;
  }
  return false;
}
