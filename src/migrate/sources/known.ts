// What is known of the settings of other programs: which are read, and why others have no counterpart.
import { INTERFACES, WITHOUT } from './settings.ts';

/**
 * What is known of a setting. `true`: it is read elsewhere, or says nothing of answers. A text: why it has no counterpart.
 * A table: of its parts. One that is not in the table is told as a setting that cenote has not.
 */
export interface Known {
  readonly [key: string]: true | string | Known;
}

const ADMIN =
  'the page listens at `listen.admin`; its users stand in `listen.admin.users`, with passwords of their own';
const METRICS = 'metrics are at `/metrics` of `listen.admin`';
const HTTP3 = 'cenote does not speak HTTP/3; DoT and DoH are there';
const UNLOGGED = 'name the machine in `log.without`; hits are kept';
const NAMES_LOGGED = 'names are logged whatever they are; `log.without` leaves out machines';
const ONE_LIMIT = 'the limit is one for all clients';
const PLACE = 'cenote keeps its own store in `events.dir`';

/** Read elsewhere, or without a word on answers. */
export const read = (keys: string): Known => Object.fromEntries(keys.split(' ').map((key) => [key, true]));

const BLOCKY: Known = {
  upstreams: { ...read('groups strategy timeout init userAgent quic') },
  ...read('upstream upstreamStrategy upstreamTimeout startVerifyUpstream connectIPVersion'),
  customDNS: {
    ...read('mapping zone rewrite'),
    customTTL: 'such answers are those of a list: their TTL is `sinkhole.ttl`',
    ...read('filterUnmappedTypes'),
    fallbackUpstream: 'what has records of one type here is not asked of upstreams for others',
  },
  conditional: { ...read('mapping rewrite'), fallbackUpstream: 'a route has its servers alone' },
  blocking: {
    ...read(
      'denylists allowlists blackLists whiteLists clientGroupsBlock blockType blockTTL listSchedules schedules loading refreshPeriod downloadTimeout startStrategy',
    ),
  },
  caching: {
    ...read(
      'minTime maxTime cacheTimeNegative maxItemsCount prefetching prefetchExpires prefetchThreshold prefetchMaxItemsCount',
    ),
    exclude: 'no name is left out of the cache',
  },
  clientLookup: {
    ...read('clients upstream'),
    singleNameOrder:
      'of several names that reverse DNS gives the first is taken; `clients.names` says another',
  },
  prometheus: METRICS,
  queryLog: {
    ...read('type target logRetentionDays creationAttempts creationCooldown flushInterval'),
    fields: 'all that is known of a query is logged; `log` and `events.queryLog` say what is not',
    ignore: NAMES_LOGGED,
  },
  ...read('redis minTlsServeVersion certFile keyFile bootstrapDns'),
  filtering: { ...read('queryTypes') },
  rebindingProtection: { ...read('enable allowedDomains') },
  rateLimit: {
    ...read('enable rate burst ipv4Prefix ipv6Prefix'),
    allowlist: ONE_LIMIT,
  },
  ...read('fqdnOnly'),
  hostsFile: { ...read('sources filePath hostsTTL refreshPeriod loading') },
  ports: {
    ...read('dns tls https'),
    http: ADMIN,
    dohPath: 'DoH is at `/dns-query`',
    proxyProtocol: 'name the proxies in `listen.proxy`',
  },
  ...read('port'),
  httpPort: ADMIN,
  httpsPort: ADMIN,
  http3: HTTP3,
  ...read(
    'log logLevel logFormat logTimestamp logPrivacy ede specialUseDomains dnssec ecs dns64 filtering64',
  ),
  dnstap: '`out: [ { dnstap: … } ]` sends them',
};

