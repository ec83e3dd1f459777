// Hosts on which everybody's content stands behind a path: blocking one because a report names a file on it breaks the rest.
//
// Not here: suffixes under which each user has a name of their own (github.io, duckdns.org); those are in the public suffix
// list, and a name below one may be listed. The longer match wins: what stands below a user's suffix is the user's, though an
// operator's domain is above it (vm.region.cloudapp.azure.com).
import { OPERATORS, TOPS_OF_ONE } from './operators.ts';
import { registeredOf, tenancyOf } from './suffix.ts';
import { words } from './words.ts';

/** The name itself is shared, what is below it single users'; besides the private part of the public suffix list. */
const TENANTS = words(`
  sharepoint.com my.sharepoint.com amazonaws.com s3.amazonaws.com azureedge.net cloudfront.net blob.core.windows.net
  blogspot.com wordpress.com weebly.com wixsite.com tumblr.com herokuapp.com netlify.app vercel.app web.app
  pages.dev workers.dev r2.dev ngrok.io trycloudflare.com zendesk.com atlassian.net myshopify.com slack.com
  translate.goog duckdns.org no-ip.com dynu.com afraid.org changeip.com byet.host onmicrosoft.com cloudapp.net cloudapp.azure.com bc.googleusercontent.com
  usercontent.goog storage.googleapis.com trafficmanager.net ngrok-free.app ngrok.app loca.lt serveo.net devtunnels.ms
  hubspotpagebuilder.com mystrikingly.com strikingly.com webflow.io framer.app framer.website wixstudio.io
  freshdesk.com hatenablog.com livejournal.com over-blog.com blogger.com jimdofree.com jimdosite.com godaddysites.com
  square.site weeblysite.com mybluehost.me sourceforge.io my.canva.site egnyte.com glitch.me replit.app repl.co surge.sh render.com onrender.com fly.dev deno.dev
  000webhostapp.com byethost.com infinityfreeapp.com rf.gd epizy.com atwebpages.com mywebcommunity.org
  hostingerapp.com altervista.org narod.ru ucoz.ru ucoz.com beget.tech tilda.ws cdn-apple.com
  zoho.com zohosites.com appspot.com cloudfunctions.net run.app firebaseapp.com aliyuncs.com myqcloud.com
  oraclecloud.com fastly.net wasabisys.com backblazeb2.com digitaloceanspaces.com linodeobjects.com vultrobjects.com
  service-now.com force.com salesforce.com my.salesforce.com bitbucket.io gitlab.io readthedocs.io statuspage.io
  firebaseio.com b-cdn.net kxcdn.com short.gy codesandbox.io csb.app imgbb.com ceye.io oast.pro oast.live oast.site oast.online oast.fun
  oast.me interact.sh burpcollaborator.net oastify.com dnslog.cn dnsbin.zhack.ca requestbin.net pipedream.net m.pipedream.net mockbin.io beeceptor.com supabase.co
  typeform.com jotform.com substack.com notion.site ct.sendgrid.net host.secureserver.net ip.secureserver.net
  am.files.1drv.com bl.files.1drv.com bn.files.1drv.com by.files.1drv.com ch.files.1drv.com db.files.1drv.com
  dm.files.1drv.com sn.files.1drv.com storage.live.com
  users.sourceforge.net squarespace.com blog.163.com retool.com systeme.io gear.host runcloud.link apk.tw 2read.net
  dynamic-dns.net comcast.net xsph.ru tmweb.ru infura-ipfs.io
  mooo.com chickenkiller.com strangled.net ignorelist.com crabdance.com jumpingcrab.com twilightparadox.com
  portmap.io portmap.host linkpc.net publicvm.com screenconnect.com
  storjshare.io njalla.net host.njalla.net w3spaces.com feishu.cn larksuite.com vps.ovh.net your-server.de contaboserver.net linodeusercontent.com hwclouds-dns.com`);

/** One customer's bucket stands behind the path of these, another's beside it. */
const STORES =
  /^(s3|s3[.-][a-z0-9-]+|f\d{3}|api\d{3}|objectstorage|objects?|storage|cos|oss|obs|[a-z]{2}-[a-z]+-\d)([.-][a-z0-9-]+){0,3}\.(amazonaws\.com(\.cn)?|backblazeb2\.com|wasabisys\.com|oraclecloud\.com|customer-oci\.com|linodeobjects\.com|digitaloceanspaces\.com|scw\.cloud|myhuaweicloud\.com|idrivee2-\d+\.com|storjshare\.io|cloudflarestorage\.com|yandexcloud\.net)$|^oss-[a-z0-9-]+\.aliyuncs\.com$|^cos\.[a-z0-9-]+\.myqcloud\.com$|^(gateway|link)\.storjshare\.io$|^sos-[a-z]{2}-[a-z0-9-]{2,12}\.exo\.io$/;

