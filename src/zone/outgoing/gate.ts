// Who may have a zone: by address, by key, or by both. Nobody where neither is configured.
import type { Prefix } from '../../config/config.ts';
import { EDE, RCODE } from '../../wire/records/iana.ts';
import { BADKEY, BADTIME, isSigned, TsigError, type TsigKey, TsigSession, withTsigError } from '../tsig.ts';
import { emptyReply, type ZoneQuestion } from './question.ts';

export interface ZoneAccess {
  /** Empty: whoever has the key. */
  readonly allow: readonly Prefix[];
  readonly tsig: TsigKey | null;
}

export type Admission =
  /** `session`: signs the answers; null where there is no key. */
  | { readonly refused: null; readonly session: TsigSession | null }
  | { readonly refused: string; readonly reply: Uint8Array };

/** @param from the asker, 16 octets */
export function admit(
  message: Uint8Array,
  question: ZoneQuestion,
  from: Uint8Array,
  access: ZoneAccess,
  nowSeconds: () => number,
): Admission {
  const refuse = (rcode: number, why: string): Admission => ({
    refused: why,
    reply: emptyReply(message, rcode, question, { code: EDE.PROHIBITED, text: why }),
  });
  const { allow, tsig } = access;
  if (allow.length === 0 && tsig === null) return refuse(RCODE.REFUSED, 'nobody may have this zone');
  if (allow.length > 0 && !allow.some((prefix) => holds(prefix, from)))
    return refuse(RCODE.REFUSED, 'this address may not have this zone');
  if (tsig === null) {
    if (!isSigned(message)) return { refused: null, session: null };
    return unknownKey(message, question, nowSeconds(), 'it is signed and the zone has no key');
  }
  if (!isSigned(message))
    return refuse(RCODE.REFUSED, 'the question is not signed with the key of this zone');
  const session = new TsigSession(tsig, nowSeconds);
  try {
    session.verify(message);
    return { refused: null, session };
  } catch (error) {
    if (!(error instanceof TsigError)) throw error;
    return { refused: error.message, reply: notAuthentic(message, question, error, session, nowSeconds()) };
  }
}

function unknownKey(message: Uint8Array, question: ZoneQuestion, now: number, why: string): Admission {
  try {
    const bare = emptyReply(message, RCODE.NOTAUTH, question, null);
    return { refused: why, reply: withTsigError(bare, message, BADKEY, now) };
  } catch (error) {
    if (!(error instanceof TsigError)) throw error;
    return { refused: error.message, reply: emptyReply(message, RCODE.FORMERR, question, null) };
  }
}

/** RFC 8945 §5.2: FORMERR for a record that cannot be read, else NOTAUTH with the reason; signed where only the clocks differ. */
function notAuthentic(
  message: Uint8Array,
  question: ZoneQuestion,
  { error }: TsigError,
  session: TsigSession,
  now: number,
): Uint8Array {
  if (error === RCODE.FORMERR) return emptyReply(message, RCODE.FORMERR, question, null);
  const bare = emptyReply(message, RCODE.NOTAUTH, question, null);
  return error === BADTIME ? session.signBadTime(bare) : withTsigError(bare, message, error, now);
}

function holds({ bytes, bits }: Prefix, address: Uint8Array): boolean {
  for (let i = 0; 8 * i < bits; i += 1) {
    const mask = bits - 8 * i >= 8 ? 0xff : (0xff00 >> (bits - 8 * i)) & 0xff;
    if (((bytes[i]! ^ address[i]!) & mask) !== 0) return false;
  }
  return true;
}
