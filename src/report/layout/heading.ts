// What a heading, a label or a line that ends in a colon says of what stands under it.
import { NAME_WORDS, OTHER_WORDS, URL_WORDS, VALUE_WORDS } from '../known/kind-words.ts';
import { remembered } from '../known/remembered.ts';
import { words } from '../known/words.ts';
import {
  AFFECTED,
  BENIGN_ABROAD,
  FETCHED_ABROAD,
  PAPERWORK_ABROAD,
  READ_ON_ABROAD,
  TAKEN_OVER_ABROAD,
  VICTIMS_ABROAD,
} from './languages.ts';
import { leadsToOwners } from './lead.ts';
import { isBenignInAsia } from './without-spaces.ts';

/**
 * `name`: names or URLs of attackers; `value`: indicators of any kind; `benign`: what must not be blocked; `reference`: where
 * to read on; `beside`: whose registrar or host it is; `address`: IP addresses of attackers; `other`: hashes, talk.
 */
export type Standing = 'name' | 'value' | 'benign' | 'reference' | 'beside' | 'address' | 'other';

/** It says why what stands there is not the attackers'. */
export const isAgainst = (standing: Standing | null): standing is 'benign' | 'reference' | 'beside' =>
  standing === 'benign' || standing === 'reference' || standing === 'beside';

/** Besides the words of types, which stand alone in their cells: what headings call the places attackers use. */
const NAME_HEADINGS =
  words(`c2server c2servers c2url c2urls c2s cncs c2c ccs command infrastructure panel panels gateways dga sinkhole doppelganger lookalike
  lookalikes typosquat typosquats callbacks beacons redirectors domínio domínios domene domænenavn domeinen domeinnamen domänennamen
  домены доменные доменов доменных доменное доменами доменам доменах доменных хосты хостов хости хостів urlов серверы серверов сервера сервери
  серверів домени доменів доменами доменах доменні доменних доменне domen domenach domenami domenowe domenowych serwery serwerów serwerami hosty serveurs
  servidores server servers kontrollserver steuerungsserver steuerserver kommandoserver domini adları adlarını sunucu sunucular sunucuları sunucularının
  النطاقات نطاقات النطاق خوادم الخوادم خادم الخادم والنطاقات`);
const VALUE_HEADINGS =
  words(`network traffic distro distros drop drops tráfico trafic verkehr iocs compromise compromission compromiso compromisso kompromittierung indikatoren
  indicateurs индикаторы индикаторов компрометации сетевые netzwerk rete réseau rede indikatorů wskaźniki wskaźników sieciowe індикатори індикаторів
  компрометації мережеві netzwerkindikatoren indicatori compromissione comprometimento göstergeleri göstergeler مؤشرات المؤشرات`);
/** What stands on a server of attackers, besides its names. */
const OTHER_HEADINGS = words('modules scripts tools binaries archives executables');
/** Scripts that put no spaces between words. */
const ATTACHED_NAMES =
  /域名|域名|网址|網址|网域|網域|ドメイン|도메인|主机名|恶意地址|惡意位址|恶意链接|下载地址|回连|通信先|接続先|接続元|유포지|접속지|명령제어|악성 ?주소|钓鱼(网站|链接|地址)|控制端|C2地址|C&C/iu;
/** Also what is more than a word: `red` is no colour behind a Spanish article. */
const ATTACHED_VALUES = /指标|指標|インジケ|지표|入侵|IoC|\b(de|la|en|una) red\b/iu;
/** Names in mail, in code and in talk of defence. */
const OVERRIDING =
  words(`email emails mail mails sender senders recipients hash hashes sample samples certificate certificates cve mitre ttps techniques
  detection detections почта почтовые пошта поштові courriel courriels correos хеши хэши геші yara sigma snort remediation mitigation mitigations hunting subject subjects attachment attachments`);
/** Where to read on, and nothing else: what stands so is left out even when it is defanged. */
const REFERENCES =
  words(`reference references ref refs source sources credits acknowledgements acknowledgments quellen referenzen
  referencias références riferimenti referências źródła odnośniki bibliografia kaynaklar kaynakça источники ссылки джерела посилання література liens enlaces fuentes fontes fonti collegamenti المراجع المصادر مراجع مصادر 参考 参考文献 参考情報 参考資料`);
