// What reports in other languages than English say of names: that a site is legitimate, is imitated, belongs to a victim, or is a place to read on.
// Words are stems where their ends change; a letter of any script before one makes it another word.

/** In front of a word in any script, where `\b` knows Latin letters only. */
const START = String.raw`(?<!\p{L})`;
const END = String.raw`(?!\p{L})`;
const oneOf = (text: string): string => `(?:${text.trim().split(/\s+/).join('|').replaceAll('_', ' ')})`;

const LEGITIMATE_STEMS =
  oneOf(`легитимн легальн официальн легітимн офіційн legaln legitymn oficjaln légitime officiel legitim offiziell echte seriös
  legítim oficial legittim ufficial meşru resmî resmi الشرعي المشروع الرسمي شرعي مشروع رسمي`);
const PLACE_STEMS =
  oneOf(`сайт веб-сайт домен портал сервис сервер ресурс страниц сервіс вебсайт сторінк stron serwis domen witryn portal serwer usług
  site portail domaine page service serveur domain web(?:seite|site) seite dienst server sitio página pagina dominio domínio servi[cç]io serviço sito
  portale servizio alan_ad sayfa hizmet servis sunucu موقع الموقع نطاق النطاق خدمة الخدمة بوابة البوابة صفحة الصفحة بالموقع للموقع`);
