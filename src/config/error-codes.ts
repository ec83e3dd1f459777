// Every code that an error of cenote carries: in the log, in the API's answers, beside a list. docs/errors.md is made of this.
// A message says what is wrong this time, where, and what would be right; this is what a code means every time.

import type { CodeText } from './values/code-text.ts';
import { EDITS, REPORTS } from './values/edit-errors.ts';
import { FLEET } from './values/fleet-errors.ts';
import { SIGN_IN } from './values/sign-in-codes.ts';

/** What must be said to be meant before all below it is allowed or blocked by hand. */
export const BROAD = 'a single label, or a suffix below which strangers have names (com, co.uk, github.io)';

const LISTS = {
  LIST_EMPTY: {
    means: 'what came has no octet, or no line but comments',
    remedy: 'look at the source; what was in force stays, unless the list is empty by its owner',
  },
  LIST_BINARY: {
    means: 'what came is no text',
    remedy: 'give the address of the list itself; gzip and zip are unpacked',
  },
  LIST_HTML: {
    means: 'a web page came where a list was expected',
    remedy: 'take the "raw" address; a portal or a login page may stand in between',
  },
  LIST_JSON: {
    means: 'JSON of no known kind came',
    remedy:
      'STIX, MISP and the kinds in docs/reports.md are read; another is turned into a list by its own tool',
  },
  LIST_UNKNOWN_FORMAT: {
    means: 'the format cannot be told from the text',
    remedy: 'say `format:`, or import it as a report',
  },
  LIST_NOT_FORMAT: {
    means: 'the text is not of the format that the list says',
    remedy: 'correct `format:`, or leave it out',
  },
  LIST_NOTHING_USABLE: {
    means: 'no line of the text gives a rule',
    remedy: '`cenote lists` says why lines were left out',
  },
  LIST_MOSTLY_INVALID: {
    means: 'more lines are wrong than right',
    remedy: 'it is another format, or damaged: look at the lines that `cenote lists` shows',
  },
  LIST_SHRANK: {
    means: 'far fewer entries came than are in force',
    remedy: 'if it is meant, raise `maxShrink`; what was in force stays',
  },
  LIST_MISSING: {
    means: 'there is no such file',
    remedy: 'correct `source:`, a path from the working directory or from the folder of the configuration',
  },
  LIST_NOT_A_FILE: {
    means: 'the path is a folder, a FIFO or a device',
    remedy: 'name a regular file, or `folder:PATH`',
  },
  LIST_UNREADABLE: {
    means: 'the file cannot be read',
    remedy: 'look at its owner and mode: cenote runs as its own user',
  },
  LIST_TOO_BIG: {
    means: 'the list is larger than is read',
    remedy: 'divide it; the limits stand in docs/limits.md',
  },
  LIST_NAMES_TOO_LONG: {
    means: 'names of a list hold more octets or labels than is read for so many',
    remedy: 'divide it, or ask its author: real names are short; the limits stand in docs/limits.md',
  },
  LIST_FETCH: {
    means: 'the server could not be reached',
    remedy: 'look at route, name and certificate; it is tried again',
  },
  LIST_STATUS: {
    means: 'the server answered with another status than 200',
    remedy: 'look at address and credentials',
  },
  LIST_TIMEOUT: {
    means: 'the server did not answer in time, or stopped half way',
    remedy: 'nothing: it is tried again',
  },
  LIST_TRUNCATED: { means: 'the body is cut short or damaged', remedy: 'nothing: it is tried again' },
  LIST_REDIRECT: {
    means: 'redirects lead nowhere, to no end, or from https to http',
    remedy: 'give the URL it should end at',
  },
  LIST_FORBIDDEN_ADDRESS: {
    means: 'a redirect leads to an address of a private network',
    remedy: 'if it is meant, give that URL itself as the source',
  },
  LIST_TRANSFER: {
    means: 'the zone transfer failed',
    remedy: 'look at the primary: allow-transfer, TSIG key, zone name',
  },
  LIST_SNAPSHOT: {
    means: 'the compiled rules on disk cannot be used',
    remedy: 'nothing: they are compiled from the lists',
  },
  LIST_COMPILE: { means: 'the helper that compiles ended', remedy: 'it may lack memory; it is tried again' },
  LIST_DISK: {
    means: 'a copy of a list cannot be kept',
    remedy: 'make room in `events.dir`; rules are in force all the same',
  },
} as const satisfies Record<string, CodeText>;

const ZONES = {
  ZONE_FETCH: {
    means: 'the primary could not be reached',
    remedy: 'look at its address and port 53 over TCP',
  },
  ZONE_TIMEOUT: { means: 'the primary did not answer in time', remedy: 'nothing: it is tried again' },
  ZONE_TRUNCATED: { means: 'the transfer ended before its last SOA', remedy: 'nothing: it is tried again' },
  ZONE_TRANSFER: {
    means: 'the primary refused, or sent what is no transfer',
    remedy: 'look at allow-transfer and TSIG',
  },
} as const satisfies Record<string, CodeText>;

