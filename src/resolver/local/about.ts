// What this resolver says of itself in class CHAOS (RFC 4892): its id and its version, each only where the admin wants it.
//
// HOT: a look at the class. Anybody's other question of that class is refused.
import { writeU16 } from '../../wire/header.ts';
import { appendAnswer, beginReply } from '../../wire/message/compose.ts';
import { appendOpt } from '../../wire/message/edns.ts';
import type { Query } from '../../wire/message/query.ts';
import { textToName } from '../../wire/names/presentation.ts';
import { CLASS, RCODE, TYPE } from '../../wire/records/iana.ts';

interface Said {
  /** Wire form. */
  readonly name: Uint8Array;
  /** TXT RDATA. */
  readonly rdata: Uint8Array;
}

/** Nobody may keep it: another one may answer next (RFC 4892 §3). */
const TTL_SECONDS = 0;
const ID_NAMES = ['id.server', 'hostname.bind'];
const VERSION_NAMES = ['version.server', 'version.bind'];

export class About {
  readonly #said: readonly Said[];

  /** @param id null: not said @param version null: not said */
  constructor(id: string | null, version: string | null) {
    this.#said = [...saidOf(ID_NAMES, id), ...saidOf(VERSION_NAMES, version)];
  }

  /** The reply's length; 0 where this is no such question. */
  answer(query: Query): number {
    if (query.qclass !== CLASS.CH || (query.qtype !== TYPE.TXT && query.qtype !== TYPE.ANY)) return 0;
    const said = this.#find(query);
    if (said === null) return 0;
    const question = beginReply(query, RCODE.NOERROR);
    const end = appendAnswer(query.reply, question, TYPE.TXT, TTL_SECONDS, said.rdata);
    writeU16(query.reply, question + 4, CLASS.CH); // behind the owner's pointer and the type
    return query.optOffset === 0 ? end : appendOpt(query.reply, end, query.dnssecOk, 0);
  }

  #find({ qname, qnameEnd }: Query): Said | null {
    for (let i = 0; i < this.#said.length; i += 1) {
      const { name } = this.#said[i]!;
      if (name.length !== qnameEnd - 12) continue;
      let same = 0;
      while (same < name.length && name[same] === qname[same]) same += 1;
      if (same === name.length) return this.#said[i]!;
    }
    return null;
  }
}

function saidOf(names: readonly string[], text: string | null): Said[] {
  if (text === null) return [];
  const octets = new TextEncoder().encode(text).slice(0, 255);
  const rdata = Uint8Array.of(octets.length, ...octets);
  return names.flatMap((written) => {
    const name = textToName(written);
    return name === null ? [] : [{ name, rdata }];
  });
}
