// Names that everybody's machines ask for without anybody's doing, and the sites that most people use: what a report may name
// only as victim, decoy or tool. Written by hand, and looked at beside the user's own warning lists, of which there may be none; the
// services on which strangers publish are in `report/known`.

/** An entry that is such a name, or covers one, is held back; one for a name below it is not, but for its `www.`. */
export const EVERYDAY: readonly string[] = `
  windowsupdate.com update.microsoft.com download.windowsupdate.com ctldl.windowsupdate.com www.msftconnecttest.com
  dns.msftncsi.com settings-win.data.microsoft.com time.windows.com login.microsoftonline.com outlook.office365.com
  captive.apple.com mesu.apple.com ocsp.apple.com push.apple.com time.apple.com gs.apple.com
  connectivitycheck.gstatic.com clients3.google.com fonts.googleapis.com fonts.gstatic.com safebrowsing.googleapis.com
  detectportal.firefox.com mozilla.org mozilla.net firefox.com addons.mozilla.org nmcheck.gnome.org
  debian.org deb.debian.org ubuntu.com archive.ubuntu.com canonical.com fedoraproject.org redhat.com suse.com
  opensuse.org archlinux.org alpinelinux.org kernel.org gnu.org freebsd.org openbsd.org raspberrypi.org
  pool.ntp.org ntp.org time.nist.gov time.cloudflare.com ptbtime1.ptb.de
  root-servers.net iana.org icann.org ietf.org in-addr.arpa ip6.arpa gtld-servers.net
  one.one.one.one dns.google dns.quad9.net quad9.net dns.adguard.com opendns.com nextdns.io
  digicert.com ocsp.digicert.com letsencrypt.org lencr.org sectigo.com comodoca.com globalsign.com entrust.net
  godaddy.com usertrust.com identrust.com verisign.com symcb.com pki.goog amazontrust.com
  akamai.net akamaiedge.net akamaihd.net edgekey.net edgesuite.net akamaized.net akadns.net fastly.com fastlylb.net
  llnwd.net cdn77.org stackpathdns.com jsdelivr.net cdnjs.cloudflare.com ajax.googleapis.com
  kaspersky.com eset.com avast.com avg.com bitdefender.com mcafee.com norton.com symantec.com sophos.com trendmicro.com
  malwarebytes.com crowdstrike.com sentinelone.com fortinet.com paloaltonetworks.com checkpoint.com cisco.com
  virustotal.com talosintelligence.com abuse.ch shodan.io urlscan.io hybrid-analysis.com any.run
  intel.com amd.com nvidia.com dell.com hp.com lenovo.com asus.com acer.com samsung.com huawei.com mi.com xiaomi.com
  ibm.com oracle.com sap.com vmware.com citrix.com salesforce.com servicenow.com workday.com
  wikipedia.org wikimedia.org wikidata.org stackoverflow.com stackexchange.com w3.org whatwg.org php.net python.org
  nodejs.org golang.org rust-lang.org apache.org nginx.org mysql.com postgresql.org sqlite.org openssl.org
  visa.com mastercard.com americanexpress.com paypal.com wise.com revolut.com stripe.com klarna.com
  chase.com bankofamerica.com wellsfargo.com citi.com hsbc.com barclays.co.uk santander.com bbva.com ing.com
  deutsche-bank.de commerzbank.de bnpparibas.com unicredit.it ubs.com sberbank.ru
  coinbase.com binance.com kraken.com blockchain.com metamask.io etherscan.io ledger.com trezor.io opensea.io
  dhl.com ups.com fedex.com usps.com dpd.com royalmail.com deutschepost.de laposte.fr
  amazon.com ebay.com walmart.com target.com bestbuy.com ikea.com aliexpress.com alibaba.com mercadolibre.com
  netflix.com spotify.com disneyplus.com hulu.com twitch.tv primevideo.com
  nytimes.com washingtonpost.com cnn.com bbc.com bbc.co.uk theguardian.com reuters.com bloomberg.com forbes.com
  wsj.com ft.com aljazeera.com lemonde.fr spiegel.de zeit.de elpais.com repubblica.it nhk.or.jp
  booking.com airbnb.com uber.com tripadvisor.com expedia.com
  gov.uk usa.gov irs.gov nasa.gov cisa.gov fbi.gov europa.eu un.org who.int nato.int
  nih.gov cdc.gov mit.edu stanford.edu harvard.edu ox.ac.uk cam.ac.uk
  telekom.de vodafone.com orange.fr att.com verizon.com comcast.net t-mobile.com bt.com
`
  .split(/\s+/)
  .filter((word) => word !== '');