const RECEIVERS = {
  RECEIVER_UNREACHABLE: {
    means: 'the receiver of alerts does not answer',
    remedy: 'nothing: notices wait and are sent later',
  },
  RECEIVER_REFUSED: {
    means: 'the receiver does not take the notice',
    remedy: 'look at its address, token and `format:`',
  },
  RECEIVER_FAILED: {
    means: 'the receiver answered with an error',
    remedy: 'look at its log; it is tried again',
  },
} as const satisfies Record<string, CodeText>;

const ADMIN = {
  ADMIN_LISTEN: {
    means: 'the admin address cannot be opened',
    remedy: 'another program has it: choose `listen.admin`',
  },
  ADMIN_TOKEN: {
    means: 'the token cannot be read or written',
    remedy: 'look at owner and mode of `admin.token` in `events.dir`',
  },
  NO_TOKEN: {
    means: 'the request needs a sign-in or a token',
    remedy: 'sign in, or `Authorization: Bearer` with what `cenote token` prints',
  },
  WRONG_TOKEN: {
    means: 'the token is none of this daemon, or its time is over',
    remedy: '`cenote token` prints the one of the data folder, `cenote token list` shows the others',
  },
  ...SIGN_IN,
  NOT_FOUND: { means: 'there is no such path', remedy: '/api/v1/openapi.json has them all' },
  NOT_MADE: { means: 'a list that is served is being made', remedy: 'ask again in a moment' },
  NOT_JSON: { means: 'the body is no JSON', remedy: 'say `Content-Type: application/json`' },
  URL_TOO_LONG: { means: 'the URL is longer than is read', remedy: 'ask for less at once' },
  METHOD: { means: 'the path does not take this method', remedy: 'the Allow header names those it takes' },
  BAD_URL: { means: 'the URL cannot be decoded', remedy: 'percent-encode it' },
  BAD_QUERY: {
    means: 'a parameter is not what the path takes',
    remedy: '/api/v1/openapi.json says what it takes',
  },
  BAD_NAME: { means: 'not a domain name', remedy: 'give it as asked, or defanged' },
  BROAD_NAME: {
    means: `${BROAD} was to be allowed or blocked`,
    remedy:
      'name a domain below it; if all of it is meant, say so: `--yes`, `"broad": true` in a body, a second press on the page',
  },
  BAD_TYPE: { means: 'not a record type', remedy: 'A, AAAA, HTTPS, or TYPE65' },
  BAD_CLIENT: {
    means:
      'no machine and no user is known by that, or a user is not logged on at one machine, or several machines are called so',
    remedy: 'a machine’s name, MAC or address, or a user, as `cenote clients` shows them',
  },
  BAD_OUTCOME: { means: 'not an outcome of a query', remedy: 'the message names those there are' },
  LOG_UNREADABLE: {
    means: 'the query log cannot be read at present',
    remedy: 'look at `log.db` in `events.dir`; a damaged one is set aside when it is written',
  },
  LOG_BUSY: { means: 'too many questions to the query log at once', remedy: 'ask again a little later' },
  BAD_GROUP: { means: 'there is no such group', remedy: 'the message names those there are' },
  BAD_LIST: { means: 'there is no such list', remedy: 'the message names those there are' },
  BAD_TIME: { means: 'not a time', remedy: '19:30 (today) or 2026-11-29T19:30' },
  BAD_SINCE: { means: 'not a time', remedy: 'a duration (7d) or a date (2026-11-20)' },
  BAD_DURATION: { means: 'not a duration, or too long', remedy: '10m, 2h, 1d' },
  NO_INCIDENT: { means: 'there is no incident of that id', remedy: '`cenote incidents` shows them' },
  NOTE_CHANGED: {
    means: 'somebody else noted something of the incident meanwhile',
    remedy: 'look at it; what you send next takes its place',
  },
  NO_OVERRIDE: { means: 'there is no override of that id', remedy: '`cenote overrides` shows them' },
  NOT_IN_FORCE: {
    means: 'what was asked could not be put into force',
    remedy: 'the message says why; nothing changed',
  },
  NO_STORE: {
    means: 'the store cannot be read',
    remedy: 'the message says why; answers and the hit log go on',
  },
  INTERNAL: { means: 'a fault of cenote', remedy: 'the log says what; tell us' },
  BODY_TOO_LARGE: { means: 'the body is larger than is read', remedy: 'send less at once' },
  BAD_REQUEST: { means: 'the request is no proper HTTP', remedy: 'look at headers and body' },
  METRICS_OFF: { means: 'metrics are off', remedy: 'set `metrics: true`' },
} as const satisfies Record<string, CodeText>;

