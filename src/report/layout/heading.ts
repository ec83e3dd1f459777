// What a heading, a label or a line that ends in a colon says of what stands under it.
import { NAME_WORDS, OTHER_WORDS, PAPERWORK_WORDS, URL_WORDS, VALUE_WORDS } from '../known/kind-words.ts';

/**
 * `name`: names or URLs of attackers; `value`: indicators of any kind; `benign`: what must not be blocked; `reference`: where
 * to read on; `beside`: whose registrar or host it is; `other`: hashes, addresses, talk.
 */
export type Standing = 'name' | 'value' | 'benign' | 'reference' | 'beside' | 'other';

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter((word) => word !== ''));

/** Besides the words of types, which stand alone in their cells: what headings call the places attackers use. */
const NAME_HEADINGS =
  words(`c2server c2servers c2url c2urls command infrastructure panel panels gateways dga sinkhole doppelganger lookalike lookalikes
  typosquat typosquats domínio domínios domene domænenavn domeinen domeinnamen domänennamen домены доменные доменов доменных
  доменное хосты urlов`);
const VALUE_HEADINGS =
  words(`network iocs compromise compromission compromiso compromisso kompromittierung indikatoren
  indicateurs индикаторы индикаторов компрометации сетевые netzwerk red rete réseau rede indikatorů wskaźniki`);
/** Scripts that put no spaces between words. */
const ATTACHED_NAMES = /域名|域名|网址|網址|网域|網域|ドメイン|도메인|主机名/u;
const ATTACHED_VALUES = /指标|指標|インジケ|지표|入侵|IoC/u;
/** Names in mail, in code and in talk of defence. */
const OVERRIDING =
  words(`email emails mail mails sender senders hash hashes sample samples certificate cve mitre ttps techniques
  detection detections yara sigma snort remediation mitigation mitigations hunting`);
/** Where to read on, and nothing else: what stands so is left out even when it is defanged. */
const REFERENCES =
  words(`reference references ref refs source sources credits acknowledgements acknowledgments quellen referenzen
  referencias références riferimenti referências źródła kaynaklar источники ссылки 参考 参考文献 参考情報 参考資料`);
const READ_ON =
  /\b(further reading|read more|see also|more information|learn more|related (articles|posts|reading|stories))\b/i;
/** A vendor's own places, as often as an attacker's: what is defanged there counts, what is plain does not. */
const PLACES =
  words(`contact contacts about blog blogs website websites site sites page pages homepage visit download downloads
  documentation published author authors kontakt participants follow report reports link links article permalink reporter`);
const ATTACKERS =
  /malicious|phish|fake|fraud|scam|attacker|adversar|rogue|suspicious|deliver|distribut|drop(per|zone)|payload|exfil|staging|callback|beacon|landing|watering|typosquat|look-?alike|\bc2\b|c&c/iu;
const BENIGN =
  /\b(legitimate|legit|benign|white-?list(ed)?|allow-?list(ed)?|false[- ]positives?|not malicious|non-malicious|clean|harmless|goodware|do not block|known[- ]good|connectivity checks?|legitim|legítim[oa]s?|légitimes?|legittim[io]|легитимн)/iu;
/** `legitimate but compromised` belongs to the attackers for now; `mimicking legitimate sites` is theirs. */
const BAD =
  /compromis|hacked|infected|breached|malicious|mimic|imitat|spoof|imperson|masquerad|resembl|fake|look-?alike/iu;
const VICTIMS =
  /^(the |list of )?(victims?\b|targets\b|targeted (organi[sz]ations|companies|entities|institutions|sectors|brands|banks|websites|sites|domains)|impersonated \w+|spoofed (brands|organi[sz]ations|companies)|brands)/iu;

/** @returns null when the text says nothing that is known */
export function standingOf(text: string): Standing | null {
  const parts = text.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  const has = (...known: ReadonlySet<string>[]): boolean =>
    parts.some((part) => known.some((each) => each.has(part)));
  if (VICTIMS.test(text.replace(/^[^\p{L}]+/u, ''))) return 'benign';
  if (BENIGN.test(text) && !BAD.test(text.replaceAll(/(not|non)[- ]malicious/gi, ''))) return 'benign';
  if (has(PAPERWORK_WORDS) || /\b(name|dns) ?servers?\b/i.test(text)) return 'beside';
  if (has(OVERRIDING)) return 'other';
  const isPlace = has(PLACES) && !has(REFERENCES);
  const isName =
    (isPlace && ATTACKERS.test(text)) ||
    has(NAME_WORDS, NAME_HEADINGS) ||
    ATTACHED_NAMES.test(text) ||
    /\bc&c\b/i.test(text);
  const isUrl = has(URL_WORDS) && !isPlace && !has(REFERENCES);
  const isOther = has(OTHER_WORDS);
  if (isName || isUrl) return isOther ? 'value' : 'name';
  if (has(REFERENCES) || READ_ON.test(text)) return 'reference';
  if (has(VALUE_WORDS, VALUE_HEADINGS) || ATTACHED_VALUES.test(text)) return 'value';
  if (isPlace) return 'other';
  return isOther ? 'other' : null;
}

/** A cell or a remark beside a name that says it is harmless, and says nothing else first. */
export function isBenignRemark(text: string): boolean {
  return (
    /^[^\p{L}]*(is |are |a |the )?(legitimate|legit|benign|white-?listed|white-?list|allow(ed|-?listed|-?list)?|false[- ]positive|fp$|clean$|goodware|harmless|safe$|known[- ]good|(not|non)[- ]malicious)/iu.test(
      text,
    ) && !BAD.test(text.replaceAll(/(not|non)[- ]malicious/gi, ''))
  );
}