/** A port of these is one customer's, the name everybody's: `0.tcp.eu.ngrok.io`. */
const BY_PORT = /^\d{1,3}\.tcp\.(?:[a-z]{2}(?:-[a-z]{2,4}-\d)?\.)?ngrok\.io$/;
/** A rented machine's own name: `vps1234.ovh.net`, `192.0.2.7.vultr.com`. */
const RENTED = /^vps-?[0-9a-f]{4,10}\.(?:vps\.)?ovh\.(?:net|ca|us)$|^(?:\d{1,3}[.-]){3}\d{1,3}\.vultr\.com$/;

/** Services that have one domain a country, by what is registered before the suffix; null is any country. */
const WORLDWIDE: ReadonlyMap<string, ReadonlySet<string> | null> = new Map([
  ['google', null],
  ['youtube', null],
  ['blogspot', null],
  [
    'amazon',
    words('de fr it es nl se pl ca in eg sg ae sa com.be com.br com.mx com.au com.tr co.uk co.jp co.za ie'),
  ],
  ['ebay', words('de fr it es nl pl ca ie at ch com.au co.uk com.hk com.sg com.my ph')],
  ['yandex', words('by kz ua uz com.tr com.am com.ge az ee lt lv md tj tm')],
  [
    'yahoo',
    words('de fr it es ca in co.jp co.uk com.br com.ar com.mx com.au com.hk com.tw com.sg com.ph com.vn'),
  ],
]);

/** Domains of STORES. */
const OF_STORES = words(
  `amazonaws.com backblazeb2.com wasabisys.com oraclecloud.com customer-oci.com linodeobjects.com digitaloceanspaces.com scw.cloud
  exo.io myhuaweicloud.com storjshare.io cloudflarestorage.com yandexcloud.net aliyuncs.com myqcloud.com`,
);

const lastTwoOf = (name: string): string => {
  const dot = name.lastIndexOf('.', name.lastIndexOf('.') - 1);
  return dot < 0 ? name : name.slice(dot + 1);
};

/** The last two labels of tenants', operators' and stores' domains, but for a store's whose domain has a number. */
export const ENDS_OF_SHARED_HOSTS: ReadonlySet<string> = new Set(
  [...TENANTS, ...OPERATORS, ...OF_STORES].map(lastTwoOf),
);

/** Whether a label in front of a suffix may be that of a service that has one domain a country, or of a store (`idrivee2-7.com`). */
export const mayBeService = (label: string): boolean => WORLDWIDE.has(label) || label.startsWith('idrivee2-');

/** Spares most names a look at the list of suffixes. */
const MAY_BE_WORLDWIDE = new RegExp(`(^|\\.)(${[...WORLDWIDE.keys()].join('|')})\\.`);

function isWorldwide(name: string): boolean {
  if (!MAY_BE_WORLDWIDE.test(name)) return false;
  const registered = registeredOf(name) ?? '';
  const dot = registered.indexOf('.');
  const service = registered.slice(0, dot);
  const countries = WORLDWIDE.get(service);
  // A user's own name below it is no service.
  if (service === 'blogspot' && name !== registered && name !== `www.${registered}`) return false;
  const suffix = registered.slice(dot + 1);
  if (countries === undefined || !/(^|\.)[a-z]{2}$/.test(suffix)) return false;
  return countries === null || countries.has(suffix);
}

/** @param name lower case, A-labels */
export function isSharedHost(name: string): boolean {
  // Most names end in none of them.
  const isOdd = ENDS_OF_SHARED_HOSTS.has(lastTwoOf(name));
  // `translate.goog` is a suffix, with a name of their own for each page.
  if (!isOdd && TOPS_OF_ONE.has(name.slice(name.lastIndexOf('.') + 1)) && tenancyOf(name) === null)
    return true;
  if (isOdd && TENANTS.has(name.startsWith('www.') ? name.slice(4) : name)) return true;
  if (isOdd || name.includes('idrivee2-') || name.endsWith('.com.cn')) {
    if (STORES.test(name) || BY_PORT.test(name)) return true;
    if (RENTED.test(name)) return false;
  }
  // `ftp.` of a provider is where all of its customers go.
  const provider = /^(?:s?ftp|ns\d)\.(.+)$/.exec(name)?.[1];
  if (provider !== undefined && (TENANTS.has(provider) || tenancyOf(`x.${provider}`) === provider))
    return true;
  if (isWorldwide(name)) return true;
  if (!isOdd) return false;
  let tenant: number | null = null;
  for (let at = 0; at >= 0; ) {
    const rest = at === 0 ? name : name.slice(at);
    // Of two that end the name, the longer is met first.
    if (OPERATORS.has(rest)) return tenant === null && !isTenantBelow(name, rest);
    if (at > 0 && TENANTS.has(rest)) tenant ??= at;
    const dot = name.indexOf('.', at);
    at = dot < 0 ? -1 : dot + 1;
  }
  return false;
}

/** Below a suffix of the list that is longer than the operator's domain. */
function isTenantBelow(name: string, operator: string): boolean {
  return (tenancyOf(name)?.length ?? 0) > operator.length;
}
