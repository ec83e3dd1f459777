// Whom a sentence names beside the attackers: the owner of the name that another is made to be taken for, who helped, whose sinkhole
// it is, whose service everybody may use.

import { tenancyOf } from '../known/suffix.ts';
import type { Bystander } from '../report.ts';
import { hostPrinted, isMistypedFor, isReadAs } from './look-alike.ts';

/** A name and the line around it; `before` ends, and `behind` begins, at the name. */
interface Words {
  readonly name: string;
  readonly before: string;
  readonly behind: string;
}

export interface BystanderKind extends Bystander {
  /** A line without any of these names none of the kind: most lines, and each is asked once. */
  readonly mayBeIn: RegExp;
  readonly isSaid: (words: Words) => boolean;
}

const NAME = '[^\\s,;()|"\'`*“”‘’]{4,253}';
const OPEN = '["\'`*(“‘]{0,3}';
const CLOSE = '["\'`*)”’]{0,3}';
const ORDERED =
  '(?:instead of|rather than|as opposed to|in place of|in lieu of|mistyped for|a typo (?:of|for))';
const UNORDERED = `(?:${ORDERED}|vs\\.?|versus|not|→|->|=>|⇒|←|<-)`;
/** What is written between the two; spares a search for a name before it. */
const BETWEEN = new RegExp(`${UNORDERED}\\s*${OPEN}$`, 'iu');
/** `evil.com instead of example.org`: the name before, in its order or in any. */
const AFTER_ORDERED = new RegExp(`(${NAME})${CLOSE}\\s*\\(?,?\\s*(?:and )?${ORDERED}\\s+${OPEN}$`, 'iu');
const AFTER_ANY = new RegExp(`(${NAME})${CLOSE}\\s*\\(?,?\\s*(?:and )?${UNORDERED}\\s*${OPEN}$`, 'iu');
/** `example.org → evil.com`: the name behind. */
const BEFORE_ANY = new RegExp(`^${CLOSE}\\s*\\(?,?\\s*${UNORDERED}\\s*${OPEN}(${NAME})`, 'iu');

/** `our friends at`, before whoever is thanked. */
const HELPER =
  '(?:(?:the|our|my) )?(?:@[\\w.-]{1,40}(?: \\([^()]{1,40}\\))? (?:of|from|at) )?(?:(?:team|folks|people|friends?|colleagues|researchers?|analysts?) (?:at|from|of|behind) )?';
const THANKED = new RegExp(
  `(?:\\b(?:many|special|big|huge|our|my) thanks (?:go(?:es)? )?(?:out )?to|\\bkudos to|\\bcredits?(?: goes?)? to|\\bhat[- ]?tip to|\\bh/t(?: to)?|\\bwe (?:would like to |want to |wish to )?thank|^\\W{0,6}(?:credits?|hat[- ]?tip|acknowledge?ments?)\\s*:)\\s+${HELPER}${OPEN}$`,
  'iu',
);
/** Where FOR_HELP follows: `Thanks to evil.com, they got in` thanks nobody. */
const THANKS = new RegExp(
  `\\b(?:(?:thanks|thank you|grateful|indebted) to|thanks?|thanking)\\s+${HELPER}${OPEN}$`,
  'iu',
);
const FOR_HELP = new RegExp(
  `^${CLOSE}\\s+(?:for (?:(?:the|a|an|this|these|their|his|her|its|some|many|more|additional) (?:\\p{L}+ )?)?(?:samples?|help|helping|shar(?:ing|ed)|provid(?:ing|ed)|report(?:s|ing)?|pointing|tips?|finding|data|information|details|analysis|review|support|hints?|contribut\\p{L}+)|who)\\b`,
  'iu',
);

/** To which names are moved; a `sinkhole domain` is as often an attackers' name that was moved. */
const SINKHOLE =
  '(?:sinkhole|sink-hole)(?: (?:server|host|machine|name ?server|dns server|operated by|run by|of|at))?';
