// Domains of which the name and every name below it belong to one operator whom everybody uses or reads.
import { words } from './words.ts';

const GREAT = `
  google.com youtube.com youtu.be gstatic.com googleusercontent.com googleapis.com goo.gl g.co g.page withgoogle.com
  googlevideo.com ytimg.com ggpht.com gvt1.com gvt2.com 1e100.net googlegroups.com googlesource.com googlesyndication.com
  googleadservices.com googletagmanager.com googletagservices.com google-analytics.com doubleclick.net recaptcha.net
  blogger.com android.com chrome.com chromium.org google.dev dns.google
  microsoft.com live.com office.com office.net office365.com outlook.com hotmail.com msn.com microsoftonline.com
  microsoftonline-p.com windowsupdate.com windows.com windows.net onedrive.com 1drv.ms 1drv.com bing.com bing.net
  visualstudio.com vsassets.io azure.com azure.net msedge.net msftconnecttest.com msftncsi.com skype.com msftauth.net
  msauth.net aka.ms sway.com sway.office.com live.net s-microsoft.com microsoftstream.com powerapps.com
  powerautomate.com dynamics.com github.dev nuget.org onenote.com xboxlive.com azurewebsites.windows.net teams.live.com
  svc.ms sharepointonline.com akadns.net
  apple.com icloud.com mzstatic.com itunes.com aaplimg.com me.com mac.com
  amazon.com media-amazon.com ssl-images-amazon.com amazontrust.com awsstatic.com amzn.to a2z.com
  facebook.com fbcdn.net fb.com fb.me facebook.net instagram.com cdninstagram.com whatsapp.com whatsapp.net wa.me
  messenger.com oculus.com meta.com threads.net threads.com
  twitter.com x.com t.co twimg.com linkedin.com licdn.com lnkd.in reddit.com redd.it redditstatic.com pinterest.com
  pinimg.com tiktok.com tiktokcdn.com snapchat.com quora.com vk.com vk.me vkontakte.ru userapi.com ok.ru odnoklassniki.ru mail.ru my.mail.ru
  yandex.ru yandex.net ya.ru yastatic.net dzen.ru baidu.com bdstatic.com qq.com qpic.cn weixin.qq.com gtimg.cn wechat.com
  weibo.com sina.com.cn sohu.com 163.com 126.com taobao.com tmall.com alibaba.com aliexpress.com alipay.com
  aliyun.com tencent.com douyin.com bilibili.com zhihu.com csdn.net naver.com daum.net kakao.com line.me
  netflix.com nflxvideo.net spotify.com scdn.co paypal.com paypalobjects.com ebay.com steamcommunity.com
  steampowered.com steamstatic.com twitch.tv roblox.com epicgames.com wikipedia.org wikimedia.org fandom.com imdb.com
  yahoo.com yimg.com aol.com protonmail.com proton.me pm.me gmail.com gmx.net gmx.de web.de tutanota.com tuta.io zoho.com
  fastmail.com mailchimp.com mailgun.org mailgun.net sendgrid.net sendgrid.com mandrillapp.com sparkpostmail.com
  amazonses.com mailjet.com sendinblue.com constantcontact.com hubspot.com intercom.io
  splashtop.com splashtop.eu atera.com ninjarmm.com dwservice.net getscreen.me remotepc.com rustdesk.com parsec.app
  beyondtrust.com connectwise.com hackforums.net shoppy.gg emercoin.com jd.com sogou.com usom.gov.tr bbuseruploads.s3.amazonaws.com
  zoom.us webex.com teamviewer.com anydesk.com netsupportsoftware.com netsupportmanager.com logmein.com gotomypc.com slack.com slack-edge.com discord.com
  discordapp.com discordapp.net discord.gg discord.media telegram.org telegram.me t.me telegra.ph graph.org bitcointalk.org tdesktop.com
  signal.org viber.com skype.net medium.com notion.so trello.com atlassian.com 
  canva.com figma.com miro.com asana.com monday.com evernote.com surveymonkey.com 
  docusign.com docusign.net adobe.com adobe.io adobesign.com acrobat.com behance.net oracle.com java.com
  stripe.com square.com duckduckgo.com googlebot.com telegram.com shopify.com wix.com blackboard.com pin.it`;

