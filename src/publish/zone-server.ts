// Answers questions about served zones: who may ask, what the zone is now, and what was asked and taken.

import type { ServedZoneConfig } from '../config/meant/serve.ts';
import { counted } from '../config/values/grouped.ts';
import { appendOpt } from '../wire/message/edns.ts';
import { addressToText } from '../wire/names/address.ts';
import { RCODE, TYPE } from '../wire/records/iana.ts';
import { admit } from '../zone/outgoing/gate.ts';
import { MessageWriter } from '../zone/outgoing/message-writer.ts';
import { Notifier, type NotifyTarget } from '../zone/outgoing/notifier.ts';
import { emptyReply, readZoneQuestion, type ZoneQuestion } from '../zone/outgoing/question.ts';
import { soaData } from '../zone/outgoing/served-zone.ts';
import { kindFor, type TransferKind, transferMessages } from '../zone/outgoing/transfer.ts';
import type { TsigSession } from '../zone/tsig.ts';
import type { ZoneState } from './messages.ts';
import { NotifySockets } from './notify-sockets.ts';
import { Secondaries } from './secondaries.ts';
import type { ZoneKeeper } from './zone-keeper.ts';

const APEX = new Uint8Array(0);
/** Between two lines of the log about refusals: strangers shall not fill it. */
const REFUSED_TELL_MS = 60_000;

export interface ZoneServerParts {
  /** Wall clock, ms. */
  readonly now: () => number;
  readonly random16: () => number;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
  readonly changed: () => void;
}

/** Either one message, or those of a transfer over TCP. */
export type ZoneAnswer =
  | { readonly kind: 'message'; readonly message: Uint8Array }
  | {
      readonly kind: 'transfer';
      /** Signed where the question was; of one revision. */
      readonly messages: Iterable<Uint8Array>;
      /** To be called with what came of it. */
      readonly ended: (isWhole: boolean, octets: number, tookMs: number) => void;
      /** What is said instead when there is no room. */
      readonly busy: Uint8Array;
    };

interface Served {
  readonly keeper: ZoneKeeper;
  readonly secondaries: Secondaries;
  notifiers: readonly Notifier[];
  readonly counts: { whole: number; incremental: number; broken: number; refused: number; octets: number };
}

const keyOf = (apex: Uint8Array): string => Buffer.from(apex).toString('latin1');

export class ZoneServer {
  readonly #parts: ZoneServerParts;
  readonly #zones = new Map<string, Served>();
  readonly #sockets: NotifySockets;
  #refusedMs = Number.NEGATIVE_INFINITY;

  constructor(parts: ZoneServerParts) {
    this.#parts = parts;
    this.#sockets = new NotifySockets((message, from) => this.#heard(message, from));
  }

  keeperOf({ apex }: ServedZoneConfig): ZoneKeeper | null {
    return this.#zones.get(keyOf(apex))?.keeper ?? null;
  }

