// What upstreams have said to a question that is explained: kept by a resolver thread, or asked for because a person wants it.
import { HEADER_OCTETS, readU16 } from '../../wire/header.ts';
import { skipName } from '../../wire/names/name.ts';
import { nameToText } from '../../wire/names/presentation.ts';

/** Where an answer was had: a resolver thread keeps it, or it was asked for now. */
export type AnswerFrom = 'kept' | 'asked';

export interface KnownAnswer {
  readonly message: Uint8Array;
  readonly from: AnswerFrom;
}

/** What an upstream would be asked. */
export interface Unanswered {
  /** The query as it would leave. */
  readonly message: Uint8Array;
  /** Wire form, as it stands in the query. */
  readonly name: Uint8Array;
  readonly qtype: number;
  /** Number of the client's group, −1 for none. */
  readonly group: number;
  /** Whose upstreams: a view of policy/views.ts that begins with 0. */
  readonly view: number;
}

export type AnswerSource = (question: Unanswered) => Promise<KnownAnswer | null>;

export class KnownAnswers {
  readonly #answers = new Map<string, KnownAnswer>();
  #group = -1;
  /** What was asked first of all that is not known. */
  missing: Unanswered | null = null;
  #from: AnswerFrom | null = null;

  get size(): number {
    return this.#answers.size;
  }

  /** Where the answers that were of use come from; null where none was. */
  get from(): AnswerFrom | null {
    return this.#from;
  }

  add(question: Unanswered, answer: KnownAnswer): void {
    this.#answers.set(keyOf(question), answer);
  }

  /** Of a question of a client in this group. */
  begin(group: number): void {
    this.#group = group;
    this.missing = null;
    this.#from = null;
  }

  find(message: Uint8Array, view: number): Uint8Array | null {
    const end = skipName(message, HEADER_OCTETS, message.length);
    const name = message.slice(HEADER_OCTETS, end);
    const question = { message, name, qtype: readU16(message, end), group: this.#group, view };
    const answer = this.#answers.get(keyOf(question));
    if (answer === undefined) {
      this.missing ??= question;
      return null;
    }
    // One that had to be asked for says more of the way than one that was kept.
    if (this.#from !== 'asked') this.#from = answer.from;
    return answer.message;
  }
}

const keyOf = ({ name, qtype, view }: Unanswered): string =>
  `${nameToText(name).toLowerCase()} ${qtype} ${view}`;
