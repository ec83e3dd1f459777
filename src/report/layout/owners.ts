// What the words of a sentence say of a site that is its owner's: the real one beside a false one, a vendor's own, one that is only
// asked whether there is a network, whose account was stolen.

const QUOTES = '[`"\'“‘*(]{0,3}$';
/** No attacker's site is called so in the same breath. */
const NO_ATTACKERS = '(?!(?:phish|malicious|fake|scam|fraud|landing|c2|attack)\\p{L}*\\s)';
const SITE = '(?:(?:web ?)?sites?|pages?|portals?|brand|company|bank|store|shop|vendor)';

const BEFORE: readonly RegExp[] = [
  // `redirects to the legitimate example.org`
  new RegExp(`\\bthe (?:legitimate|legit|genuine|official|real)\\s+${QUOTES}`, 'iu'),
  // `is sent to the real portal, example.org`
  new RegExp(
    `\\bthe (?:real|actual|authentic|genuine|legitimate|official)\\s+(?:${NO_ATTACKERS}[\\p{L}-]{1,20}\\s+){0,2}?${SITE}\\s*[,:]?\\s*${QUOTES}`,
    'iu',
  ),
  // `checks the connection by pinging example.org`
  new RegExp(
    `\\b(?:check|test|verif)\\p{L}*\\s+(?:for\\s+)?(?:(?:the|its|an?)\\s+)?(?:(?:internet|network)\\s+)?(?:connect\\p{L}*|access)\\s+by\\s+(?:pinging|contacting|requesting|resolving|visiting|querying|connecting to)\\s+${QUOTES}`,
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
/** `Impersonated brands: Example (example.org), …` */
const LINE =
  /^\W{0,10}(?:impersonated|imitated|spoofed|mimicked|targeted) (?:brands?|companies|organi[sz]ations|banks?|(?:web ?)?sites?|services?|domains?)\s*[:：]/iu;

/** `from the compromised account of example.org` */
const ACCOUNT = new RegExp(
  `\\b(?:compromised|hacked|hijacked|stolen|breached)\\s+(?:(?:e-?mail|mail|user)\\s+)?(?:accounts?|mailbox(?:es)?|inbox(?:es)?|credentials)\\s+(?:of|at|from|on|for|belonging to)\\s+(?:the )?${QUOTES}`,
  'iu',
);

/** @param before ends, and `behind` begins, at the name in its line, of which nothing says that it is in an attacker's hands */
export const isOfOwners = (before: string, behind: string): boolean =>
  BEHIND.test(behind) || BEFORE.some((pattern) => pattern.test(before));

/** Whose brand is used, or whose account was stolen. */
export const isOfAttacked = (line: string, before: string): boolean =>
  LINE.test(line) || ACCOUNT.test(before);
