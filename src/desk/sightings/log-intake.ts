// What of queries and hits goes into the query log: whoever is left out there, anonymised where that is wanted.

import { join } from 'node:path';
import { messageOf } from '../../config/coded-error.ts';
import type { LogConfig } from '../../config/config.ts';
import { counted } from '../../config/values/grouped.ts';
import type { HitRecord } from '../../events/hit-record.ts';
import { upstreamAt } from '../../events/led-to.ts';
import { askedMsIn, OWN_NAME, QUERY_AT, waitedMsIn } from '../../events/query-record.ts';
import { getU16, getU32, RECORD } from '../../events/record.ts';
import { RESULT } from '../../events/result.ts';
import type { DatabaseFileState } from '../../hits/database-file.ts';
import type { Asker, Hit, HitClient } from '../../hits/hit.ts';
import { assignKnown, Groups } from '../../policy/groups.ts';
import { VERDICT } from '../../policy/verdict.ts';
import { FROM, kindNumber } from '../../querylog/kind.ts';
import type { LoggedAsker } from '../../querylog/numbered.ts';
import { keyIn, Pseudonyms } from '../../querylog/pseudonyms.ts';
import type { LogRow } from '../../querylog/read/question.ts';
import { rowInWords } from '../../querylog/read/row-view.ts';
import { isEndOf, ruleOfEnd, ruleOfRow } from '../../querylog/rule.ts';
import { waitCode } from '../../querylog/wait.ts';
import { QueryLog } from '../../querylog/writer.ts';
import { addressToText, textToAddress } from '../../wire/names/address.ts';
import { nameToText } from '../../wire/names/presentation.ts';

export interface LogIntakeOptions {
  /** `events.dir`. */
  readonly dir: string;
  readonly now: () => number;
  readonly monotonic: () => number;
  readonly askerOf: (address: Uint8Array, group: number, timeMs: number) => Asker;
  readonly report: (state: DatabaseFileState) => void;
  /** Queries that the rings had no room for, since the resolver threads began. */
  readonly ringsLost: () => number;
  /** Where rows go besides, in words; null: nowhere. Who is left out of the log, or anonymised in it, is so here too. */
  readonly onward?: () => ((row: LogRow) => void) | null;
  readonly say: (level: 'info' | 'warn' | 'error', text: string) => void;
}

/** Null: no query is logged. */
export type LogSettings = LogConfig | null;

const ADDRESS_OCTETS = 16;

export class LogIntake {
  readonly #options: LogIntakeOptions;
  #settings: LogSettings = null;
  #log: QueryLog | null = null;
  #pseudonyms: Pseudonyms | null = null;
  /** Of the rings, as far as it is counted here, or was while nothing is logged. */
  #ringsLost = 0;
  #leftOut: { readonly groups: Groups; readonly settings: LogConfig } | null = null;
  /** Null: left out. */
  #askers = new WeakMap<HitClient, LoggedAsker | null>();

  constructor(options: LogIntakeOptions) {
    this.#options = options;
  }

  get lost(): number {
    return this.#log?.lost ?? 0;
  }

  get failing(): Error | null {
    return this.#log?.failing ?? null;
  }

