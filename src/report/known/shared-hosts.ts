// Hosts on which everybody's content stands behind a path: blocking one because a report names a file on it breaks the rest.
//
// Not here: suffixes under which each user has a name of their own (github.io, duckdns.org); those are in the public suffix
// list, and a name below one may be listed.

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter((word) => word !== ''));

/** The name and every name below it belong to one operator. */
const WHOLE = words(`
  google.com youtube.com gstatic.com googleusercontent.com googleapis.com goo.gl
  github.com githubusercontent.com githubassets.com gitlab.com bitbucket.org sourceforge.net codeberg.org gitee.com
  microsoft.com live.com office.com office365.com outlook.com microsoftonline.com windowsupdate.com windows.com
  onedrive.com 1drv.ms bing.com visualstudio.com
  apple.com icloud.com amazon.com dropbox.com dropboxusercontent.com box.com mega.nz mega.co.nz mediafire.com
  wetransfer.com transfer.sh anonfiles.com gofile.io file.io catbox.moe pixeldrain.com 4shared.com sendspace.com
  pastebin.com paste.ee ghostbin.com hastebin.com rentry.co rentry.org justpaste.it dpaste.com controlc.com
  telegram.org t.me telegra.ph discord.com discordapp.com discord.gg slack.com whatsapp.com signal.org
  facebook.com fbcdn.net instagram.com twitter.com x.com t.co linkedin.com reddit.com vk.com medium.com
  bit.ly tinyurl.com is.gd cutt.ly rebrand.ly ow.ly rb.gy tiny.cc shorturl.at
  archive.org imgur.com ibb.co postimg.cc flickr.com wikipedia.org
  npmjs.org npmjs.com unpkg.com jsdelivr.net pypi.org pythonhosted.org rubygems.org docker.com docker.io
  huggingface.co cdnjs.com cloudflare.com jquery.com
  notion.so trello.com atlassian.com airtable.com canva.com
  virustotal.com any.run urlscan.io hybrid-analysis.com malwarebazaar.abuse.ch
  ipify.org ipinfo.io icanhazip.com ifconfig.me ip-api.com checkip.amazonaws.com ipapi.co myexternalip.com
  yahoo.com yandex.ru yandex.com baidu.com qq.com mail.ru proton.me protonmail.com gmail.com
  akamai.net akamaized.net akamaihd.net akamaiedge.net akamai.com edgekey.net edgesuite.net fastly.com fastly.net
  cloudflare.net cloudflare-dns.com bootstrapcdn.com fontawesome.com gravatar.com wp.com wordpress.org w.org
  statically.io webhook.site pipedream.net requestbin.net beeceptor.com
  msedge.net msftconnecttest.com msftncsi.com azure.com skype.com trafficmanager.net akadns.net
  googletagmanager.com google-analytics.com doubleclick.net recaptcha.net ggpht.com blogger.com android.com chrome.com
  mozilla.org mozilla.net firefox.com adobe.com oracle.com java.com ubuntu.com debian.org python.org nodejs.org
  digicert.com letsencrypt.org lencr.org sectigo.com globalsign.com verisign.com quad9.net opendns.com
  namecheap.com godaddy.com registrar-servers.com domaincontrol.com hetzner.com ovh.com ovh.net digitalocean.com
  steamcommunity.com steampowered.com spotify.com netflix.com tiktok.com pinterest.com quora.com stackoverflow.com
  abuse.ch mitre.org nist.gov cisa.gov
  crowdstrike.com mandiant.com sentinelone.com paloaltonetworks.com talosintelligence.com cisco.com sophos.com
  kaspersky.com securelist.com eset.com welivesecurity.com trendmicro.com proofpoint.com fortinet.com checkpoint.com
  volexity.com recordedfuture.com malwarebytes.com symantec.com broadcom.com mcafee.com trellix.com bitdefender.com
  bleepingcomputer.com thehackernews.com`);

/** The name itself is shared; names below it are single users' (tenant.sharepoint.com). */
const APEX = words(`
  sharepoint.com my.sharepoint.com amazonaws.com s3.amazonaws.com azureedge.net cloudfront.net blob.core.windows.net
  blogspot.com wordpress.com weebly.com wixsite.com tumblr.com herokuapp.com netlify.app vercel.app web.app
  pages.dev workers.dev r2.dev ngrok.io trycloudflare.com zendesk.com atlassian.net myshopify.com slack.com
  translate.goog duckdns.org no-ip.com`);

/** @param name lower case, A-labels */
export function isSharedHost(name: string): boolean {
  const bare = name.startsWith('www.') ? name.slice(4) : name;
  if (APEX.has(bare)) return true;
  for (let at = 0; at >= 0; ) {
    if (WHOLE.has(name.slice(at))) return true;
    const dot = name.indexOf('.', at);
    at = dot < 0 ? -1 : dot + 1;
  }
  return false;
}
