// Lists kept by another name server: a response policy zone by AXFR or IXFR over TCP, signed with TSIG where there is a key.
import { unlink } from 'node:fs/promises';
import { isIP, type Socket } from 'node:net';
import { messageOf } from '../../config/coded-error.ts';
import type { ListConfig } from '../../config/config.ts';
import { HEADER_OCTETS, readU16, writeU16 } from '../../wire/header.ts';
import { CLASS, RCODE, rcodeToText, TYPE } from '../../wire/records/iana.ts';
import { recordLine, soaRefresh, soaSerial } from '../../wire/records/record-text.ts';
import { nextRecord, RecordView, skipQuestions } from '../../wire/records/records.ts';
import { exchange } from '../../zone/framed-connection.ts';
import { answerNotify } from '../../zone/notify.ts';
import { TransferReader } from '../../zone/transfer-reader.ts';
import { TsigSession } from '../../zone/tsig.ts';
import { ZoneError, type ZoneErrorCode } from '../../zone/zone-error.ts';
import { parseZoneUrl, type ZoneUrl } from '../../zone/zone-url.ts';
import { ListError, type ListErrorCode } from '../errors.ts';
import { dial } from './dial.ts';
import type { Lookup } from './http.ts';
import { type Fetched, type ListSource, NO_VALIDATORS, type Validators } from './source.ts';
import { ZoneFile } from './zone-file.ts';

export interface TransferOptions {
  /** `rpz://server[:port]/zone` */
  readonly url: string;
  readonly tsig: ListConfig['tsig'];
  /** Where the zone's text goes. */
  readonly path: string;
  /** The last good text, which IXFR's changes apply to. */
  readonly goodPath: string;
  readonly lookup: Lookup;
  /** 0 ≤ random() < 1 */
  readonly random: () => number;
  /** Wall clock. */
  readonly now: () => number;
  readonly idleTimeoutMs?: number;
  readonly totalTimeoutMs?: number;
}

const IDLE_TIMEOUT_MS = 15_000;
const TOTAL_TIMEOUT_MS = 600_000;
/** A zone's SOA may ask for checks more often than this; it does not get them. */
const REFRESH_SECONDS_MIN = 30;

/** A server that answers IXFR so may still give the whole zone. */
class WholeNeeded extends Error {}

export function rpzSource(options: TransferOptions): ListSource {
  let addresses: readonly string[] = [];
  // Where the primary was found last is where its NOTIFY may come from.
  const lookup: Lookup = async (hostname) => {
    addresses = await options.lookup(hostname);
    return addresses;
  };
  const named = parseZoneUrl(options.url);
  if (named !== null && isIP(named.host) !== 0) addresses = [named.host];
  return {
    kind: 'rpz',
    fetch: (previous, signal) => fetchZone({ ...options, lookup }, previous, signal),
    notified: (message, from) =>
      named === null
        ? null
        : answerNotify(message, from, {
            zone: named.zone,
            addresses,
            tsig: options.tsig,
            nowSeconds: () => options.now() / 1000,
          }),
  };
}

const LIST_CODES = {
  ZONE_FETCH: 'LIST_FETCH',
  ZONE_TIMEOUT: 'LIST_TIMEOUT',
  ZONE_TRUNCATED: 'LIST_TRUNCATED',
  ZONE_TRANSFER: 'LIST_TRANSFER',
} as const satisfies Record<ZoneErrorCode, ListErrorCode>;

async function fetchZone(
  options: TransferOptions,
  previous: Validators | null,
  signal: AbortSignal,
): Promise<Fetched> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(options.totalTimeoutMs ?? TOTAL_TIMEOUT_MS)]);
  const have = serialOf(previous);
  try {
    if (have !== null) {
      try {
        return await transfer(options, have, have, deadline);
      } catch (thrown) {
        if (!(thrown instanceof WholeNeeded)) throw thrown;
      }
    }
    return await transfer(options, null, have, deadline);
  } catch (thrown) {
    await unlink(options.path).catch(() => undefined);
    if (deadline.aborted && !signal.aborted)
      throw new ListError('LIST_TIMEOUT', `not done in time (${options.url}); it is tried again later`, {
        cause: thrown,
      });
    if (thrown instanceof ZoneError)
      throw new ListError(LIST_CODES[thrown.code], thrown.message, { cause: thrown });
    if (thrown instanceof ListError || signal.aborted) throw thrown;
    throw new ListError('LIST_FETCH', `${messageOf(thrown)} (${options.url}); it is tried again later`, {
      cause: thrown,
    });
  }
}

