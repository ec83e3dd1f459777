// The words by which reports in several languages say what a value is: of a column, of a row, of a section.
import { remembered } from './remembered.ts';
import { words } from './words.ts';

export type ValueType = 'name' | 'url' | 'other';

/** Words of types and headers, in the languages of reports. Compared in lower case, without separators. */
export const NAME_WORDS =
  words(`domain domains domainname domainnames beaconhost beaconhosts beacondomain beacondomains exfilhost exfilhosts
  exfildomain exfildomains callbackhost callbackhosts callbackdomain callbackdomains contactedhosts contacteddomains fqdn fqdns host hosts hostname hostnames c2 cnc c2domain c2domains c2server c2servers
  c2host c2hosts c2address c2addresses cncserver cncservers domainaddress adresdomeny inteldomain
  dns dnsname subdomain subdomains dominio dominios domaine domaines remotedomain remotedomains remotehost remotehosts internetdomainname domäne domänen domena domeny домен домены 域名 ドメイン ドメイン名
  도메인 alan alanadi domein domän domæne nomdedomaine nombrededominio rootdomain maliciousdomain`);
export const URL_WORDS = words(
  'url urls uri uris enlace lien adresa адрес 网址 網址 주소 downloadurl maliciousurl payloadurl intelurl urlfull',
);
export const OTHER_WORDS =
  words(`ip ips ipv4 ipv6 ipaddress ipaddr ipdst ipsrc ipport cidr asn md5 sha1 sha224 sha256 sha384 sha512
  subnet addr inteladdr intelsubnet intelfilehash intelemail intelsoftware intelusername intelcerthash intelfilename intelpubkeyhash
  ssdeep imphash tlsh pehash authentihash hash hashes filehash file files filename filepath email emails mail emailaddress
  mutex registry regkey registrykey cve vulnerability useragent ja3 ja3s jarm yara sigma snort btc bitcoin wallet pdb`);
/** `email domain`, `file url`: what kind of thing it is, not where it is. */
const OVERRIDING_WORDS = words('email mail hash sha256 sha1 md5 file filename');
/** Types only when they are all a cell says. */
const TALK_WORDS =
  words(`path process service certificate description desc reference ref title report note comment malware campaign
  actor threatactor text info information other mac port link links`);
export const VALUE_WORDS =
  words(`value values indicator indicators ioc iocs iocvalue indicatorvalue data observable observables artifact artefact
  iocvalues indicatorvalues indicatorofcompromise indicatorsofcompromise indikator indicador indicadores indicateur indicateurs indicatore valor valeur
  valore wert waarde observablevalue nilai значение индикатор 值 指标 指標 インジケーター インジケータ 값 지표 deger`);
export const TYPE_WORDS = words(
  `type types ioctype indicatortype observabletype entitytype kind category tipo typ tipe art soort тип 类型 類型 種別 タイプ 種類 유형 tur`,
);
export const REFERENCE_WORDS = words(
  'reference references ref refs source sources report permalink moreinfo urlhauslink externalreference blog article reporter sourceurl evidence evidencedetails',
);

/** What is written beside a name about its paperwork: a registrar's or a host's own name is no indicator. */
export const PAPERWORK_WORDS =
  words(`registrar registrars registrant registry nameserver nameservers ns hosting hoster provider
  providers isp whois`);

/** Lower case, letters and digits of any script only. */
export const squeeze = remembered((text) => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, ''), 60);

const TYPE_CHARACTERS_MAX = 40;

/** What a cell of a type column says of the value beside it; null when it is no type. */
export const typeOf = (text: string): ValueType | null =>
  text.length > TYPE_CHARACTERS_MAX ? null : shortTypeOf(text);

const shortTypeOf = remembered(kindOfType, TYPE_CHARACTERS_MAX);

function kindOfType(text: string): ValueType | null {
  const whole = wholeTypeOf(text);
  if (whole !== null || /\p{L}\.\p{L}/u.test(text)) return whole;
  const parts = text.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  const has = (known: ReadonlySet<string>): boolean => parts.some((part) => known.has(part));
  if (has(OVERRIDING_WORDS)) return 'other';
  if (has(NAME_WORDS)) return 'name';
  if (has(URL_WORDS)) return 'url';
  return has(OTHER_WORDS) ? 'other' : null;
}

/** A cell that is nothing but a type. */
export function wholeTypeOf(text: string): ValueType | null {
  if (text.length > TYPE_CHARACTERS_MAX) return null;
  const whole = squeeze(text);
  if (NAME_WORDS.has(whole)) return 'name';
  if (URL_WORDS.has(whole)) return 'url';
  if (OTHER_WORDS.has(whole) || TALK_WORDS.has(whole)) return 'other';
  // `email.example.org` is a name, `Registrar: Example` a remark.
  const isType = /^(email|file|sha\d|md5|ip(v\d)?(src|dst)|reg(key|value|istry))/.test(whole);
  return isType && !text.includes(':') && !looksLikeIndicator(text) ? 'other' : null;
}

/** A dot with a letter behind it, plain or in brackets; a hash; an address. */
const INDICATOR =
  /[\p{L}\p{N}](?:[[({<\\]{0,2}[.：。．｡][\])}>]{0,2}|[[({<]\s?dot\s?[\])}>])\p{L}|^[0-9a-f]{32,128}$|\d[[({]{0,2}\.[\])}]{0,2}\d|^(?:h..ps?[[({]?:[\])}]?\/\/(?:[^/@]{0,200}@)?)?\[?[23][0-9a-f]{3}(?=.*:[\])}]?[[({]?:|(?:[^:]*:){7})(?:[[({]?::?[\])}]?[0-9a-f]{0,4}){1,7}(?:[\]/%]|$)/iu;

/** A host, a URL, an address or a hash, defanged or not, alone in its cell. */
export function looksLikeIndicator(text: string): boolean {
  const bare = text.trim();
  return bare !== '' && !/\s/.test(bare) && INDICATOR.test(bare);
}