  useSettings(settings: LogSettings): void {
    const { dir, now, monotonic, report, say } = this.#options;
    this.#settings = settings;
    this.#askers = new WeakMap();
    this.#leftOut = null;
    if (settings === null) {
      this.close();
      return;
    }
    const { keepMs, sizeOctets, withoutClients } = settings;
    if (withoutClients.length > 0)
      this.#leftOut = { settings, groups: new Groups([{ name: '', clients: withoutClients }]) };
    this.#pseudonyms = settings.anonymise ? this.#pseudonymsIn(join(dir, 'log.key')) : null;
    if (!settings.enabled || (settings.anonymise && this.#pseudonyms === null)) {
      this.close();
      return;
    }
    const keep = { keepMs, sizeOctets };
    if (this.#log !== null) {
      this.#log.useKeep(keep);
      return;
    }
    this.#countRingsLost();
    this.#log = new QueryLog({
      path: join(dir, 'log.db'),
      now,
      monotonic,
      keep,
      report,
      onTorn: (sinceMs) =>
        say(
          'warn',
          `the query log was not closed when cenote ended last: what was asked after ${new Date(sinceMs).toISOString()} until this start may be missing in it`,
        ),
      onDamaged: (rows) =>
        say(
          'warn',
          `a part of the query log, not packed yet when cenote ended last, cannot be read (${counted(rows, 'row')}): it is set aside in its table damaged, and counted as lost`,
        ),
    });
  }

  /** A query of a ring; its hit, if a rule answered, comes by `addHit`. */
  addQuery(bytes: Uint8Array, offset: number, length: number): void {
    const log = this.#log;
    const onward = this.#onward;
    if (log === null && onward === null) return;
    const count = getU32(bytes, offset + RECORD.count);
    const isHit = (bytes[offset + QUERY_AT.mark]! & 1) === 1;
    if (isHit && this.#pseudonyms !== null) return;
    const timeMs = askedMsIn(bytes, offset);
    const addressAt = offset + QUERY_AT.address;
    const { client } = this.#options.askerOf(
      bytes.subarray(addressAt, addressAt + ADDRESS_OCTETS),
      getU16(bytes, offset + QUERY_AT.group),
      timeMs,
    );
    const asker = this.#askerFor(client);
    const qnameAt = offset + QUERY_AT.qname;
    const qnameLength = bytes[offset + QUERY_AT.qnameLength]!;
    if (asker === null || this.#isLeftOut(bytes, qnameAt, qnameLength)) return;
    const waitedMs = waitedMsIn(bytes, offset);
    const result = bytes[offset + QUERY_AT.result]!;
    const from = bytes[offset + QUERY_AT.from]! & ~OWN_NAME;
    const isUnanswered = result === RESULT.failed && from === FROM.local;
    const kind = {
      qtype: getU16(bytes, offset + QUERY_AT.qtype),
      qclass: getU16(bytes, offset + QUERY_AT.qclass),
      transport: bytes[offset + QUERY_AT.transport]!,
      result,
      rcode: bytes[offset + QUERY_AT.rcode]! - 1,
      from: isUnanswered ? FROM.nobody : from,
    };
    const ledAt = qnameAt + qnameLength;
    onward?.(
      rowInWords({
        ...kind,
        timeMs,
        count,
        asker,
        name: nameToText(bytes.subarray(qnameAt, ledAt)),
        upstream: upstreamText(bytes, ledAt, offset + length),
        list: null,
        rule: null,
        waitedMs,
      }),
    );
    if (log === null) return;
    if (!log.hasRoom) {
      log.lose(count);
      return;
    }
    log.add(timeMs, bytes, qnameAt, qnameLength, {
      asker: log.tables.askerId(asker, timeMs),
      kind: kindNumber({ ...kind, source: upstreamOf(bytes, ledAt, offset + length, log) }),
      count,
      wait: waitedMs === null ? 0 : waitCode(waitedMs),
      rule: 0,
    });
  }

  /** A hit that was answered by its list's rule: there is no query record beside it. */
  addHit(record: HitRecord, hit: Hit): void {
    const log = this.#log;
    const onward = this.#onward;
    if (record.verdict === VERDICT.monitor || this.#pseudonyms !== null) return;
    const { timeMs, count, qname, qtype, qclass, transport, result, rcode } = record;
    // Of an earlier start, and in its log already.
    if ((log === null && onward === null) || timeMs <= (log?.keptUntilMs ?? 0)) return;
    const asker = this.#askerFor(hit.client);
    if (asker === null || this.#isLeftOut(qname, 0, qname.length)) return;
    const { list, rule } = hit;
    const { name } = hit.question;
    const from = FROM.list;
    if (onward !== null) {
      const kind = { qtype, qclass, transport, result, rcode, from };
      onward(rowInWords({ ...kind, timeMs, count, asker, name, upstream: null, list, rule, waitedMs: null }));
    }
    if (log === null) return;
    if (!log.hasRoom) {
      log.lose(count);
      return;
    }
    log.add(timeMs, qname, 0, qname.length, {
      asker: log.tables.askerId(asker, timeMs),
      kind: kindNumber({
        qtype,
        source: log.tables.sourceId('list', list),
        result,
        rcode,
        from,
        transport,
        qclass,
      }),
      count,
      wait: 0,
      rule: isEndOf(rule, name) ? ruleOfEnd(rule.length) : ruleOfRow(log.tables.ruleId(rule, timeMs)),
    });
  }

  get isOwed(): boolean {
    return this.#log?.isOwed === true;
  }

  /** Call a few times a second. */
  tick(): void {
    this.#countRingsLost();
    this.#log?.tick();
  }

  /** Puts all that waits into the file. */
  close(): void {
    this.#countRingsLost();
    this.#log?.close();
    this.#log = null;
  }

  get #onward(): ((row: LogRow) => void) | null {
    const { onward } = this.#options;
    const { anonymise = false } = this.#settings ?? {};
    // Without its key nothing can be anonymised, and nothing goes anywhere.
    if (onward === undefined || this.#settings === null || (anonymise && this.#pseudonyms === null))
      return null;
    return onward();
  }

  #countRingsLost(): void {
    const lost = this.#options.ringsLost();
    if (lost > this.#ringsLost) this.#log?.lose(lost - this.#ringsLost);
    this.#ringsLost = lost;
  }

  #askerFor(client: HitClient): LoggedAsker | null {
    const known = this.#askers.get(client);
    if (known !== undefined) return known;
    const asker = this.#isClientLeftOut(client) ? null : this.#shown(client);
    this.#askers.set(client, asker);
    return asker;
  }

  #shown(client: HitClient): LoggedAsker {
    if (this.#pseudonyms === null) return client;
    const address = textToAddress(client.ip);
    const ip = address === null ? 'unknown' : addressToText(this.#pseudonyms.of(address));
    return { ip, machine: `anon-${ip}`, name: null, mac: null, group: null };
  }

  #isClientLeftOut({ ip, mac, name }: HitClient): boolean {
    if (this.#leftOut === null) return false;
    const { groups, settings } = this.#leftOut;
    const address = textToAddress(ip);
    if (address === null) return false;
    if (groups.groupOf(address) >= 0) return true;
    return assignKnown([{ name: '', clients: settings.withoutClients }], [{ address, mac, name }]).length > 0;
  }

  #isLeftOut(bytes: Uint8Array, offset: number, length: number): boolean {
    const names = this.#settings?.withoutNames ?? [];
    if (names.length === 0) return false;
    const name = nameToText(bytes.subarray(offset, offset + length));
    return names.some((without) => isEndOf(without, name));
  }

  #pseudonymsIn(path: string): Pseudonyms | null {
    try {
      return new Pseudonyms(keyIn(path));
    } catch (error) {
      const why = messageOf(error);
      this.#options.say('error', `no query is logged: the key of its pseudonyms cannot be had: ${why}`);
      return null;
    }
  }
}

function upstreamText(bytes: Uint8Array, from: number, end: number): string | null {
  const at = upstreamAt(bytes, from, end);
  return at < 0 ? null : Buffer.from(bytes.subarray(at + 2, at + 2 + bytes[at + 1]!)).toString();
}

/** The number in the log of the upstream that a record names; 0: none. */
function upstreamOf(bytes: Uint8Array, from: number, end: number, { tables }: QueryLog): number {
  const at = upstreamAt(bytes, from, end);
  return at < 0 ? 0 : tables.upstreamId(bytes, at + 2, bytes[at + 1]!);
}