const DAEMON = {
  EADDRINUSE: { means: 'another program has the address', remedy: '`ss -lnptu` names it' },
  EACCES: { means: 'the port needs a privilege', remedy: 'CAP_NET_BIND_SERVICE, or a port above 1023' },
  EADDRNOTAVAIL: {
    means: 'this machine has no such address',
    remedy: '`ip address`; one that comes later needs 0.0.0.0',
  },
  EAFNOSUPPORT: { means: 'this machine has no IPv6', remedy: 'take IPv6 out of `listen`' },
  EMFILE: { means: 'too many open files', remedy: 'raise LimitNOFILE= or `ulimit -n`' },
  EUNKNOWN: { means: 'the system refused the socket', remedy: 'the message has its words' },
  BATCH_UNAVAILABLE: {
    means: 'datagrams cannot be read in batches here',
    remedy: '`udp: auto` or `portable`',
  },
  BAD_CERTIFICATE: { means: 'certificate and key cannot be used', remedy: 'a PEM chain and its own key' },
  WORKER_ENDED: {
    means: 'a resolver thread ended while it opened its sockets',
    remedy: 'the log has its last words',
  },
  IN_FORCE_REFUSED: {
    means: 'a change was refused by one of those that must take it',
    remedy: 'nothing changed; mend what it says',
  },
} as const satisfies Record<string, CodeText>;

const COMMANDS = {
  CLI_USAGE: { means: 'what was typed is not a command', remedy: '`cenote COMMAND --help`' },
  CLI_CONFIG: {
    means: 'the configuration has a mistake, or cannot be written',
    remedy: '`cenote check` shows each',
  },
  CLI_NO_CONFIG: { means: 'there is no configuration', remedy: '-c FILE or CENOTE_CONFIG' },
  CLI_NO_DAEMON: { means: 'no daemon answers', remedy: '`cenote serve`' },
  CLI_REFUSED: { means: 'the daemon refused', remedy: 'the message has its words' },
  CLI_NO_TOKEN: { means: 'there is no token yet', remedy: 'a daemon writes it at its first start' },
  CLI_PASSWORD: {
    means: 'no password can be made of what was typed',
    remedy: '8 to 256 characters, the same twice',
  },
  CLI_NO_LIST: { means: 'there is no such list, or it cannot grow', remedy: '`cenote lists` shows them' },
  CLI_NO_GROUP: { means: 'there is no such group', remedy: 'the message names those there are' },
  CLI_NO_ID: { means: 'an id is missing', remedy: '`cenote incidents` shows them' },
  CLI_NOT_IN_FORCE: { means: 'the daemon has not taken the list yet', remedy: '`cenote lists` says why' },
  CLI_LIMIT: { means: 'not a number', remedy: 'a whole number above 0' },
  CLI_HITS: { means: 'more hits in one moment than can be shown', remedy: 'read hits.jsonl' },
  CLI_QUESTION: { means: 'name, type or client are none', remedy: 'the message says which' },
  CLI_NO_LEASES: {
    means: 'what was to be taken says nothing of any address',
    remedy: "a lease file, an export of Windows' DHCP server, or JSON as `POST /api/v1/clients` takes it",
  },
  CLI_REPORT: { means: 'the report cannot be read', remedy: 'the message says why' },
  CLI_BACKUP: {
    means: 'a backup cannot be made or restored',
    remedy: 'the message says why; what was there is as it was',
  },
  CLI_OUT_EXISTS: {
    means: 'what would be written is there already, or cannot be written',
    remedy: '--out names another folder, --yes replaces',
  },
  CLI_WOULD_LOSE: { means: 'names of the list are not in the report any more', remedy: '--yes drops them' },
} as const satisfies Record<string, CodeText>;

const MIGRATION = {
  MIGRATE_UNKNOWN: { means: 'no program of that name is known', remedy: 'the message names those there are' },
  MIGRATE_UNREADABLE: {
    means: 'the settings of the other program cannot be read',
    remedy: 'name its file or folder, and run it as a user that may read it',
  },
  MIGRATE_NOT_THEIRS: {
    means: 'what is there is not what that program writes',
    remedy: 'the message says what was missed; name the right file, or the right program',
  },
} as const satisfies Record<string, CodeText>;

/** By the part of cenote whose errors they are. */
export const ERROR_CODES = {
  Lists: LISTS,
  'Zone transfers': ZONES,
  'Changes of the configuration': EDITS,
  Reports: REPORTS,
  'Receivers of alerts': RECEIVERS,
  'The admin interface': ADMIN,
  'The daemon': DAEMON,
  'Many sites': FLEET,
  'Settings of other programs': MIGRATION,
  Commands: COMMANDS,
} as const satisfies Record<string, Record<string, CodeText>>;

type Tables = typeof ERROR_CODES;
export type ErrorCode = { [Part in keyof Tables]: keyof Tables[Part] }[keyof Tables];
/** Those that begin alike: CodesOf<'LIST'>. */
export type CodesOf<Prefix extends string> = Extract<ErrorCode, `${Prefix}_${string}`>;