const FILES_AND_PASTES = `
  github.com githubusercontent.com githubassets.com gitlab.com bitbucket.org sourceforge.net codeberg.org gitee.com
  launchpad.net git.io gist.github.com gitcode.com notabug.org
  dropbox.com dropboxusercontent.com dropboxapi.com box.com boxcdn.net mega.nz mega.co.nz mega.io mediafire.com
  wetransfer.com we.tl 4sync.com fromsmash.com transfer.sh anonfiles.com anonfile.com bayfiles.com gofile.io file.io catbox.moe litter.catbox.moe
  pixeldrain.com 4shared.com sendspace.com zippyshare.com uploadfiles.io ufile.io easyupload.io filebin.net
  filetransfer.io smash.com terabox.com pcloud.com pcloud.link sync.com icedrive.net koofr.net disk.yandex.ru
  workupload.com krakenfiles.com file-upload.net fex.net dosya.co send.cm sendgb.com wormhole.app send-anywhere.com
  temp.sh tmpfiles.org 0x0.st bashupload.com oshi.at privatlab.com ge.tt solidfiles.com uloz.to rapidgator.net
  turbobit.net uptobox.com 1fichier.com datafilehost.com filemail.com hightail.com sendit.cloud share.pho.to
  adobecc.com cl.ly frame.io upload.ee chunk.io dropmefiles.com privatlab.net x0.at fotolog.com rapidfeeds.com hizliresim.com lifeboxtransfer.com lifebox.com.tr yuque.com 
  cdn.discordapp.com lanzou.com lanzoui.com weiyun.com
  pastebin.com pastebin.pl pastebin.ai paste.ee pasteio.com ghostbin.com ghostbin.co hastebin.com toptal.com rentry.co
  rentry.org justpaste.it dpaste.com dpaste.org controlc.com paste.rs paste.mozilla.org textbin.net pastetext.net
  privatebin.net privnote.com ideone.com codepad.org jsfiddle.net codepen.io jsbin.com termbin.com sprunge.us
  paste.gg 0bin.net snippet.host bpa.st pastie.org notes.io write.as ctxt.io text.is
  archive.org archive.is archive.ph archive.today web.archive.org imgur.com ibb.co postimg.cc postimages.org
  clearbit.com thum.io dartsearch.net 1password.com storyblok.com put.io wasabi.com taplink.cc flickr.com photobucket.com tinypic.com giphy.com prnt.sc prntscr.com gyazo.com lightshot.com imageshack.us
  scribd.com slideshare.net issuu.com docdroid.net academia.edu docplayer.net
  npmjs.org npmjs.com yarnpkg.com unpkg.com jsdelivr.net jsdelivr.com pypi.org pythonhosted.org rubygems.org crates.io
  packagist.org maven.org docker.com docker.io ghcr.io quay.io gcr.io pkg.dev mcr.microsoft.com
  huggingface.co hf.co kaggle.com colab.research.google.com replit.com stackblitz.com
  cdnjs.com cloudflare.com cloudflare.net cloudflare-dns.com cloudflareinsights.com cloudflare-ipfs.com ipfs.io pinata.cloud eternum.io hardbin.com
  jquery.com socket.io bootstrapcdn.com fontawesome.com gravatar.com wp.com wordpress.org w.org statically.io rawgit.com
  rawgithack.com raw.githack.com gitcdn.xyz staticfile.org bootcss.com bytecdntp.com`;

