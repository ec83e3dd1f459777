// What is known of Technitium's settings.
import { type Known, read } from '../known.ts';
import { WITHOUT } from '../settings.ts';

const OWN_USERS = 'the page listens at `listen.admin`; its users stand in `listen.admin.users`';
const ZONES = 'zones of one’s own go to `local.records`; what others fetch to `serve.zones`';

/** Of its settings; those of its own page, logs and recursion say nothing of answers. */
export const KNOWN: Known = {
  ...read(
    'version uptimestamp dnsServerDomain dnsServerLocalEndPoints forwarders forwarderProtocol forwarderTimeout',
  ),
  ...read(
    'concurrentForwarding forwarderConcurrency forwarderRetries dnssecValidation eDnsClientSubnet preferIPv6 ipv6Mode',
  ),
  ...read(
    'dnsServerIPv4SourceAddresses dnsServerIPv6SourceAddresses udpPayloadSize useSoaSerialDateScheme clientTimeout',
  ),
  ...read(
    'defaultRecordTtl defaultNsRecordTtl defaultSoaRecordTtl defaultResponsiblePerson minSoaRefresh minSoaRetry',
  ),
  ...read(
    'tcpSendTimeout tcpReceiveTimeout quicIdleTimeout quicMaxInboundStreams listenBacklog maxConcurrentResolutionsPerCore',
  ),
  ...read(
    'socketPoolExcludedPorts enableUdpSocketPool udpSendBufferSizeKB udpReceiveBufferSizeKB dnsAppsEnableAutomaticUpdate',
  ),
  ...read(
    'eDnsClientSubnetIPv4PrefixLength eDnsClientSubnetIPv6PrefixLength enableDnsOverTls enableDnsOverHttps enableDnsOverQuic',
  ),
  ...read(
    'enableDnsOverHttp3 dnsOverTlsPort dnsOverHttpsPort dnsOverQuicPort dnsOverHttpPort dnsOverUdpProxyPort dnsOverTcpProxyPort',
  ),
  ...read(
    'dnsTlsCertificatePath dnsTlsCertificatePassword dnsOverHttpRealIpHeader recursion recursionNetworkACL',
  ),
  ...read(
    'recursionAllowedNetworks recursionDeniedNetworks randomizeName qnameMinimization nsRevalidation resolverRetries resolverTimeout',
  ),
  ...read(
    'resolverConcurrency resolverMaxStackCount saveCache serveStale serveStaleTtl serveStaleAnswerTtl serveStaleResetTtl',
  ),
  ...read(
    'serveStaleMaxWaitTime cacheMaximumEntries cacheMinimumRecordTtl cacheMaximumRecordTtl cacheNegativeRecordTtl',
  ),
  ...read(
    'cacheFailureRecordTtl cachePrefetchEligibility cachePrefetchTrigger cachePrefetchSampleIntervalInMinutes',
  ),
  ...read(
    'cachePrefetchSampleEligibilityHitsPerHour enableBlocking allowTxtBlockingReport blockingBypassList blockingType',
  ),
  ...read(
    'blockingAnswerTtl customBlockingAddresses blockListUrls blockListUpdateIntervalHours blockListNextUpdatedOn',
  ),
  ...read(
    'loggingType enableLogging ignoreResolverLogs logQueries useLocalTime logFolder maxLogFileDays enableInMemoryStats',
  ),
  ...read('maxStatFileDays clusterInitialized clusterDomain clusterNodes'),
  webServiceLocalAddresses: true,
  ...read(
    'webServiceHttpPort webServiceEnableTls webServiceHttpToTlsRedirect webServiceTlsPort webServiceUseSelfSignedTlsCertificate',
  ),
  webServiceTlsCertificatePath: OWN_USERS,
  enableDnsOverHttp: 'DoH is over TLS',
  enableDnsOverUdpProxy: 'name the proxies in `listen.proxy`',
  enableDnsOverTcpProxy: 'name the proxies in `listen.proxy`',
  enableDnsOverHttpPort80: 'DoH is over TLS',
  eDnsClientSubnetIpv4Override: WITHOUT.identity,
  eDnsClientSubnetIpv6Override: WITHOUT.identity,
  temporaryDisableBlockingTill: WITHOUT.paused,
  proxy: 'lists and upstreams are asked directly',
  tsigKeys: ZONES,
  zoneTransferAllowedNetworks: ZONES,
  notifyAllowedNetworks: ZONES,
};