const SINKHOLED_TO = new RegExp(
  `\\b(?:sinkholed to|sinkhole[sd]? (?:it|them|this|that) (?:to|with)|(?:resolv|point|redirect|rout|delegat|chang|mov|switch|send|sent|transfer)\\p{L}*\\s+(?:now\\s+|today\\s+)?(?:to|at)\\s+(?:the|a|an|our|its|their|another|\\p{L}+['’]s)\\s+${SINKHOLE}(?: (?:(?:of|by|run by|operated by) )?(?:[\\p{L}'’-]{1,20} ){0,4}[\\p{L}'’-]{1,20})?)\\s*[,:]?\\s*${OPEN}$`,
  'iu',
);
const SINKHOLES_SERVERS =
  /\bsinkhol\p{L}*\b(?:(?![;!?]|\.\s).){0,120}?\bname ?servers?\s+(?:are|is|were|was|to|:)\s*["'`*(“‘]{0,3}$/iu;
/** `name servers were changed to ns1.example.org (a sinkhole)` */
const NOW_AT = /\b(?:to|at|are|is|were|by)\s+["'`*(“‘]{0,3}$/iu;
const A_SINKHOLE = new RegExp(
  `^${CLOSE}\\s*(?:,\\s*|\\(\\s*|which is\\s+)(?:the |a |an |our |its )(?:[\\p{L}'’-]{1,20} ){0,2}?sinkhole(?: server| name ?server)?(?=\\s*[).,;]|\\s*$| (?:of|operated|run)\\b)`,
  'iu',
);

/** `via the example.org file-sharing service`: of whom everybody may ask it; `the evil.com service` and its `proxy service` may be crime's own. */
const OF_A_SERVICE = new RegExp(`\\b(?:the|via|using|through|with|by)\\s+${OPEN}$`, 'iu');
const SERVICE = new RegExp(
  `^${CLOSE}\\s+(?:(?:public|free|legitimate|popular|online|web)\\s+){0,2}(?:(?:file|image|video)[- ](?:sharing|hosting|transfer|upload)|cloud[- ]storage|paste|logo|form|(?:url|link)[- ]shorten(?:ing|er)|(?:ip|geo)[- ]?(?:location|look-?up)|tunnel(?:l?ing)?|legitimate|public|popular)\\s+services?\\b`,
  'iu',
);

/** `queries the public IP geolocation service hxxp://example.org` */
const SERVICE_BEFORE = new RegExp(
  `\\b(?:the|via|using|through|with|by)\\s+(?:the )?(?:(?:public|free|legitimate|popular|online|well-known)\\s+){0,2}(?:(?:ip|geo)[- ]?(?:address )?(?:geo-?location|location|look-?up|check(?:ing)?|info(?:rmation)?)|(?:file|image|video|text)[- ](?:sharing|hosting|transfer|upload)|cloud[- ]storage|paste|(?:url|link)[- ]shorten(?:ing|er)|tunnel(?:l?ing)?)\\s+(?:web ?)?(?:services?|apis?|platforms?)\\s*[,:(]?\\s*${OPEN}(?:h..ps?(?::|\\[:\\])\\/\\/)?$`,
  'iu',
);

/** `https://example.org/24U0Ifm (shortened)`: of a service that shortens links for everybody. */
const A_SHORT_LINK = new RegExp(
  `^\\/[^\\s]{1,60}${CLOSE}\\s*[-–—(]\\s*(?:an? |the )?(?:shortened|short (?:link|url)|(?:url|link) shorten(?:er|ing))\\b`,
  'iu',
);

/** `obfuscated with example.org`: what anybody may use. */
const TOOL_BEFORE = new RegExp(
  `\\b(?:obfuscated|minified|packed|encoded|beautified) (?:with|by|using|via|through) (?:the )?${OPEN}$`,
  'iu',
);
const TOOL_BEHIND = new RegExp(
  `^${CLOSE}\\s*[,(]\\s*(?:which is )?(?:an?|the) (?:(?:well-known|popular|free|legitimate|online) )*(?:public(?:ly available)?|open[- ]source|free|popular|legitimate) (?:[\\p{L}-]{1,20} ){0,2}?(?:tool|obfuscator|library|packer|generator|website)\\b`,
  'iu',
);

/** `a cold wallet, such as example.org or any other one`: one of many that anybody may use. */
const ONE_OF_MANY = new RegExp(
  `\\b(?:such as|like|e\\.g\\.,?)\\s+(?:the )?${OPEN}(?:h..ps?:\\/\\/(?:www\\.)?)?$`,
  'iu',
);
const OR_ANY_OTHER = new RegExp(
  `^(?:\\/[^\\s]{0,100})?${CLOSE},?\\s+or (?:any|some) (?:other|similar)(?: [\\p{L}-]{1,20})?? (?:ones?|wallets?|exchanges?|services?|providers?|browsers?|apps?|tools?|clients?|gateways?|markets?|platforms?|editors?)\\b`,
  'iu',
);

/** Of attackers, in the words before the name of a party: `a bulletproof hoster`, `the fake ad network`. */
const OF_ATTACKERS =
  /\b(?:bulletproof|malicious|fake|false|rogue|fraudulent|fictitious|own|criminal|illegal|attackers?['’]?s?|actors?['’]?s?|c2|c&c|phishing|imitated|so-called|supposed|compromised|hacked|hijacked|infected|breached)\s+(?:[\p{L}-]{1,20}\s+){0,2}$/iu;
const PARTY =
  '(?:(?:domain )?registrar|hoster|(?:hosting|vps|cloud|e-?mail|mail|internet service|dns|server) (?:provider|company)|isp|certificate authority|(?:public|open|free) (?:dns )?resolver|ad(?:vertis(?:ing|ement))? network|ad exchange|content delivery network|security (?:company|firm|vendor))';
/** `the registrar example.org`, `the advertising network, example.org`: who anybody's is. */
const PARTY_BEFORE = new RegExp(`\\b(${PARTY}) ?[,:(]?\\s*${OPEN}$`, 'iu');
/** `hosted by Example Servers (example.org)`, `issued by Example Trust (example.org)`: whose site it is, behind its name. */
const OF_A_PARTY_IN_BRACKETS =
  /\b(?:registered|hosted|issued|bought|purchased|sold|rented|leased)\s+(?:(?:on|in|at|with the address|since) [^()]{1,40}? )?(?:by|through|with|at|from|via)\s+(?:the )?(?:[\p{Lu}\d][\p{L}\d.&'’-]{0,30}\s+){1,5}[(]\s*["'`*]?$/u;
/** `its name servers are ns1.example.org and ns2.example.org` */
const ITS_NAME_SERVERS = new RegExp(
  `\\b(?:its|their|the) (?:current |old |former )?(?:authoritative )?name ?servers? (?:is|are|was|were)(?: now)? (?:${NAME}(?:,? and |, ))*${OPEN}$`,
  'iu',
);
/** `a removal tool from example.org` */
const REMOVED_WITH = new RegExp(
  `\\b(?:I|we|you|he|she|they) (?:have )?(?:tried|used|ran|run|installed)\\b[^.;]{0,40}\\b(?:removal|cleanup|clean-?up|scan(?:ning)?|antivirus|anti-?malware) (?:tool|scanner|program|app|software) (?:from|of|by|at) ${OPEN}$`,
  'iu',
);
/** `Subscribe at example.org` */
const OF_THE_PUBLISHER =
  /(?:^|[|•·.]\s*)\W{0,4}(?:subscribe|sign up|join our (?:newsletter|mailing list)|read this online)\b[^.|]{0,40}$/i;
/** `By Somebody — hxxps://example.org/somebody`, above the text. */
const BYLINE =
  /^\W{0,6}(?:(?:[Ww]ritten|[Pp]ublished|[Pp]osted|[Rr]eported) )?[Bb]y\s+(?:[\p{Lu}@][\p{L}'’.@_-]{0,30}\s+){1,4}(?:[—–|-]+|\()\s*(?:h..ps?:\/\/)?$/u;

const BYSTANDERS: readonly BystanderKind[] = [
  {
    reason: 'benign',
    more: 'a name beside it is made to be taken for it',
    mayBeIn:
      /instead|rather than|opposed to|in place of|in lieu|typo|mistyped|\bvs\b|versus|\bnot\b|[→⇒←]|->|=>|<-/i,
    isSaid: ({ name, before, behind }) => {
      const isBehind = BETWEEN.test(before);
      const ordered = isBehind ? AFTER_ORDERED.exec(before)?.[1] : undefined;
      if (ordered !== undefined && isMistypedFor(ordered, name)) return true;
      const other = (isBehind ? AFTER_ANY.exec(before)?.[1] : undefined) ?? BEFORE_ANY.exec(behind)?.[1];
      return other !== undefined && isReadAs(other, name);
    },
  },
  {
    reason: 'reference',
    more: 'the report thanks its owner',
    mayBeIn: /thank|kudos|credit|\bh\/t\b|hat[- ]?tip|grateful|indebted|acknowl/i,
    isSaid: ({ before, behind }) => THANKED.test(before) || (THANKS.test(before) && FOR_HELP.test(behind)),
  },
  {
    reason: 'beside',
    more: 'a sinkhole, to which names were moved',
    mayBeIn: /sink-?hol/i,
    isSaid: ({ before, behind }) =>
      SINKHOLED_TO.test(before) ||
      SINKHOLES_SERVERS.test(before) ||
      (NOW_AT.test(before) && A_SINKHOLE.test(behind)),
  },
  {
    reason: 'beside',
    more: 'its sentence calls it a registrar, a hoster or another whom anybody asks',
    mayBeIn:
      /registrar|hoster|provider|company|\bisp\b|authority|resolver|network|exchange|vendor|firm|registered|hosted|issued|bought|purchased|sold|rented|leased|name ?server/i,
    isSaid: ({ name, before }) => {
      const party = PARTY_BEFORE.exec(before);
      if (party !== null) return !OF_ATTACKERS.test(before.slice(0, party.index));
      // A customer's page stands below the name of whoever hosts it.
      return (
        (OF_A_PARTY_IN_BRACKETS.test(before) && tenancyOf(hostPrinted(name)) === null) ||
        ITS_NAME_SERVERS.test(before)
      );
    },
  },
  {
    reason: 'reference',
    more: "the report's own, or what its writer has used",
    mayBeIn: /\bby\s|subscribe|sign up|join our|read this online|tool|scanner|program|app|software/i,
    isSaid: ({ before }) =>
      BYLINE.test(before) ||
      OF_THE_PUBLISHER.test(before) ||
      (REMOVED_WITH.test(before) && !/\b(?:fake|false|malicious|rogue)\b/i.test(before)),
  },
  {
    reason: 'shared-host',
    more: 'its sentence calls it a service',
    mayBeIn: /\bservice/i,
    isSaid: ({ before, behind }) =>
      (SERVICE.test(behind) && OF_A_SERVICE.test(before)) || SERVICE_BEFORE.test(before),
  },
  {
    reason: 'shared-host',
    more: 'its line calls it a short link',
    mayBeIn: /shorten|short (?:link|url)/i,
    isSaid: ({ behind }) => A_SHORT_LINK.test(behind),
  },
  {
    reason: 'shared-host',
    more: 'its sentence names it as one of many that anybody may use',
    mayBeIn: /\bor (?:any|some) (?:other|similar)\b/i,
    isSaid: ({ before, behind }) => OR_ANY_OTHER.test(behind) && ONE_OF_MANY.test(before),
  },
  {
    reason: 'shared-host',
    more: 'its sentence calls it a tool',
    mayBeIn: /obfuscat|minified|packe[dr]|encoded|beautified|\btool|library|generator/i,
    isSaid: ({ before, behind }) => TOOL_BEFORE.test(before) || TOOL_BEHIND.test(behind),
  },
];

/** The kinds of which a line may name any. */
export const bystandersIn = (line: string): readonly BystanderKind[] =>
  BYSTANDERS.filter(({ mayBeIn }) => mayBeIn.test(line));

/** Characters of the line on either side in which it is said. */
const AROUND_MAX = 300;

/**
 * @param kinds those of which its line may name any
 * @param at where the name begins in it
 */
export function bystanderOf(
  kinds: readonly BystanderKind[],
  line: string,
  at: number,
  end: number,
): Bystander | null {
  const words: Words = {
    name: line.slice(at, end),
    before: line.slice(Math.max(0, at - AROUND_MAX), at),
    behind: line.slice(end, end + AROUND_MAX),
  };
  return kinds.find(({ isSaid }) => isSaid(words)) ?? null;
}
