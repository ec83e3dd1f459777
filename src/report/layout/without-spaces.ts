// What reports in Chinese, Japanese and Korean say of the name next to the words: that it is the owner's own site, or is imitated. Their
// words stand together without spaces, or with their endings attached.

const OPEN = '[\\s"\'“‘「『（(*`\\[<：:，,]{0,4}$';
const CLOSE = '["\'”’」』）)*`\\s]{0,4}';
/** Of the attackers: `仿冒官网 evil.com`, `偽の公式サイト`, `가짜 공식 사이트`. */
const NO_FALSE_ONE =
  '(?<!(?:假|伪|仿|冒|钓鱼|偽|模した|装った|사칭|가짜|위장|위조)(?:[\\p{Script=Han}の한된\\s]{0,4}))';

/** `合法网站 …`, `正規サイト …`, `공식 홈페이지 …`. */
const LEGITIMATE = new RegExp(
  `${NO_FALSE_ONE}(?:(?:合法|正规|正規|正版|官方|公式|真正|真实|本物)(?:的|の)?(?:网站|網站|网页|域名|站点|平台|门户|服务|网址|ウェブサイト|Webサイト|サイト|ドメイン|ページ|サービス)(?:是|为|である|の)?|正規の|(?:정상|공식|정식|실제|합법적인) ?(?:홈페이지|웹 ?사이트|사이트|도메인|페이지|서비스)(?:인)?)${OPEN}`,
  'iu',
);
/** `假网站 evil.com 伪装成官方网站 example.org`: behind another name; right behind the word, whoever does it. */
const IMITATES =
  /(?:伪装成|伪装为|冒充|模仿|假冒|仿冒|仿照)(?![^。，；\n]{0,12}(?:的|域名))([^。，,；;\n.]{0,12}?)["'“‘「（(\s`*]{0,3}$/u;
const NAME_BEFORE = /[a-z0-9-](?:\[\.\]|\(\.\)|\.)[a-z]{2,}[^。；;\n]*$/iu;
/** `example.org を装った`, `example.org 을 사칭한`. */
const IMITATED_BEHIND = new RegExp(
  `^(?:/[^\\s]{0,100})?${CLOSE}(?:の(?:公式|正規)?(?:ウェブ)?(?:サイト|ページ|ドメイン))?(?:(?:を|に)(?:装|模|騙|かた|真似|偽装|なりすま|似せ)|(?:을|를)? ?(?:사칭|모방)|(?:으로|로) ?(?:위장|가장))`,
  'u',
);
/** `偽サイト evil.com は example.org に酷似`: only beside a word of what is false or real; attackers' names resemble each other, too. */
const RESEMBLED_BEHIND = new RegExp(
  `^${CLOSE}(?:[とに](?:酷似|類似|よく似|そっくり)|(?:와|과) ?(?:매우 )?(?:유사|비슷|흡사))`,
  'u',
);
const FALSE_OR_REAL = /偽|フェイク|詐欺|フィッシング|公式|正規|実在|가짜|피싱|사칭|공식|실제|정상/u;
/** `与实际的经纪商 example.org 同名`: whose name another has, or nearly. */
const NEAR_BEFORE = new RegExp(
  `(?:与|和|跟|同)(?:实际|真实|真正|正规|合法|官方|正版|知名|著名)(?:存在)?的?[^。，；,;\\n木病恶钓团黑]{0,16}${OPEN}`,
  'u',
);
const NEAR_BEHIND = new RegExp(
  `^${CLOSE}(?:的)?(?:域名|网站|官网|名称)?(?:同名|名称相同|(?:极为|非常|高度|十分)?(?:相似|类似|相近))`,
  'u',
);
/** Legitimate and in an attacker's hands. */
const TAKEN_OVER =
  /入侵|被黑|攻陷|攻破|沦陷|失陷|被控|篡改|劫持|挂马|感染|滥用|利用|改ざん|侵害|乗っ取|悪用|침해|해킹|변조|악용|탈취/u;
const AROUND_MAX = 40;

/** @param before ends, and `behind` begins, at the name in its line */
export function isOfOwnersInAsia(before: string, behind: string): boolean {
  if (IMITATED_BEHIND.test(behind)) return true;
  if (RESEMBLED_BEHIND.test(behind) && (FALSE_OR_REAL.test(before) || FALSE_OR_REAL.test(behind)))
    return true;
  if (NEAR_BEHIND.test(behind) && NEAR_BEFORE.test(before)) return true;
  const imitates = IMITATES.exec(before);
  if (imitates !== null && (imitates[1] === '' || NAME_BEFORE.test(before.slice(0, imitates.index))))
    return true;
  const said = before.search(LEGITIMATE);
  return said >= 0 && !TAKEN_OVER.test(before.slice(Math.max(0, said - AROUND_MAX)));
}

/** A heading or a label: whose names stand below it. */
const VICTIMS_IN_ASIA =
  /^(?:受害|被攻击|受影响|被害)(?:者|的)?(?:单位|企业|组织|机构|公司|网站|組織|企業|団体)?\P{L}*$|^(?:피해|공격 ?대상) ?(?:기업|기관|업체|조직|사이트)\P{L}*$/u;
const BENIGN_IN_ASIA =
  /^(?:合法|正规|正規|官方|公式)(?:的|の)?(?:网站|網站|域名|网址|サイト|ドメイン)\P{L}*$|^(?:정상|공식|정식) ?(?:도메인|사이트|홈페이지)\P{L}*$/u;

/** Whether a heading or a label says that owners' names stand below it. */
export const isBenignInAsia = (text: string): boolean =>
  VICTIMS_IN_ASIA.test(text) || BENIGN_IN_ASIA.test(text);
