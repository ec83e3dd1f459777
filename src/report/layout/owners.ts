// What the words of a sentence say of a site that is its owner's: the real one beside a false one, a vendor's or a hoster's own, one that
// is only asked whether there is a network, whose account was stolen.

const QUOTES = '[`"\'“‘*(]{0,3}$';
/** No attacker's site is called so in the same breath. */
const NO_ATTACKERS = '(?!(?:phish|malicious|fake|scam|fraud|landing|c2|attack)\\p{L}*\\s)';
const SITE = '(?:(?:web ?)?sites?|pages?|portals?|brand|company|bank|store|shop|vendor)';

const BEFORE: readonly RegExp[] = [
  // `redirects to the legitimate example.org`
  new RegExp(`\\bthe (?:legitimate|legit|genuine|official|real)\\s+${QUOTES}`, 'iu'),
  // `is sent to the real portal, example.org`
  new RegExp(
    `\\bthe (?:real|actual|authentic|genuine|legitimate|official)\\s+(?:${NO_ATTACKERS}[\\p{L}-]{1,20}\\s+){0,2}?${SITE}(?:\\s+(?:is|was))?\\s*[,:]?\\s*${QUOTES}`,
    'iu',
  ),
  // `checks the connection by pinging example.org`
  new RegExp(
    `\\b(?:check|test|verif)\\p{L}*\\s+(?:for\\s+)?(?:(?:the|its|an?)\\s+)?(?:(?:internet|network)\\s+)?(?:connect\\p{L}*|access)\\s+by\\s+(?:pinging|contacting|requesting|resolving|visiting|querying|connecting to)\\s+${QUOTES}`,
    'iu',
  ),
  // `is sent on to the bank's own website, example.org`
  new RegExp(
    `\\b(?:(?:bank|company|brand|vendor|victim|maker|publisher|manufacturer|developer|owner|shop|airline|agency|university|ministry|hospital|insurer|carrier|retailer|firm)s?['’]s?|our|my) own\\s+(?:${NO_ATTACKERS}[\\p{L}-]{1,20}\\s+){0,2}?${SITE}(?:\\s+(?:is|was))?\\s*[,:(]?\\s*${QUOTES}`,
    'iu',
  ),
  // `Victims believed that they were on example.org`
  new RegExp(
    `\\b(?:believ|thought|think|assum)\\p{L}*\\s+(?:that )?(?:they|he|she|it) (?:was|were|is|are) (?:on|at|visiting|using|logging in(?:to| to))\\s+${QUOTES}`,
    'iu',
  ),
  // `Do not block example.org`
  new RegExp(
    `(?:^\\W*|[.!:;]\\s+|\\b(?:please|but|so)\\s+)(?:do not|don['’]t|never) block\\s+(?:the )?(?:(?:domain|host|site) )?${QUOTES}`,
    'iu',
  ),
  // `Die Webseite des Herstellers example.org`
  new RegExp(
    `(?<!(?:gefälscht|nachgeahmt|nachgebaut|falsch|angeblich)\\p{L}*\\s)(?:webseiten?|websites?|internetseiten?|server|homepage) (?:des|der) (?:hersteller|unternehmen|firma|bank|behörde|verein|opfer|händler|anbieter|hochschule|universität)\\p{L}*\\s+${QUOTES}`,
    'iu',
  ),
  // `evil.com (legitimate: example.org)`
  new RegExp(
    `[([](?:the )?(?:legitimate|legit|real|genuine|official)(?: (?:site|domain|one|url))?\\s*[:=]\\s*${QUOTES}`,
    'iu',
  ),
  // `cloned the site of example.org`
  new RegExp(
    `\\b(?:clon(?:ed|es|ing)|cop(?:ied|ies|ying)|mirror(?:ed|s|ing))\\s+(?:the )?(?:web ?)?(?:site|page|portal|look)s? of\\s+(?:the )?${QUOTES}`,
    'iu',
  ),
];
/** `example.org, the vendor's own site` */
const BEHIND =
  /^[`"'”’*)]{0,3},?\s+(?:which is |that is )?(?:the|its|an?)\s+(?:(?:vendor|maker|publisher|manufacturer|developer|bank|company|brand|project|software)['’]s\s+(?:own |official |legitimate |real )?|(?:official|legitimate|genuine|real)\s+)(?:web ?)?(?:site|page|domain|server|portal|store)\b/iu;
/** `example.org was not compromised`, `example.org, that is our own shop` */
const SPARED_BEHIND =
  /^[`"'”’*)]{0,3},?\s+(?:(?:which|that|and|who) )?(?:(?:was|were|is|are) (?:itself )?not (?:compromised|breached|hacked|infected|involved(?=[.,;)]|$))|(?:was|were|is|are) (?:our|my|the (?:bank|company|vendor|victim)['’]s) own\b)/iu;
/** `sent through mail.example.org with a stolen account` */
const WITH_A_STOLEN_ACCOUNT =
  /^[`"'”’*)]{0,3},?\s+(?:with|using) (?:an? |the |its )?(?:stolen|compromised|hijacked) (?:(?:e-?mail|mail|user) )?(?:account|mailbox|credentials|login)s?\b/iu;
const THROUGH = /\b(?:through|via|from|over|by)\s+(?:the )?[`"'*(]*$/i;

/** `registered through example.org Pte. Ltd.`: a company's name is its site's. Of a fraud that calls itself so nothing is bought. */
const OF_A_COMPANY_BEHIND =
  /^["'”’*`]{0,3},?\s(?:(?:Pte|Pty|Sdn|Co)\.?,?\s)?(?:Ltd|Inc|LLC|GmbH|Corp|Limited|Bhd|PLC|B\.\s?V|S\.\s?A|S\.r\.l|S\.à r\.l)\b(?!\s*\()/;
const BOUGHT_FROM =
  /\b(?:register(?:ed|s|ing)?|registration|host(?:ed|s|ing)?|bought|purchased|leased|rented)\s+(?:\S+\s+){0,4}?(?:by|from|through|with|at|via)\s+(?:the )?(?:registrar\s+)?[`"'*(]*$/i;
/** `a maker of kitchens (hxxp://…)`, with no word that it is a false one. */
const OF_A_TRADE =
  /\b(?:manufacturer|retailer|wholesaler|distributor|university|hospital|airline|ministry|embassy|newspaper|law firm)\s*\(\s*[`"'*]*$/i;
/** `mimicking a legitimate maker of kitchens (…)` */
const OF_A_LEGITIMATE_ONE =
  /\b(?:legitimate|legit|genuine|real|actual)\s+(?:[\p{L}-]{1,20}\s+){0,4}\S+\s*\(\s*[`"'*]*$/iu;
const FALSE_ONE =
  /fake|fals|fraud|phish|scam|malicious|imperson|spoof|mimic|imitat|pos(?:es?|ed|ing) as|pretend/i;
/** Characters before a name in which it is called false. */
const FALSE_ONE_MAX = 80;
/** `defensively registered by its owner, including example.org` */
const DEFENSIVE = /\bdefensively (?:registered|bought|acquired)\b(?:(?![;!?]|\.\s).)*$/i;
/** `replaces the link to example.org with a false one` */
const REPLACED = new RegExp(
  `\\breplac(?:e|ed|es|ing)\\s+(?:(?:the|an?|all|every)\\s+)?(?:(?:real|original|legitimate|official)\\s+)?(?:hyper)?(?:links?|urls?)\\s+(?:(?:pointing|leading|going)\\s+)?to\\s+${QUOTES}`,
  'iu',
);
/** `similar to a legitimate company domain, example.org` */
const SIMILAR =
  /\b(?:similar|identical|close) to (?:that of )?(?:the |an? )?(?:legitimate|legit|genuine|real|official)\s+(?:[\p{L}-]{1,20}\s+){0,4}?(?:domains?|(?:web ?)?sites?|urls?|hosts?)\s*[,:(]?\s*[`"'*(]*$/iu;
/** `owned by example.org, a dedicated hosting company` */
const OF_A_HOSTER_BEHIND =
  /^[`"'*)\]]{0,4},?\s+(?:which is |who are )?an? (?!bulletproof)(?:(?!bulletproof)[\p{L}-]{1,20}\s+){0,4}?(?:hosting|hoster|vps|cloud|colocation|domain)\s+(?:company|provider|firm|registrar|service|reseller)\b/iu;
const OWNED_BY =
  /\b(?:owned|operated|hosted|run|leased|rented|provided|registered) (?:by|from|through|with|at|on)\s+(?:the )?[`"'*(]*$/i;
/** `Impersonated brands: Example (example.org), …` */
const LINE =
  /^\W{0,10}(?:impersonated|imitated|spoofed|mimicked|targeted) (?:brands?|companies|organi[sz]ations|banks?|(?:web ?)?sites?|services?|domains?)\s*[:：]/iu;

/** `from the compromised account of example.org` */
const ACCOUNT = new RegExp(
  `\\b(?:compromised|hacked|hijacked|stolen|breached)\\s+(?:(?:e-?mail|mail|user)\\s+)?(?:accounts?|mailbox(?:es)?|inbox(?:es)?|credentials)\\s+(?:of|at|from|on|for|belonging to)\\s+(?:the )?${QUOTES}`,
  'iu',
);
/** `the group listed Example Works (example.org), a maker of beds, on its leak site` */
const POSTED =
  /\b(?:listed|posted|added|named|published|claimed|attacked|breached)\b[^.;()]{0,120}(?<!\b(?:site|page|portal|blog|domain|mirror|address|url|onion|panel)s?\s)\(\s*(?:h..ps?:\/\/)?$/i;
const LEAK_SITE = /\b(?:leak|extortion|shame) (?:site|portal|page|blog)\b/i;
/** `Application: … URL=https://example.org/ Username:… Password:…`: a login that was stolen. */
const OF_STOLEN_LOGIN: readonly RegExp[] = [/\bpassword\b/i, /\buser ?name\b/i, /\bapplication\b/i];

/**
 * @param before ends, and `behind` begins, at the name in its line
 * @param isTakenOver something before it says that it is in an attacker's hands
 */
export function isOfOwners(before: string, behind: string, isTakenOver: boolean): boolean {
  if (
    DEFENSIVE.test(before) ||
    REPLACED.test(before) ||
    SIMILAR.test(before) ||
    (OF_A_COMPANY_BEHIND.test(behind) && BOUGHT_FROM.test(before)) ||
    (OWNED_BY.test(before) && OF_A_HOSTER_BEHIND.test(behind))
  )
    return true;
  if (OF_A_TRADE.test(before) && OF_A_LEGITIMATE_ONE.test(before)) return true;
  if (SPARED_BEHIND.test(behind) || (WITH_A_STOLEN_ACCOUNT.test(behind) && THROUGH.test(before))) return true;
  if (isTakenOver) return false;
  if (OF_A_TRADE.test(before) && !FALSE_ONE.test(before.slice(-FALSE_ONE_MAX))) return true;
  return BEHIND.test(behind) || BEFORE.some((pattern) => pattern.test(before));
}

/** Whose brand is used, or whose account was stolen. */
export const isOfAttacked = (line: string, before: string): boolean =>
  LINE.test(line) ||
  ACCOUNT.test(before) ||
  (POSTED.test(before) && LEAK_SITE.test(line)) ||
  OF_STOLEN_LOGIN.every((word) => word.test(line));
