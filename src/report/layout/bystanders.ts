// Whom a sentence names beside the attackers: the owner of the name that another is made to be taken for, who helped, whose sinkhole
// it is, whose service everybody may use.
import type { Bystander } from '../report.ts';
import { isMistypedFor, isReadAs } from './look-alike.ts';

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
  '(?:(?:the|our|my) )?(?:(?:team|folks|people|friends?|colleagues|researchers?|analysts?) (?:at|from|of|behind) )?';
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
  `\\b(?:sinkholed to|sinkhole[sd]? (?:it|them|this|that) (?:to|with)|(?:resolv|point|redirect|rout|delegat|chang|mov|switch|send|sent|transfer)\\p{L}*\\s+(?:now\\s+|today\\s+)?(?:to|at)\\s+(?:the|a|an|our|its|their|another|\\p{L}+['’]s)\\s+${SINKHOLE})\\s*[,:]?\\s*${OPEN}$`,
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
    reason: 'shared-host',
    more: 'its sentence calls it a service',
    mayBeIn: /\bservice/i,
    isSaid: ({ before, behind }) => SERVICE.test(behind) && OF_A_SERVICE.test(before),
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