const SHORT_LINKS = `
  url.pm d.pr bit.ly bitly.com bitly.ws j.mp tinyurl.com is.gd v.gd cutt.ly cutt.us rebrand.ly ow.ly rb.gy tiny.cc shorturl.at
  shorturl.gg shorturl.asia t.ly tny.im goo.su clck.ru surl.li u.to s.id lnk.to linktr.ee lihi.cc reurl.cc urlz.fr
  urlzs.com soo.gd bl.ink buff.ly dlvr.it ift.tt trib.al hubs.ly qrco.de qr.ae adf.ly ouo.io shorte.st bc.vc
  x.co y2u.be yourls.org 2no.co iplogger.org iplogger.com iplogger.ru iplis.ru iplogger.co maper.info grabify.link
  urlsand.com urldefense.com urldefense.proofpoint.com safelinks.protection.outlook.com linkprotect.cudasvc.com
  vk.cc dub.co dub.sh tr.ee zpr.io snip.ly snip.li gg.gg t2m.io t1p.de kutt.it shrtco.de ulvis.net inx.lv da.gd
  chilp.it short.io tinu.be me2.do han.gl vo.la bom.so url.cn dwz.cn suo.im mrw.so 3.cn tb.cn w.url.cn
  rotf.lol n9.cl acortar.link bit.do budurl.com l.ead.me smarturl.it twb.nz qps.ru clik.cc ln.run lnnk.in
  shrinkme.io exe.io linkvertise.com zfrmz.com zfrmz.eu zfrmz.in sub2unlock.com`;