  /** Serves these zones and no others. */
  use(keepers: readonly ZoneKeeper[]): void {
    const wanted = new Set(keepers.map(({ config }) => keyOf(config.apex)));
    for (const [key, { notifiers }] of this.#zones) {
      if (wanted.has(key)) continue;
      for (const notifier of notifiers) notifier.stop();
      this.#zones.delete(key);
    }
    for (const keeper of keepers) {
      const key = keyOf(keeper.config.apex);
      const served = this.#zones.get(key) ?? {
        keeper,
        secondaries: new Secondaries(),
        notifiers: [],
        counts: { whole: 0, incremental: 0, broken: 0, refused: 0, octets: 0 },
      };
      this.#zones.set(key, served);
      this.#useTargets(served);
    }
  }

  /** Tells the zone's secondaries, those at least that have not been told since the start. */
  tell(config: ServedZoneConfig, isNew: boolean): void {
    const served = this.#zones.get(keyOf(config.apex));
    const zone = served?.keeper.zone ?? null;
    if (served === undefined || zone === null) return;
    for (const notifier of served.notifiers) if (isNew || notifier.serial === null) notifier.tell(zone);
    if (isNew)
      this.#parts.log(
        'info',
        `zone ${config.name}: serial ${zone.serial}, ${counted(zone.content.names, 'name')}`,
      );
    this.#parts.changed();
  }

  /** @param from 16 octets @returns null where nothing is owed */
  answer(message: Uint8Array, from: Uint8Array, isUdp: boolean): ZoneAnswer | null {
    const read = readZoneQuestion(message);
    if (read === null) return null;
    if ('rcode' in read) return one(emptyReply(message, read.rcode, null, null));
    const served = this.#zones.get(keyOf(read.zone));
    if (served === undefined) return one(emptyReply(message, RCODE.REFUSED, read, null));
    const { keeper, secondaries } = served;
    const nowSeconds = (): number => Math.floor(this.#parts.now() / 1000);
    const admission = admit(message, read, from, keeper.config, nowSeconds);
    if (admission.refused !== null) {
      this.#refuse(served, from, admission.refused);
      return one(admission.reply);
    }
    const { session } = admission;
    const signed = (reply: Uint8Array): Uint8Array => session?.sign(reply) ?? reply;
    const { zone } = keeper;
    if (zone === null) return one(signed(emptyReply(message, RCODE.SERVFAIL, read, null)));
    secondaries.asked(addressToText(from), read.have, this.#parts.now());
    this.#parts.changed();
    if (read.qtype === TYPE.SOA || (isUdp && read.qtype === TYPE.IXFR))
      return one(signed(soaReply(read, keeper)));
    // RFC 5936 §4.2: AXFR over UDP is not defined.
    if (isUdp) return one(signed(emptyReply(message, RCODE.REFUSED, read, null)));
    const kind = kindFor(zone, read.have);
    return {
      kind: 'transfer',
      messages: inOrder(transferMessages(zone, read.have, read), session),
      ended: (isWhole, octets, tookMs) =>
        this.#ended(served, addressToText(from), { kind, serial: zone.serial, octets, tookMs, isWhole }),
      busy: emptyReply(message, RCODE.SERVFAIL, read, null),
    };
  }

  states(): ZoneState[] {
    return [...this.#zones.values()].map(({ keeper, secondaries, notifiers, counts }) => ({
      name: keeper.config.name,
      serial: keeper.zone?.serial ?? null,
      changedMs: keeper.zone?.changedMs ?? null,
      names: keeper.zone?.content.names ?? 0,
      deltas: keeper.zone?.deltas.length ?? 0,
      leftOut: keeper.leftOut,
      transfers: { ...counts },
      secondaries: secondaries.states(keeper.zone?.serial ?? null, notifiers),
      error: keeper.error,
    }));
  }

  close(): void {
    for (const { notifiers } of this.#zones.values()) for (const notifier of notifiers) notifier.stop();
    this.#sockets.close();
  }

  /** Those that stay keep what they were told. */
  #useTargets(served: Served): void {
    const { notify, tsig } = served.keeper.config;
    const isSame =
      served.notifiers.length === notify.length &&
      served.notifiers.every(
        ({ target, tsig: key }, i) =>
          target.host === notify[i]!.host && target.port === notify[i]!.port && isSameKey(key, tsig),
      );
    if (isSame) return;
    for (const notifier of served.notifiers) notifier.stop();
    served.notifiers = notify.map(
      (target) =>
        new Notifier({
          target,
          tsig,
          send: (message, to) => this.#sockets.send(message, to),
          nowSeconds: () => Math.floor(this.#parts.now() / 1000),
          randomId: this.#parts.random16,
          after: (ms, run) => {
            const timer = setTimeout(() => {
              run();
              this.#parts.changed();
            }, ms);
            return () => clearTimeout(timer);
          },
        }),
    );
  }

  #heard(message: Uint8Array, { host, port }: NotifyTarget): void {
    for (const { notifiers } of this.#zones.values())
      for (const notifier of notifiers)
        if (notifier.target.host === host && notifier.target.port === port && notifier.heard(message))
          this.#parts.changed();
  }

  #refuse({ keeper, counts }: Served, from: Uint8Array, why: string): void {
    counts.refused += 1;
    this.#parts.changed();
    if (this.#parts.now() - this.#refusedMs < REFUSED_TELL_MS) return;
    this.#refusedMs = this.#parts.now();
    this.#parts.log('warn', `zone ${keeper.config.name}: ${addressToText(from)} is refused: ${why}`);
  }

  #ended(
    { keeper, secondaries, counts }: Served,
    address: string,
    transfer: { kind: TransferKind; serial: number; octets: number; tookMs: number; isWhole: boolean },
  ): void {
    const { kind, serial, octets, tookMs, isWhole } = transfer;
    counts.octets += octets;
    if (!isWhole) counts.broken += 1;
    else {
      if (kind === 'axfr') counts.whole += 1;
      if (kind === 'ixfr') counts.incremental += 1;
      secondaries.took(address, { kind, serial, octets, tookMs, atMs: this.#parts.now() });
    }
    if (kind !== 'current' || !isWhole)
      this.#parts.log(
        isWhole ? 'info' : 'warn',
        `zone ${keeper.config.name}: ${kind.toUpperCase()} of serial ${serial} to ${address} ${isWhole ? 'is done' : 'broke off'} (${octets} octets, ${Math.round(tookMs)} ms)`,
      );
    this.#parts.changed();
  }
}

const one = (message: Uint8Array): ZoneAnswer => ({ kind: 'message', message });

function* inOrder(messages: Iterable<Uint8Array>, session: TsigSession | null): Generator<Uint8Array, void> {
  for (const message of messages) yield session?.sign(message) ?? message;
}

function soaReply(question: ZoneQuestion, { zone }: ZoneKeeper): Uint8Array {
  const writer = new MessageWriter(question.id, question.question, zone!.ttlSeconds);
  writer.add(APEX, 0, 0, TYPE.SOA, soaData(zone!));
  const message = writer.finish();
  if (!question.hasOpt) return message;
  const whole = new Uint8Array(message.length + 11);
  whole.set(message);
  return whole.subarray(0, appendOpt(whole, message.length, false, 0));
}

function isSameKey(a: ServedZoneConfig['tsig'], b: ServedZoneConfig['tsig']): boolean {
  return a?.name === b?.name && a?.algorithm === b?.algorithm && a?.secret === b?.secret;
}