/** @param have the serial to ask changes from; null for the whole zone */
async function transfer(
  options: TransferOptions,
  have: number | null,
  /** Of the zone in force; null when there is none. */
  before: number | null,
  signal: AbortSignal,
): Promise<Fetched> {
  const { host, port, zone, addresses } = await parseUrl(options);
  const id = Math.floor(options.random() * 0x10000);
  const session = options.tsig === null ? null : new TsigSession(options.tsig, () => options.now() / 1000);
  const query = composeQuery(id, zone, have);
  const signed = session?.sign(query) ?? query;
  const file = await ZoneFile.create(options.path);
  try {
    const reader = new TransferReader(file, have);
    const refresh = { seconds: 0 };
    const idleTimeoutMs = options.idleTimeoutMs ?? IDLE_TIMEOUT_MS;
    const connect = (): Promise<Socket> => dial(addresses, { port, timeoutMs: idleTimeoutMs, signal });
    const where = `${host} port ${port}`;
    for await (const message of exchange(signed, { connect, where, idleTimeoutMs, signal })) {
      checkHeader(message, id, have, options.url);
      session?.verify(message);
      readAnswers(message, reader, refresh);
      await file.drain();
      if (reader.isDone) break;
    }
    session?.finish();
    if (reader.isUnchanged) return { kind: 'unchanged' };
    if (reader.isOlder) throw new WholeNeeded();
    if (!(await file.finish(have === null ? null : options.goodPath))) throw new WholeNeeded();
    const identity = `serial ${reader.serial}`;
    return {
      kind: 'body',
      body: { kind: 'file', path: options.path },
      validators: { ...NO_VALIDATORS, identity },
      refreshMs: Math.max(refresh.seconds, REFRESH_SECONDS_MIN) * 1000,
      isDeliberate: before === null || !isEarlier(reader.serial, before),
    };
  } finally {
    await file.close();
  }
}

async function parseUrl(options: TransferOptions): Promise<ZoneUrl & { addresses: readonly string[] }> {
  const named = parseZoneUrl(options.url);
  if (named === null)
    throw new ListError('LIST_TRANSFER', `no zone in ${options.url}; write rpz://SERVER/ZONE`);
  const addresses = isIP(named.host) === 0 ? await options.lookup(named.host) : [named.host];
  if (addresses.length === 0)
    throw new ListError('LIST_FETCH', `${named.host} has no address (${options.url}); check the name`);
  return { ...named, addresses };
}

/** AXFR, or IXFR with the SOA we have in the authority section (RFC 1995 §3). */
function composeQuery(id: number, zone: Uint8Array, have: number | null): Uint8Array {
  const query = Buffer.alloc(HEADER_OCTETS + zone.length + 4);
  writeU16(query, 0, id);
  writeU16(query, 4, 1);
  query.set(zone, HEADER_OCTETS);
  writeU16(query, HEADER_OCTETS + zone.length, have === null ? TYPE.AXFR : TYPE.IXFR);
  writeU16(query, HEADER_OCTETS + zone.length + 2, CLASS.IN);
  if (have === null) return query;
  writeU16(query, 8, 1);
  // Owner: a pointer to QNAME; MNAME and RNAME: the root; of the numbers only SERIAL is read.
  const soa = Buffer.alloc(2 + 10 + 22);
  soa.set([0xc0, HEADER_OCTETS]);
  writeU16(soa, 2, TYPE.SOA);
  writeU16(soa, 4, CLASS.IN);
  writeU16(soa, 10, 22);
  soa.writeUInt32BE(have, 14);
  return Buffer.concat([query, soa]);
}

/** @throws WholeNeeded when IXFR alone is refused */
function checkHeader(message: Uint8Array, id: number, have: number | null, url: string): void {
  if (message.length < HEADER_OCTETS || readU16(message, 0) !== id || (message[2]! & 0x80) === 0)
    throw new ListError(
      'LIST_TRANSFER',
      `something else than the answer came (${url}); it is tried again later`,
    );
  const rcode = message[3]! & 0x0f;
  if (rcode === RCODE.NOERROR) return;
  if (have !== null && (rcode === RCODE.NOTIMP || rcode === RCODE.FORMERR || rcode === RCODE.SERVFAIL))
    throw new WholeNeeded();
  const hint =
    rcode === RCODE.REFUSED || rcode === RCODE.NOTAUTH
      ? 'allow this address or key to transfer the zone'
      : 'check the primary';
  throw new ListError('LIST_TRANSFER', `the server answered ${rcodeToText(rcode)} (${url}); ${hint}`);
}

function readAnswers(message: Uint8Array, reader: TransferReader, refresh: { seconds: number }): void {
  const record = new RecordView();
  let at = skipQuestions(message, message.length);
  for (let i = readU16(message, 6); i > 0 && at >= 0; i -= 1) {
    at = nextRecord(message, at, message.length, record);
    if (at < 0) break;
    const line = recordLine(message, record);
    if (line === null)
      throw new ListError('LIST_TRANSFER', 'a record of the zone is malformed; check the primary');
    const isSoa = record.type === TYPE.SOA;
    if (isSoa) refresh.seconds = soaRefresh(message, record);
    reader.record(record.type, line, isSoa ? soaSerial(message, record) : -1);
  }
  if (at < 0)
    throw new ListError('LIST_TRANSFER', 'a message of the transfer is malformed; check the primary');
  reader.endOfMessage();
}

/** Sequence space arithmetic (RFC 1982 §3.2). */
function isEarlier(serial: number, than: number): boolean {
  return ((serial - than) | 0) < 0;
}

function serialOf(validators: Validators | null): number | null {
  const match = /^serial (\d+)$/.exec(validators?.identity ?? '');
  return match === null ? null : Number(match[1]);
}