const SERVICES = `
  virustotal.com any.run urlscan.io hybrid-analysis.com malwarebazaar.abuse.ch joesandbox.com joesecurity.org tria.ge
  intezer.com vmray.com malpedia.caad.fkie.fraunhofer.de shodan.io censys.io censys.com onyphe.io fofa.info zoomeye.org
  binaryedge.io greynoise.io abuseipdb.com otx.alienvault.com alienvault.com threatminer.org threatcrowd.org
  threatbook.cn threatbook.io vxug.fakedoma.in vx-underground.org
  maxmind.com ipify.org ipinfo.io icanhazip.com ifconfig.me ifconfig.co ip-api.com ipapi.co ipapi.com ipwho.is ipwhois.app ipbase.com
  myexternalip.com wtfismyip.com ip.sb ip.me ipecho.net ident.me ipgeolocation.io geoplugin.net freegeoip.app
  freegeoip.net ipstack.com db-ip.com ip2location.com whatismyip.com whatismyipaddress.com whatismyip.akamai.com
  checkip.dyndns.org checkip.amazonaws.com api.myip.com myip.com ipleak.net iplocation.net trackip.net 2ip.ru 2ip.io 2ip.ua 2ip.me
  reallyfreegeoip.org curlmyip.net curlmyip.com seeip.org jsonip.com showip.net eth0.me whoer.net ipapi.is ip-score.com
  openweathermap.org speedtest.net fast.com mempool.space blockstream.info btcscan.org
  httpbin.org httpbin.dev geojs.io extreme-ip-lookup.com l2.io bot.whatismyipaddress.com
  akamai.net akamaized.net akamaihd.net akamaiedge.net akamai.com akamaitechnologies.com edgekey.net edgesuite.net
  fastly.com llnwd.net cachefly.net stackpathcdn.com bunnycdn.com cdn77.com 
  cloudinary.com imgix.net incapdns.net impervadns.net sucuri.net awsglobalaccelerator.com
  webhook.site pipedream.com requestbin.com hookbin.com mocky.io
  requestcatcher.com        
  canarytokens.com canarytokens.org ngrok.com cloudflareaccess.com argotunnel.com cftunnel.com localtunnel.me
  mockbin.org mockapi.io jsonbin.io npoint.io jsonkeeper.com jsonblob.com firebase.com emailjs.com
  formspree.io formsubmit.co getform.io api.telegram.org
  ipregistry.co ipdata.co ifconfig.io ip2c.org ipinfodb.com geoiplookup.io freegeoip.live freeipapi.com ipqualityscore.com binlist.net keybase.io
  infura.io alchemy.com quiknode.pro ankr.com binance.org binance.com bnbchain.org etherscan.io bscscan.com
  polygonscan.com tronscan.org trongrid.io blockchain.com blockchain.info blockcypher.com blockchair.com cloudflare-eth.com
  llamarpc.com publicnode.com 0xrpc.io blastapi.io drpc.org coinbase.com kraken.com bitpanda.com coinmama.com paxful.com localbitcoins.com localcryptos.com changelly.com changenow.io simpleswap.io
  moonpay.com bestchange.com bestchange.ru cex.io buybitcoinworldwide.com bitrefill.com bisq.network coingecko.com solana.com metamask.io
  openai.com chatgpt.com anthropic.com deepseek.com openrouter.ai cohere.ai
  torproject.org tor2web.org nordvpn.com expressvpn.com protonvpn.com mullvad.net
  pool.ntp.org ntp.org time.windows.com nist.gov
  pki.goog msocsp.com trust-provider.com starfieldtech.com certum.pl ocsp-certum.com quovadisglobal.com buypass.com actalis.it ssl.com
  ss2.us digicert.com letsencrypt.org lencr.org sectigo.com comodoca.com globalsign.com verisign.com entrust.net usertrust.com
  njalla.no njal.la godaddy.com namecheap.com namecheaphosting.com registrar-servers.com domaincontrol.com porkbun.com
  namesilo.com dynadot.com tucows.com enom.com gandi.net publicdomainregistry.com pdr.ltd reg.ru nic.ru regway.com
  name-services.com cloudns.net dnspod.net dnspod.com dnspod.cn hichina.com he.net dyn.com noip.com
  hetzner.com hetzner.de ovh.com ovh.net ovhcloud.com digitalocean.com linode.com vultr.com contabo.com hostinger.com
  leaseweb.com choopa.net quadranet.com m247.com bluehost.com hostgator.com dreamhost.com siteground.com ionos.com
  strato.de rackspace.com stackpath.com quad9.net opendns.com nextdns.io adguard.com libredns.gr ahadns.com ahadns.net adhole.org blahdns.com controld.com dnswarden.com cleanbrowsing.org
  clickcease.com
  mozilla.org mozilla.net mozilla.com firefox.com opera.com brave.com vivaldi.com ubuntu.com canonical.com debian.org
  redhat.com fedoraproject.org centos.org archlinux.org kali.org kernel.org gnu.org apache.org nginx.org nginx.com
  php.net python.org nodejs.org chocolatey.org golang.org go.dev rust-lang.org ruby-lang.org openssl.org sqlite.org mysql.com
  postgresql.org mongodb.com redis.io elastic.co jetbrains.com eclipse.org gradle.org spring.io wireshark.org nmap.org
  videolan.org 7-zip.org win-rar.com rarlab.com notepad-plus-plus.org putty.org chiark.greenend.org.uk winscp.net
  filezilla-project.org rclone.org sysinternals.com nirsoft.net gimp.org libreoffice.org openoffice.org
  stackoverflow.com stackexchange.com serverfault.com superuser.com geeksforgeeks.org w3.org w3schools.com ietf.org
  iana.org icann.org internic.net rfc-editor.org schema.org xmlsoap.org openxmlformats.org purl.org json.org
  ntp.ubuntu.com msdn.com nvidia.com intel.com amd.com dell.com hp.com lenovo.com ibm.com samsung.com huawei.com
  autodesk.com vmware.com citrix.com sap.com cisco.com juniper.net paloaltonetworks.com fortinet.com fortiguard.com checkpoint.com
  sonicwall.com barracuda.com f5.com zscaler.com netskope.com okta.com oktacdn.com auth0.com onelogin.com duo.com`;