const WORD = String.raw`[\p{L}\p{M}-]`;
/** Words such as `настоящий` or `real` mean "genuine" only right beside the word for a site: `в настоящее время домен` is "at present the domain". */
const GENUINE = `(?:${oneOf(`настоящ подлинн оригинальн справжн оригінальн prawdziw oryginaln véritable authentique auténtic autentic verdader verdadeir`)}${WORD}*|${oneOf('real reales reais vero veri vera vere gerçek asıl orijinal')})`;
/** `resmî sitesini taklit eden evil.com`: what stands between turns it round. */
const TURNED = '(?!taklit|имит|подд|імітує|imit|podszyw|suplant|usurp|nachahm)';
/** Opens a quotation or a bracket before the name, or nothing does. */
const NAME_NEXT = String.raw`\s*[:("'«„“‘*\x60\[<]*$`;
/** `легитимному сайту`, `meşru bir yönlendirme servisinden`; `le site légitime`, `الموقع الشرعي`. */
export const LEGITIMATE_ABROAD = new RegExp(
  `${START}(?:${LEGITIMATE_STEMS}${WORD}*\\s+(?:${WORD}{1,20}\\s+){0,3}?${PLACE_STEMS}${WORD}*|${PLACE_STEMS}${WORD}{0,6}\\s+(?:${WORD}{1,20}\\s+)?${LEGITIMATE_STEMS}${WORD}*|${GENUINE}\\s+${PLACE_STEMS}${WORD}*|${PLACE_STEMS}${WORD}{0,6}\\s+${GENUINE}(?!\\p{L})|original(?:seite|domain|website)n?)(?:\\s+${TURNED}${WORD}{1,12}){0,2}${NAME_NEXT}`,
  'isu',
);
/** Legitimate and in an attacker's hands. */
export const TAKEN_OVER_ABROAD = new RegExp(
  `${START}${oneOf('взлом скомпром заражен зараж злам скомпром уражен zhakowan przejęt zainfekow piraté détourn infecté compromet compromess gehackt kompromitt missbrauch infiziert hackead infectad vulnerad violat hackerat ele_geçir مخترق المخترق')}`,
  'iu',
);
/** `podszywa się pod`, `se fait passer pour`: next to the site that is imitated. */
export const IMITATES_ABROAD = new RegExp(
  `${START}(?:имитиру\\p{L}*|подделыва\\p{L}*|маскиру\\p{L}* под|імітує|імітують|імітуюч\\p{L}*|маскує\\p{L}* під|podszywa\\p{L}* się pod|imituj\\p{L}*|imit(?:e|ent|ant|ait|ava|ando|a|an)|usurp(?:e|ent|ant) (?:l['’]identité d[eu]|le)|se fai(?:t|sant) passer pour|suplanta(?:n|ndo)?|se hace(?:n)? pasar por|haciéndose pasar por|se passa(?:m|ndo)? (?:por|pel[oa])|g(?:ibt|eben|ab|aben) sich als|si spaccia(?:no)? per|impersona(?:no)?|ahmt|imitiert(?:e|en)?|تنتحل|ينتحل)(?:\\s+${WORD}{1,3}['’]?){0,2}(?:\\s+${PLACE_STEMS}${WORD}*)?(?:\\s+${LEGITIMATE_STEMS}${WORD}*)?(?:\\s+d[eiou]l?)?\\s+["'«„“‘*\x60(]*$`,
  'iu',
);
/** `… resmî portalını taklit ediyor`, `…'u taklit eden`: the verb stands behind. */
export const IMITATED_BEHIND =
  /^(?:\/[^\s]*)?["'”’)\x60*]*\s*(?:['’]\p{Ll}{1,3}\s+|(?:resm[iî]|meşru)\s+\p{L}{1,20}\s+)taklit e[dt]/iu;
/** `не является вредоносным`, `n'est pas malveillant`, `zararlı değil`: said of the name before it. */
export const DENIED_ABROAD = new RegExp(
  `${START}(?:не (?:является |являются |є )?(?:сам\\p{L}* по себе )?(?:вредонос|шкідлив|зловмис)\\p{L}*(?: сам\\p{L}* по (?:себе|собі))?|nie (?:jest|są) złośliw\\p{L}*|(?:n['’]est|ne sont) pas (?:en soi )?malveillant\\p{L}*|não (?:é|são) (?:malicios|malévol)\\p{L}*|zararlı değil\\p{L}*|kötü amaçlı değil\\p{L}*|(?:ليس|ليست) خبيث\\p{L}*)`,
  'iu',
);
/** `но`, `mas`: what is denied is taken back. */
export const BUT_ABROAD = new RegExp(
  `^\\P{L}{0,4}${oneOf('но однако але проте ale jednak mas porém ma però ama fakat ancak لكن')}${END}`,
  'iu',
);
/** A heading or a label. `Легитимные домены, взломанные группой` is the attackers'. */
export const BENIGN_ABROAD = new RegExp(
  `${START}${oneOf('легитимн легітимн нешкідлив безвредн безпечн legaln legitymn niegroźn légitime meşru zararsız prawdziw(?:e|ych)_(?:stron|domen|serwis) настоящие_(?:сайты|домены) справжні_(?:сайти|домени) الشرعية المشروعة الشرعي المشروع الحميدة')}`,
  'iu',
);
export const VICTIMS_ABROAD = new RegExp(
  `^(?:список |lista de |liste des |lista |elenco )?${oneOf('жертвы жертви пострадавшие потерпілі цели_атаки ofiary poszkodowani opfer betroffene víctimas vítimas victimes vittime bersagli kurbanlar mağdurlar hedefler الضحايا')}[^\\p{L}]*$`,
  'iu',
);
/** `Affected domains: …`, in the account of somebody who was attacked. */
export const AFFECTED =
  /^(?:(?:affected|impacted) (?:domains?|hosts?|systems?|servers?|(?:web ?)?sites?|services)|(?:domínios?|dominios?|domaines?|domini|sites?|servidores|serveurs|sistemas|systèmes|hosts?) (?:afetados?|afectados?|affectés?|touchés?|impactad[oa]s|interessati|colpiti)|betroffene (?:domains?|domänen|systeme|server|webseiten)|(?:betroffene|angegriffene) (?:unternehmen|organisationen|firmen|behörden)|(?:dotknięte|zaatakowane|poszkodowane) (?:organizacje|firmy|instytucje|podmioty)|(?:затронутые|пострадавшие|атакованные|постраждалі|атаковані) (?:организации|компании|предприятия|організації|компанії|підприємства|установи)|(?:etkilenen|hedef alınan) (?:kurumlar|kuruluşlar|şirketler)|(?:(?:empresas|organizaciones|organizações|entidades|instituciones|instituições|entreprises|organisations|organizzazioni|aziende) )?(?:afectad[oa]s|afetad[ao]s|touchées|colpite|vittime|affectées)|dotknięte (?:domeny|systemy|serwery)|(?:затронутые|пострадавшие|постраждалі) (?:домены|домени|системы|системи|серверы|сервери|сайты|сайти)|etkilenen (?:alan adları|sistemler|sunucular)|(?:النطاقات|الأنظمة) المتأثرة)[^\p{L}]*$/iu;
/** `Provedor de DNS: …`, `注册商：…`: whose registrar, host or name server it is, and nothing else. */
export const PAPERWORK_ABROAD =
  /^[^\p{L}]*(?:(?:provedor|proveedor|(?:fornecedor|fornitore|prestador)(?= d[ei] ))(?: (?:de|di) (?:dns|hospedagem|alojamiento|alojamento|hosting|internet|servi[cç]ios?|servizi))?|fournisseur (?:dns|d['’](?:accès|hébergement)|de services?)|hébergeur|registraire|bureau d['’]enregistrement|registrador|serveurs? de noms|servidore?s? de (?:nombres|nomes)|(?:dns-|hosting-|internet-)anbieter|registrierungsstelle|dostawca (?:hostingu|usług|dns)|rejestrator|hostingodawca|serwery? nazw|(?:хостинг-?|интернет-?|dns-?)?провайдер|хостер|регистратор|реєстратор|серверы? им[её]н|barındırma sağlayıcısı|kayıt (?:şirketi|kuruluşu)|(?:域名)?注册(?:商|服务商)|註冊商|(?:云|主机)?(?:托管|服务)商|域名服务器|レジストラ|ホスティング(?:事業者|会社)|ネームサーバー?|등록 ?(?:기관|업체)|호스팅 ?(?:업체|사업자)|네임 ?서버)[^\p{L}]*$/iu;
export const READ_ON_ABROAD = new RegExp(
  `${START}${oneOf(`подробнее дополнительн\\p{L}*_информац\\p{L}* читайте_также полезные_ссылки см._также додатков\\p{L}*_інформац\\p{L}* корисні_посилання
    детальніше докладніше читайте_також więcej_informacji czytaj_więcej zobacz_też przydatne_linki pour_en_savoir_plus en_savoir_plus liens_utiles
    voir_aussi weitere_informationen weiterführende mehr_dazu siehe_auch más_información enlaces_de_interés ver_también leer_más saiba_mais
    mais_informações links_úteis leia_(?:mais|também) veja_também per_approfondire ulteriori_informazioni link_utili vedi_anche leggi_anche
    daha_fazla_bilgi faydalı_bağlantılar روابط_مفيدة لمزيد_من_المعلومات اقرأ_أيضا`)}${END}`,
  'iu',
);
/** `Ссылки для загрузки`, `adresses de téléchargement`: from where the malware came, not where to read on. */
export const FETCHED_ABROAD = new RegExp(
  `${START}${oneOf(`(?:ссылк|адрес)\\p{L}*_(?:для_)?(?:загрузк|скачивани)\\p{L}* посилання_для_завантаження адрес\\p{L}*_завантаження вредоносн\\p{L}*_ссылк\\p{L}* шкідлив\\p{L}*_посилан\\p{L}*
    фишингов\\p{L}*_ссылк\\p{L}* фішингов\\p{L}*_посилан\\p{L}* złośliwe_(?:linki|odnośniki|adresy) adresy_pobierania (?:liens|adresses)_(?:de_téléchargement|malveillant\\p{L}*) (?:download|schad|phishing)-?(?:adressen|links)
    bösartige_links (?:enlaces|direcciones)_(?:de_descarga|maliciosos|maliciosas) (?:links|endereços)_(?:de_download|maliciosos) (?:link|indirizzi|collegamenti)_(?:di_download|malevoli)
    (?:[iİ]ndirme|zararlı)_(?:adresleri|bağlantıları|bağlantılar) روابط_(?:التحميل|التنزيل|خبيثة) الروابط_الخبيثة`)}${END}`,
  'iu',
);
/** Whose host it is that has the hole: `the flaw lies in the dealers' system (x)`, `a vulnerable server x`, `targets the platform x`. */
export const HAS_THE_HOLE = new RegExp(
  `${START}(?:(?:vulnerabilit(?:y|ies)|flaws?|bugs?|weakness(?:es)?) (?:was |were )?(?:found |discovered )?(?:lies? |exists? )?(?:in|of|on|affecting) (?:the )?(?:[\\p{L}'’-]+ ){0,5}?(?:server|site|website|portal|infrastructure|system|platform|service|api|backend|subdomain|domain)s?|(?:vulnerable|unpatched) (?:[\\p{L}-]+ ){0,4}?(?:server|site|website|host|instance|portal|service|system)|(?:dealer|vendor|manufacturer|supplier)(?:['’]?s['’]?)? (?:[\\p{L}-]+ ){0,2}?(?:infrastructure|portal|system|api|backend|website)|target(?:s|ed|ing) (?:the|a) (?:[\\p{L}'’-]+ ){0,4}?(?:platform|portal|website|site|service|exchange|forum|bank|provider)|(?:ciblant|cible|ciblé|visant|visé) (?:la |le |l['’])(?:[\\p{L}'’-]+ ){0,2}?(?:plateforme|site|portail|service|banque)(?: (?:de|d['’])\\s?\\p{L}+)?)\\s*[("'«„“‘*\\x60\\[]*$|(?:(?:漏洞|缺陷)(?:存在于|位于)[^。；;]{0,40}|易受攻击的[^。；;，]{0,30}(?:服务器|网站|主机|系统)|(?:经销商|厂商|制造商|供应商)的?(?:基础设施|系统|门户|平台|网站))\\s*["'“‘(（\\s]*$`,
  'iu',
);
/** `an abandoned subdomain that could be hijacked`: nobody has. */
export const COULD_BE_HIJACKED =
  /^["'”’)）\x60*]*[^.。;；]{0,40}(?:(?:could|can|might|may) (?:be|have been) (?:hijacked|taken over)|可(?:能)?被[^.。;；]{0,40}(?:劫持|接管))/iu;
