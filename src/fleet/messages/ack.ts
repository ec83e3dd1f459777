// What a stream answers to whoever hands it a message.
import type { Msg } from '@nats-io/transport-node';

/** What JetStream says of a publication. */
export function readAck(answer: Msg): { readonly sequence: number | null; readonly why: string } {
  try {
    const { seq, error } = answer.json<{ seq?: unknown; error?: { description?: unknown } }>();
    // Beside an error stands sequence 0.
    if (typeof seq === 'number' && error === undefined) return { sequence: seq, why: '' };
    return { sequence: null, why: String(error?.description ?? 'the stream says no') };
  } catch {
    return { sequence: null, why: 'what answered is no stream' };
  }
}