const WRITERS = `
  abuse.ch mitre.org nvd.nist.gov cisa.gov us-cert.gov fbi.gov ic3.gov cert.gov.ua ncsc.gov.uk cert.org cve.org
  first.org enisa.europa.eu krcert.or.kr kisa.or.kr boho.or.kr jpcert.or.jp cert.pl cert-agid.gov.it cert.ssi.gouv.fr bsi.bund.de cyber.gov.au
  carbonblack.com carbonblack.io nessus.org crowdstrike.com mandiant.com fireeye.com sentinelone.com sentinellabs.com talosintelligence.com sophos.com
  kaspersky.com kaspersky.ru securelist.com securelist.ru eset.com welivesecurity.com esetstatic.com trendmicro.com
  proofpoint.com volexity.com recordedfuture.com malwarebytes.com symantec.com symantec-enterprise-blogs.security.com
  broadcom.com mcafee.com trellix.com bitdefender.com avast.com avast.io avg.com norton.com gendigital.com f-secure.com
  withsecure.com gdatasoftware.com gdata.de drweb.com drweb.ru avira.com ahnlab.com asec.ahnlab.com estsecurity.com
  qianxin.com 360.cn 360.com netlab.360.com antiy.com antiy.cn rising.com.cn huorong.cn sangfor.com dbappsecurity.com.cn
  group-ib.com group-ib.ru ptsecurity.com positive.com bi.zone f6.ru rt-solar.ru
  sekoia.io sekoia.com blog.sekoia.io netscout.com cloudsek.com cyble.com cybleinc.com
  zimperium.com lookout.com threatfabric.com cleafy.com nccgroup.com fox-it.com secureworks.com huntress.com
  redcanary.com dfirreport.com thedfirreport.com malware-traffic-analysis.net cybereason.com deepinstinct.com
  checkmarx.com snyk.io sonatype.com phylum.io reversinglabs.com jfrog.com socket.dev wiz.io aquasec.com sysdig.com
  lacework.com uptycs.com rapid7.com tenable.com qualys.com domaintools.com silentpush.com infoblox.com riskiq.com
  team-cymru.com spamhaus.org shadowserver.org bleepingcomputer.com thehackernews.com darkreading.com krebsonsecurity.com
  securityweek.com therecord.media zdnet.com arstechnica.com wired.com techcrunch.com theregister.com cyberscoop.com
  scmagazine.com helpnetsecurity.com securityaffairs.co securityaffairs.com hackread.com vice.com motherboard.vice.com
  bbc.com bbc.co.uk cnn.com nytimes.com washingtonpost.com theguardian.com reuters.com bloomberg.com forbes.com
  citizenlab.ca amnesty.org eff.org accessnow.org
  3cx.com solarwinds.com feedburner.com disqus.com addthis.com sharethis.com addtoany.com`;

/** Top-level domains of one company each, below which nobody else registers. */
export const TOPS_OF_ONE: ReadonlySet<string> = words(`
  google youtube gmail android chrome goog microsoft azure bing office skype windows xbox hotmail apple amazon aws kindle imdb audible
  netflix oracle ibm samsung sony bbc barclays bnpparibas bloomberg fedex dhl visa jpmorgan citi americanexpress`);