const READ_ON =
  /\b(further reading|read more|see also|more information|learn more|related (articles|posts|reading|stories))\b|^\W*(?:il|il nostro|our|my|notre|unser) (?:network|réseau|netzwerk)\W*$|参考(链接|资料|文献|情報)|原文链接|참고 ?(자료|문헌)|출처/iu;
/** `IOC feeds & threat intel platforms`: who else has indicators. */
const OF_FEEDS =
  /\b(?:iocs?|osint|cti|(?:threat[- ])?intel(?:ligence)?) (?:feeds|platforms|providers|sources|blogs)\b(?=\W*$|\s*(?:&|and|,|\/))/i;
/** `LOADER PAYLOAD DOWNLOAD`: from where, as far as URLs stand below. */
const FETCHED = /\b(payload|malware|maldoc|stage ?\d?) (download|distribution|delivery|retrieval)s?\W*$/i;
/** Where the malware comes from, not what the report was made of. */
const SOURCES_OF_MALWARE =
  /\b(malware|malicious|payload|download|infection|phishing|spam|malspam|delivery|distribution) (sources?|links?)\b|\bsources? of (?:the |its |this |all )?(?:malware|malicious \p{L}+|payloads?|downloads?|infections?|malspam|spam|phishing|loaders?|installers?|droppers?)\b/iu;
/** `For more information on the traffic, see the following blog posts:`. */
const POINTER =
  /^(for (more|further|additional|background)\b|more (on|about)\b|(more|further|additional) (details?|info(rmation)?|reading|background)\b|see (also|the following|our|this|these)\b|read (more|about)\b)|\b(blog ?posts?|our (earlier |previous |last )?(post|report|article|write-?up)s?|(saw|seen|published|covered) (in )?(an? |the |these |several )?(earlier |public )?(reports?|articles?|analys[ei]s))\b(?=\W*$|\s(of|on|about)\b.*:\W*$)|^this is a follow-?up\b|\b(reported|described|documented|analy[sz]ed|mentioned)\b[^:.]{0,40}\b(at|in|by|on)\s*:$|\b(can|may) be (found|read|seen)\b|\b(is|are) (available|described|documented|covered) (at|in|on|here)\b/iu;
/** A vendor's own places, as often as an attacker's: what is defanged there counts, what is plain does not. */
const PLACES =
  words(`locations location contact contacts about blog blogs website websites site sites page pages homepage visit
  documentation published author authors kontakt participants follow report reports link links article permalink reporter tweet
  tweets`);
export const ATTACKERS =
  /malicious|phish|fake|fraud|scam|attacker|adversar|rogue|suspicious|deliver|distribut|drop(pers?|zones?)?\b|payload|malware|malspam|malvertis|maldoc|infect|exfil|staging|stage\b|callback|beacon|landing|watering|typosquat|look-?alike|download|redirect|traffic|campaign|threat|compromis|hacked|lure|hosting|hosted|stealer|loader|trojan|\brat\b|ransom|botnet|backdoor|implant|exploit|injected|\bc2s?\b|c&c/iu;
const BENIGN =
  /\b(legitimate|legit|benign|white-?list(ed)?|allow-?list(ed)?|false[- ]positives?|not malicious|non-malicious|clean\b|harmless|goodware|do not block|known[- ]good|connectivity checks?|legitim|legítim[oa]s?|légitimes?|legittim[io])/iu;