const ADGUARD: Known = {
  http: {
    address: ADMIN,
    ...read('session_ttl pprof'),
    doh: { ...read('routes'), insecure_enabled: 'DoH is over TLS' },
  },
  bind_host: ADMIN,
  bind_port: ADMIN,
  auth_name: ADMIN,
  auth_pass: ADMIN,
  ...read('coredns'),
  ...read(
    'beta_bind_port web_session_ttl debug_pprof rlimit_nofile log_max_size log_max_age log_max_backups log_compress log_localtime',
  ),
  users: ADMIN,
  ...read('auth_attempts block_auth_min'),
  http_proxy: 'lists and upstreams are asked directly',
  ...read('language theme'),
  dns: {
    ...read(
      'bind_hosts port anonymize_client_ip ratelimit ratelimit_subnet_len_ipv4 ratelimit_subnet_len_ipv6',
    ),
    ratelimit_whitelist: ONE_LIMIT,
    ...read(
      'refuse_any upstream_dns upstream_dns_file bootstrap_dns bootstrap_prefer_ipv6 fallback_dns upstream_mode all_servers fastest_addr fastest_timeout allowed_clients disallowed_clients blocked_hosts trusted_proxies cache_enabled cache_size cache_ttl_min cache_ttl_max cache_optimistic cache_optimistic_answer_ttl cache_optimistic_max_age bogus_nxdomain aaaa_disabled enable_dnssec edns_client_subnet max_goroutines handle_ddr ipset',
    ),
    ipset_file: WITHOUT.firewall,
    ...read('upstream_timeout'),
    private_networks: 'reverse names of other networks have a server by `upstreams.routes`',
    ...read('use_private_ptr_resolvers local_ptr_upstreams use_dns64 dns64_prefixes'),
    serve_http3: HTTP3,
    use_http3_upstreams: HTTP3,
    ...read('serve_plain_dns hostsfile_enabled pending_requests'),
    // Before `filtering`, `querylog` and `clients` were sections.
    ...read(
      'bind_host querylog_file_enabled querylog_interval querylog_size_memory cache_time safebrowsing_cache_size safesearch_cache_size parental_cache_size resolve_clients local_domain_name autohost_tld filtering_enabled filters_update_interval parental_enabled safesearch_enabled safebrowsing_enabled blocking_mode blocking_ipv4 blocking_ipv6 blocked_response_ttl protection_enabled parental_block_host safebrowsing_block_host rewrites blocked_services querylog_enabled statistics_interval',
    ),
  },
  tls: {
    ...read('enabled server_name force_https port_https port_dns_over_tls port_dns_over_quic'),
    port_dnscrypt: 'cenote does not speak DNSCrypt; DoT and DoH are there',
    ...read('dnscrypt_config_file'),
    allow_unencrypted_doh: 'DoH is over TLS',
    ...read('certificate_chain private_key certificate_path private_key_path strict_sni_check'),
  },
  querylog: {
    ...read('enabled interval size_memory file_enabled'),
    dir_path: PLACE,
    ignored: NAMES_LOGGED,
    ...read('ignored_enabled'),
  },
  statistics: { ...read('enabled interval ignored_enabled'), dir_path: PLACE, ignored: NAMES_LOGGED },
  ...read('filters whitelist_filters user_rules dhcp filtering'),
  clients: { ...read('persistent runtime_sources') },
  ...read('log log_file verbose os schema_version'),
};

const PIHOLE: Known = {
  dns: {
    ...read('upstreams CNAMEdeepInspect EDNS0ECS hosts dnssec'),
    interface: INTERFACES,
    ...read(
      'hostRecord listeningMode cnameRecords port revServers blockTTL cache blocking specialDomains rateLimit replyWhenBusy queryLogging showDNSSEC analyzeOnlyAandAAAA bogusPriv',
    ),
    ignoreLocalhost: UNLOGGED,
    domainNeeded: WITHOUT.oneLabel,
    ...read('expandHosts domain'),
    piholePTR: 'reverse names are answered from `local.records` and `local.hosts`',
    reply: {
      ...read('blocking'),
      host: 'cenote has no name of its own such as pi.hole: `local.records` gives one',
    },
  },
  ...read('dhcp'),
  ntp: 'cenote serves no time',
  ...read('resolver'),
  database: { ...read('maxDBdays DBimport DBinterval useWAL network') },
  webserver: {
    ...read('headers'),
    session: ADMIN,
    tls: ADMIN,
    port: ADMIN,
    domain: ADMIN,
    acl: ADMIN,
    api: {
      excludeClients: UNLOGGED,
      excludeDomains: NAMES_LOGGED,
      pwhash: ADMIN,
      app_pwhash: ADMIN,
      totp_secret: ADMIN,
    },
  },
  ...read('files debug'),
  misc: {
    ...read('privacylevel dnsmasq_lines'),
    etc_dnsmasq_d:
      'files in /etc/dnsmasq.d were read too: `cenote migrate dnsmasq /etc/dnsmasq.d` reads them',
    ...read('nice addr2line extraLogging delay_startup readOnly check'),
  },
};

export const KNOWN = { blocky: BLOCKY, adguardhome: ADGUARD, pihole: PIHOLE };