/** Whom phishing pretends to be: reports name the true site beside the false one. */
const BRANDS = `
  usps.com fedex.com ups.com dhl.com dhl.de dpd.com royalmail.com canadapost.ca auspost.com.au postnl.nl irs.gov ssa.gov
  usa.gov whitehouse.gov gov.uk service.gov.uk europa.eu un.org who.int nato.int wise.com chase.com wellsfargo.com
  bybit.com okx.com kucoin.com deribit.com bitfinex.com bitstamp.net gemini.com crypto.com htx.com ledger.com trezor.io
  bankofamerica.com americanexpress.com mastercard.com visa.com hsbc.com citi.com capitalone.com barclays.co.uk
  santander.com bbva.com ing.com revolut.com venmo.com cash.app zellepay.com westernunion.com moneygram.com
  cvs.com walgreens.com walmart.com target.com costco.com bestbuy.com homedepot.com ikea.com booking.com airbnb.com expedia.com tripadvisor.com
  uber.com lyft.com verizon.com att.com t-mobile.com comcast.com xfinity.com vodafone.com orange.fr telekom.de bt.com
  npr.org hao123.com jwplayer.com smartsheet.com mixpanel.com xvideos.com pornhub.com notion.com craigslist.org yelp.com
  freelancer.com freelancermap.com upwork.com fiverr.com monster.com guru.com
  indeed.com glassdoor.com udemy.com coursera.org khanacademy.org archive-it.org loc.gov nasa.gov nih.gov cdc.gov`;

/** What stands in everybody's traffic, and what reports cite. */
const UNDERNEATH = `
  a-msedge.net aspnetcdn.com azurerms.com aadrm.com acompli.net lync.com yammer.com msecnd.net msidentity.com msftidentity.com
  msauthimages.net msftauthimages.net windowsazure.com skypeassets.com virtualearth.net cloud.microsoft static.microsoft
  usercontent.microsoft gfx.ms sfx.ms onenote.net microsoft365.com microsoftazuread-sso.com phonefactor.net appcenter.ms bingapis.com
  adobedtm.com adobelogin.com demdex.net omtrdc.net 2o7.net alicdn.com alidns.com alipayobjects.com aws.com aws.dev awsdns.com
  akam.net phicdn.net edgecastcdn.net apple-dns.net symcb.com symcd.com identrust.com geotrust.com thawte.com rapidssl.com
  verisign.net omniroot.com rapidssl.net gandi.com dyndns.com dyndns.org.uk mailhostbox.com cpanel.net cpanel.com plesk.com
  sypexgeo.net rs6.net shields.io infosec.exchange mastodon.social ioc.exchange bsky.app od.lk opendrive.com onehub.com zopim.io getbootstrap.com automattic.com akismet.com list-manage.com teletype.in vimeo.com dailymotion.com soundcloud.com
  deezer.com unsplash.com pexels.com pixabay.com shutterstock.com forms.gle creativecommons.org doi.org arxiv.org researchgate.net
  wikibooks.org wiktionary.org wikidata.org wikisource.org wikinews.org wikiquote.org wikiversity.org mediawiki.org
  href.li yadro.ru fbsbx.com strikinglycdn.com cdn-website.com wsimg.com website-files.com uploads-ssl.webflow.com jsjiami.com freecash.com tempuri.org geoiptool.com geodatatool.com awstrack.me pstmrk.it mjt.lu gorgias.com gorgias.io apkpure.com apkmirror.com uptodown.com softonic.com ucarecdn.com getsession.org chrome-stats.com oray.net oray.com 3322.net china.com
  springer.com sciencedirect.com wiley.com nature.com ieee.org acm.org playstation.com nintendo.com xbox.com ea.com`;

