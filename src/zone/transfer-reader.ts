// The records of a zone transfer in order (RFC 5936 AXFR, RFC 1995 IXFR): says what each is, and when the transfer is complete.
import { TYPE } from '../wire/records/iana.ts';
import { ZoneError } from './zone-error.ts';

export interface TransferSink {
  /** A whole zone begins, with this SOA. */
  beginWhole(soa: string): void;
  /** Changes to the zone we have begin; they lead to this SOA. */
  beginChanges(soa: string): void;
  add(line: string): void;
  remove(line: string): void;
}

/** `changes` is between two SOA records of an incremental answer. */
type Stage = 'start' | 'second' | 'whole' | 'removing' | 'adding' | 'done';

export class TransferReader {
  readonly #sink: TransferSink;
  /** The serial we have and asked changes from; null for AXFR. */
  readonly #have: number | null;
  #stage: Stage = 'start';
  #serial = -1;
  #soa = '';
  #reached = -1;
  /** The zone is at the serial we have. */
  isUnchanged = false;
  /** The zone is behind what we have: its primary began anew, and only the whole zone will do. */
  isOlder = false;

  constructor(sink: TransferSink, have: number | null) {
    this.#sink = sink;
    this.#have = have;
  }

  get isDone(): boolean {
    return this.#stage === 'done';
  }

  /** The zone's new serial, once its first record has been read. */
  get serial(): number {
    return this.#serial;
  }

  /**
   * @param serial of an SOA record; ignored for others
   * @throws ZoneError when the record may not stand there
   */
  record(type: number, line: string, serial: number): void {
    const isSoa = type === TYPE.SOA;
    switch (this.#stage) {
      case 'start':
        if (!isSoa || serial < 0) throw disorder('does not begin with an SOA record');
        this.#serial = serial;
        this.#soa = line;
        this.#stage = 'second';
        return;
      case 'second':
        this.#second(isSoa, line, serial);
        return;
      case 'whole':
        if (!isSoa) this.#sink.add(line);
        else if (serial === this.#serial) this.#stage = 'done';
        else throw disorder('changed while it was transferred');
        return;
      case 'removing':
        if (!isSoa) this.#sink.remove(line);
        else {
          this.#reached = serial;
          this.#stage = 'adding';
        }
        return;
      case 'adding':
        if (!isSoa) this.#sink.add(line);
        else if (serial !== this.#reached) throw disorder('has a gap between two changes');
        else this.#stage = serial === this.#serial ? 'done' : 'removing';
        return;
      case 'done':
        throw disorder('goes on after its end');
      default:
        this.#stage satisfies never;
    }
  }

  /** A message has ended: one lone SOA answers IXFR with "you have it", or with "what you have is newer". */
  endOfMessage(): void {
    if (this.#stage !== 'second' || this.#have === null) return;
    // Sequence space arithmetic (RFC 1982 §3.2).
    if (((this.#serial - this.#have) | 0) > 0) return;
    this.isUnchanged = this.#have === this.#serial;
    this.isOlder = !this.isUnchanged;
    this.#stage = 'done';
  }

  #second(isSoa: boolean, line: string, serial: number): void {
    if (!isSoa) {
      this.#sink.beginWhole(this.#soa);
      this.#sink.add(line);
      this.#stage = 'whole';
    } else if (this.#have !== null && serial === this.#have && serial !== this.#serial) {
      this.#sink.beginChanges(this.#soa);
      this.#stage = 'removing';
    } else if (serial === this.#serial) {
      this.#sink.beginWhole(this.#soa);
      this.#stage = 'done';
    } else throw disorder('holds changes from a serial we do not have');
  }
}

function disorder(why: string): ZoneError {
  return new ZoneError('ZONE_TRANSFER', `the transfer ${why}; it is tried again later`);
}