/** `More about DNS over HTTPS` */
const MORE_ABOUT = /^more (?:about|on) /i;
/** All of a heading: whoever leads to indicators with a sentence may speak of such providers, too. */
const OF_MAIL_PROVIDERS =
  /^(an? |the )?(list of )?((all|known|common|popular|public) ){0,2}(free (e-?mail|webmail|mail)( service)?( (providers?|services?|hosts?))?|(e-?mail|webmail) (service )?providers?)('s)?( domains?)?( list)?[^\p{L}\p{N}]*$/iu;
/** `legitimate but compromised` and `legitimate services abused` are the attackers' for now; so is `mimicking legitimate sites`. */
export const BAD =
  /compromis|hacked|infected|breached|malicious|mimic|imitat|spoof|imperson|masquerad|resembl|fake|look-?alike|abus(e|ed|ing)\b|misus|leverag|hijack|poisoned|injected|disguis|pretend|missbrauch|détourn|abusad/iu;
/** Not by what it takes back, nor by what was done to a site in the same brackets: `Legitimate domain (impersonated)`. */
const NOT_ACCUSED =
  /(not|non)[- ]malicious|[([]\s*(?:being |is |was )?(?:impersonated|imitated|mimicked|spoofed)\b[^()[\]]*[)\]]/gi;
export const accuses = (text: string): boolean => BAD.test(text.replaceAll(NOT_ACCUSED, ''));
const VICTIMS =
  /^(the |list of |(?:claimed|alleged|known|confirmed|named) )?(victims?\b(?!['’]?s?['’]? (logs?|traffic)\b)|targets\b|target(ed)?[ -](organi[sz]ations?|compan(y|ies)|entities|institutions?|sectors?|brands?|banks?|web ?sites?|sites?|platforms?|wallets?|exchanges?|vendors?|products?|extensions?)\b|targeted (services|domains)|impersonated \w+|spoofed (brands|organi[sz]ations|companies)|brands)|\b(targeted|monitored|attacked|harvested) by\b|\b(domains?|hosts?|(web ?)?sites?|urls?|targets?|addresses) (to|that (are|were) to) (be )?(ddos(s?ed)?|flood(ed)?|attack(ed)?)\b|\b(ddos|dos|attack|flood(ing)?) targets?\b|\btargets? (of|for) (the |a |these )?(ddos|dos|attacks?|floods?)\b|\btarget(?:[- ](?:domain|host|site|url))? lists?\b|\bbypass targets?\b|\battacks? (?:are |is |were )?run against\b|\bsuffixes\b|\b(stolen|compromised|leaked|harvested|exposed|phished) (credentials|accounts|logins|passwords)\b|\b(credenciales|contraseñas|cuentas) (comprometid|robad|filtrad)as\b|\bv[ií]ctimas\b|\bvictimes\b/iu;
/** `Impersonated companies and related fake domains`: both, of which what stands below is the second. */
const AND_FALSE_ONES =
  /\b(?:and|with|&|\+)\s(?:\p{L}+ ){0,3}?(?:fake|malicious|phish\p{L}*|rogue|look-?alike|spoof\p{L}*|typosquat\p{L}*|fraud\p{L}*|attackers?['’]?s?)\s(?:\p{L}+ )?(?:domains?|(?:web ?)?sites?|urls?|hosts?)\b/iu;
/** Where these are said of others, they are what stands below: `C2 domains and geolocation`, `URLs that were sent to victims:`. */
const PLACES_OF_ATTACKERS =
  /\b(?:domains?|(?:host|domain) ?names?|hosts?|ur[li]s?|links?|(?:web ?)?pages?|(?:web ?)?sites?|servers?|c2s?|c&cs?|infrastructure|indicators?|iocs?)\b/i;
/** Where the malware asks in which country it is, and by which address it is seen: whoever answers everybody. */
export const OF_LOOKUPS =
  /\b(?:(?:victim |ip[ -]?(?:address )?)?geo-?location|(?:public |external |own )?ip(?: address)? (?:lookup|check(?:ing)?|echo|intelligence|discovery)) ?(?:services?|apis?|sites?|lookups?|\(|\W*$)/i;
/** Where the head of a heading ends: `domains | hosting the installer`, `URLs | from the e-mails`. */
const AFTER_HEAD =
  /\s[-–—|(]|[(:,;]|\b(for|from|form(?= the\b)|of|in|on|with|by|at|to|as|via|that|which|where|who|used|using|hosting|hosted|sharing|associated|related|seen|observed|identified|found|impersonating|spoofing|mimicking|serving|delivering|distributing|resolving|pointing|leading|redirecting|linked|connected|contacted|leveraged|abused|registered|generated|extracted|belonging|operated|attributed|tied|containing|including|called|named|referenced|listed|involved|behind|during|after|before)\b/iu;
/** Whose registrar, host or name server something is: the heading or the label says this and nothing of the attackers. */
const PAPERWORK =
  /^[^\p{L}]*((domain|dns|web|cloud|bulletproof|service|name ?server|server|vps|ip)s? )?(registrars?|registrants?|registry|registries|registered (with|by|at|through|via)|hosting|hosters?|hosted (by|on|at|with)|hosting (providers?|company|companies|services?)|hosting\/registrar|providers?|isps?|whois|ns|nss?|name ?servers?|(?:dns|ddns|dyndns|ntp|stun|time)(?: (?:factory|sync|synchroni[sz]ation|public))? servers?|domain servers?(?: in listed order)?|asn?|(?:certificate )?issuers?|crls?(?: distribution points?)?|ocsp(?: responder| url)?|ca issuers?|as owner|as name|organi[sz]ation|referral|reverse (dns|host)|rdns|ptr)( (names?|info(rmation)?|details|url|(whois )?server|records?|(abuse )?contact( e-?mail)?))?[^\p{L}]*$/iu;
/** Besides these, in what a register tells of a name: `nserver: ns1.example.org`, `Tech Email: https://example.org/contact`. */
const OF_A_REGISTER =
  /^[^\p{L}]*(nserver|abuse-mailbox|(?:registrar|registrant|admin(?:istrative)?|tech(?:nical)?|billing|abuse)[ _-](?:contact(?:[ _-](?:e-?mail|url))?|e-?mail)|url of the icann\b.{0,60}|icann whois\b.{0,50})[^\p{L}]*$/iu;

/** To which names of attackers are moved, by those who took them: its own name is theirs. `Sinkholed domains` are the attackers'. */
const SINKHOLE =
  /^[^\p{L}]*(dns )?sink-?holes?( (servers?|hosts?|machines?|name ?servers?|ns|operators?|infrastructure|ips?|addresses))?[^\p{L}]*$/iu;
/** `Geolocation abuse (legitimate: watch the user agent)`: said in brackets of what stands below. */
const BENIGN_IN_BRACKETS =
  /[([]\s*(?:a |the |known |all |likely )?(?:legitimate|legit|benign|harmless|not malicious|false[- ]positives?|clean)\b([^()[\]]*)[)\]]/i;
/** What is on a machine, whatever a host or a domain is elsewhere: `Host-based indicators`, `Account Domain: CORP`. */
const ON_A_MACHINE =
  /\b(host|endpoint)[- ]?based\b|\b(account|user|logon|subject|netbios|workgroup|windows|active directory|ad)[ _-]domain( name)?\b/gi;

/** Where it is blocked, the malware goes on. A variant without one has servers all the same. */
export const KILL_SWITCH =
  /(?<!\b(?:no|not an?|without|without a|lacks|lacks a|removed) )\bkill[- ]?switch(es)?\b/i;

/** `Using the hosts list with DNS`: what stands below helps with that. */
const OF_USE =
  /^(?:using|usage|how to (?:use|install|set ?up|configure|subscribe|add|contribute)|install(?:ing|ation)|set(?:ting)? ?up|getting started|używanie|użycie|instalacja|verwendung|nutzung|utilisation|utilizzo|utilização|использование|використання|kullanımı?)(?!\p{L})/iu;

/** `3. Victims`, `4.2 C2 servers`. */
const NUMBERED = /^(?:\d{1,2}(?:\.\d{1,2}){0,3}[.)]?|[A-Z][.)])\s+(?=\p{L})/u;

/** What comes again is not longer. */
const HEADING_CHARACTERS_MAX = 120;

const COUNTED = /(?<=\p{L}\d?\s{1,3})(#|no\.? of|number of|count of)\s{0,3}\p{L}+/giu;

/** @returns null when the text says nothing that is known */
export const standingOf = remembered(standingSaid, HEADING_CHARACTERS_MAX);

function standingSaid(written: string): Standing | null {
  // `C2 # Emails`: of what is counted are no values.
  const text = written.replaceAll(COUNTED, ' ').replaceAll(ON_A_MACHINE, 'file');
  const bare = text.replace(/^[^\p{L}\p{N}]+/u, '').replace(NUMBERED, '');
  if (isAlone(OF_LOOKUPS, bare)) return 'benign';
  if (OF_MAIL_PROVIDERS.test(bare)) return 'benign';
  if (VICTIMS.test(bare) && !AND_FALSE_ONES.test(bare)) return 'benign';
  if (VICTIMS_ABROAD.test(bare) || AFFECTED.test(bare) || KILL_SWITCH.test(text)) return 'benign';
  if (BENIGN.test(text) && !accuses(text)) return 'benign';
  if (isBenignInAsia(bare)) return 'benign';
  if (BENIGN_ABROAD.test(text) && !TAKEN_OVER_ABROAD.test(text) && !BAD.test(text)) return 'benign';
  const bracketed = BENIGN_IN_BRACKETS.exec(text);
  if (bracketed !== null && !BAD.test(bracketed[1]!)) return 'benign';
  if ([PAPERWORK, PAPERWORK_ABROAD, OF_A_REGISTER, SINKHOLE].some((said) => said.test(text))) return 'beside';
  if (OF_USE.test(bare) && !BAD.test(bare) && !ATTACKERS.test(bare)) return 'other';
  if (FETCHED_ABROAD.test(bare)) return 'name';
  if (SOURCES_OF_MALWARE.test(bare) && !/\bcode\b/i.test(bare)) return 'name';
  if (OF_FEEDS.test(bare) || (MORE_ABOUT.test(bare) && !PLACES_OF_ATTACKERS.test(bare))) return 'reference';
  // The head says what the things are, the rest what they do: both may be known, the head's word counts.
  const end = AFTER_HEAD.exec(bare)?.index ?? bare.length;
  const head = end > 0 ? kindOf(bare.slice(0, end), bare) : null;
  if (head !== null && head !== 'other') return head;
  return POINTER.test(bare) ? 'reference' : ((end < bare.length ? kindOf(bare, bare) : null) ?? head);
}

/** Whether it is said, and no place of attackers before it. */
function isAlone(said: RegExp, text: string): boolean {
  const at = text.search(said);
  return at >= 0 && !PLACES_OF_ATTACKERS.test(text.slice(0, at));
}

/** `The sample has three C&C servers configured:`: what follows is what it says last, whatever else it speaks of. */
const SAID_LAST =
  /\b(c2s?|c&cs?|cncs?|command[- ](and|&)[- ]control( servers?)?|(c2|c&c|control) servers?|domains?( names?)?|hostnames?|urls?)( \p{L}+){0,2}\s*[:：]\**$/iu;
/** `The following table compiles confirmed victims:`; not `They were sent to the victims:`. */
const LEADS_TO_VICTIMS =
  /(?<!\b(?:to|at|against|from|by|on|for) (?:\p{L}{1,20} ){0,2})\b(?:victims|(?:affected|attacked|targeted|victim) (?:organi[sz]ations|companies|entities|institutions|(?:web ?)?sites))\s*[:：]\**$/iu;
/** `…, which has the structure of the real site:`, in its last clause. */
const LEADS_TO_THE_REAL =
  /\bthe (?:real|genuine|official|legitimate) (?:[\p{L}'’-]{1,20} ){0,4}?(?:web ?site|site|page|portal|domain|url)\s*[:：]\**$/iu;
const OF_MAIL = /\b(e-?mails?|senders?|recipients?|mailboxes|attachments?)\b/i;

/** What malware gets from its server, or does: no places. */
const OF_ITS_WORK =
  /\b(commands?|functions?|functionality|parameters?|fields?|files?|information|features?|options?|arguments?|headers?|steps|data|format|structure|keys?|strings?|messages?|requests?|responses?)\b/i;

/**
 * The same of a line that leads to a list: one that ends in a colon.
 * @param whole with what of its sentence stands on the lines above it
 */
export function standingOfLead(text: string, whole: string): Standing | null {
  if (standingOf(whole) === 'benign' || isAlone(LEADS_TO_VICTIMS, text)) return 'benign';
  if (leadsToOwners(text) && !BAD.test(text) && !ATTACKERS.test(text)) return 'benign';
  const clause = text.slice(text.lastIndexOf(',') + 1);
  if (isAlone(LEADS_TO_THE_REAL, clause) && !BAD.test(clause)) return 'benign';
  const own = saidLast(text);
  if (own !== null || OF_ITS_WORK.test(text)) return own;
  return LEADS_ON.test(whole) || IN_LAST_CLAUSE.test(whole) ? saidLast(whole) : own;
}

/** `The malware asked the following legitimate domains whether it is online.` */
export const LEADS_ON =
  /\b(following|below|list of|for example|folgende[nr]?|suivants?|suivantes?|siguientes?|seguint?es|seguenti)\b|(?<!\p{L})(следующ\p{L}*|наступн\p{L}*|następując\p{L}*|aşağıdaki\p{L}*|şunlar\p{L}*|التالية)/iu;
/** `Two more C&C domains were identified for this group:` */
const IN_LAST_CLAUSE =
  /\b(c2s?|c&cs?|command[- ](and|&)[- ]control|servers?|domains?( names?)?|hosts?|hostnames?|urls?|sites?|infrastructure)\b[^,.;()]{0,90}[:：]\**$/i;

function saidLast(text: string): Standing | null {
  const standing = standingOf(text);
  return standing === 'other' && SAID_LAST.test(text) && !OF_MAIL.test(text) ? 'name' : standing;
}

/** Nobody reads on there: the indicators have begun, whatever heading stands above. */
export const HASH_ALONE = /^\s*(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})\s*$/i;

/** In which of the sets below a word is. */
const SETS_OF = new Map<string, ReadonlySet<string>[]>();
for (const each of [
  ...[URL_WORDS, REFERENCES, OVERRIDING, PLACES, NAME_WORDS, NAME_HEADINGS],
  ...[OTHER_WORDS, OTHER_HEADINGS, VALUE_WORDS, VALUE_HEADINGS],
])
  for (const word of each) SETS_OF.set(word, [...(SETS_OF.get(word) ?? []), each]);

function kindOf(text: string, whole: string): Standing | null {
  const parts: readonly string[] = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const met = new Set<ReadonlySet<string>>();
  for (const part of parts) for (const each of SETS_OF.get(part) ?? []) met.add(each);
  const has = (...known: ReadonlySet<string>[]): boolean => known.some((each) => met.has(each));
  const isUrl = has(URL_WORDS) && !has(REFERENCES);
  if (has(OVERRIDING) && !(isUrl && URL_WORDS.has(parts.at(-1) ?? ''))) return 'other';
  if (FETCHED.test(text)) return 'value';
  const isPlace = has(PLACES) && !has(REFERENCES);
  const isName =
    (isPlace && ATTACKERS.test(whole)) ||
    has(NAME_WORDS, NAME_HEADINGS) ||
    ATTACHED_NAMES.test(text) ||
    /\bc ?[&2/] ?c\b/i.test(text) ||
    // `LummaC2`, `BruteRatelC2`
    parts.some((part) => /^[a-z]{3,}c2$/.test(part));
  const isOther = has(OTHER_WORDS, OTHER_HEADINGS);
  if (isName || (isUrl && (!isPlace || ATTACKERS.test(whole)))) return isOther ? 'value' : 'name';
  if (has(REFERENCES) || READ_ON.test(text) || READ_ON_ABROAD.test(text)) return 'reference';
  // `Website of the Example Network:`
  if (isPlace && !has(VALUE_WORDS) && PLACES.has(parts.at(-1) ?? '')) return 'other';
  // `Gaming activity value` is worth something; `Value` heads a column.
  const isValue = has(VALUE_WORDS) && (parts.length === 1 || parts.some((part) => IS_VALUE.has(part)));
  if (isValue || has(VALUE_HEADINGS) || ATTACHED_VALUES.test(text)) return 'value';
  if (isPlace) return 'other';
  return has(OTHER_WORDS) ? 'other' : null;
}

/** What says more than that something is written there. */
const IS_VALUE = new Set(
  [...VALUE_WORDS].filter(
    (word) => !/^(values?|data|valor|valeur|valore|wert|waarde|nilai|值|값|deger)$/.test(word),
  ),
);