const PRESS = `
  thedailybeast.com newsweek.com spiegel.de bild.de welt.de zeit.de faz.net sueddeutsche.de heise.de golem.de dw.com lemonde.fr
  lefigaro.fr elpais.com elmundo.es corriere.it repubblica.it independent.co.uk telegraph.co.uk dailymail.co.uk wsj.com ft.com
  economist.com businessinsider.com cnbc.com cnet.com theverge.com engadget.com mashable.com politico.com politico.eu thehill.com
  usatoday.com latimes.com time.com theatlantic.com newyorker.com foxnews.com nbcnews.com cbsnews.com apnews.com afp.com
  aljazeera.com rt.com nhk.or.jp asahi.com nikkei.com ndtv.com yle.fi nos.nl interfax.ru interfax.com.ua tass.com balkaninsight.com
  infosecurity-magazine.com computerweekly.com csoonline.com theintercept.com bellingcat.com 404media.co
  ted.com cia.gov nsa.gov dhs.gov ukrinform.ru ukrinform.net ukrinform.ua korrespondent.net pravda.com.ua unian.net
  justice.gov treasury.gov state.gov house.gov senate.gov defense.gov canada.ca gov.pl interpol.int blackhat.com defcon.org
  virusbulletin.com sans.org sans.edu owasp.org exploit-db.com packetstormsecurity.com hackerone.com bugcrowd.com
  zerodayinitiative.com portswigger.net trustwave.com intel471.com flashpoint.io flashpoint-intel.com cyberark.com stormshield.com
  attackiq.com nozominetworks.com dragos.com claroty.com forescout.com nextron-systems.com koi.ai stepsecurity.io aikido.dev
  datadoghq.com harfanglab.io intrinsec.com prodaft.com esentire.com orangecyberdefense.com nsfocusglobal.com darktrace.com
  inquest.net gosecure.net gosecure.ai dcso.de`;

/** Whose servers carry the mail and the sites of all their customers: a stealer sends through whichever account it has. */
const HOSTERS_OF_MAIL = `
  yandex.com gmx.com mail.com one.com webhostbox.net websitewelcome.com inmotionhosting.com secureserver.net hostedemail.com
  privateemail.com seznam.cz aruba.it earthlink.net onet.pl wp.pl o2.pl interia.pl rambler.ru bk.ru list.ru inbox.ru ukr.net i.ua
  netfirms.com smtp.cafe24.com online.net hover.com shaw.ca hostnet.nl ionos.de ionos.fr ionos.es ionos.co.uk zoho.eu
  libero.it virgilio.it free.fr laposte.net sfr.fr wanadoo.fr t-online.de freenet.de hanmail.net foxmail.com 139.com
  hushmail.com rediffmail.com posteo.de mailbox.org mailfence.com runbox.com mail.your-server.de
  circl.lu misp-project.org oasis-open.org securityfocus.com astral.sh bun.sh scoop.sh rustup.rs deno.land pnpm.io ollama.com brew.sh
  level.io qaz.im riseup.net youtube-nocookie.com anysrc.net dribbble.com interactsh.com uploadgram.me siasky.net`;

/** Who counts a page's visitors, lends an address of mail for ten minutes, answers for a chain. */
const OF_EVERY_PAGE = `
  statcounter.com histats.com hotjar.com hotjar.io clarity.ms segment.com segment.io amplitude.com fullstory.com quantserve.com
  scorecardresearch.com chartbeat.com chartbeat.net crazyegg.com mouseflow.com smartlook.com plausible.io goatcounter.com
  newrelic.com nr-data.net sentry.io cookielaw.org onetrust.com cookiebot.com
  temp-mail.org temp-mail.io tempmail.com tempmail.net 10minutemail.com guerrillamail.com mailinator.com yopmail.com
  maildrop.cc sharklasers.com getnada.com mohmal.com emailondeck.com trashmail.com throwawaymail.com
  dnsexit.com infinityfree.net infinityfree.com
  portugalmail.pt mail-online.dk email.cz post.cz centrum.cz atlas.cz volny.cz openmailbox.org cock.li disroot.org
  premiumize.com real-debrid.com jsonsilo.com jsonstorage.net
  blockscout.com 1rpc.io aptoslabs.com chainnodes.org chainstack.com getblock.io nodereal.io tatum.io ton.org toncenter.com
  helius-rpc.com helius.xyz rpcpool.com solscan.io`;

export const OPERATORS = words(
  [
    GREAT,
    FILES_AND_PASTES,
    SHORT_LINKS,
    SERVICES,
    WRITERS,
    BRANDS,
    UNDERNEATH,
    PRESS,
    HOSTERS_OF_MAIL,
    OF_EVERY_PAGE,
  ].join(' '),
);
