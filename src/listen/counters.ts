// What listeners count.

/** What one listener has seen since it opened. */
export class Counters {
  /** Messages handed to `answer`. */
  queries = 0;
  /** Replies handed to the kernel. */
  replies = 0;
  /** Input that never became a query: source port 0, too long for UDP, a frame of length 0. */
  ignored = 0;
  /** Replies that could not be sent: refused by the kernel, queue full, connection gone. */
  sendFailures = 0;
  /** Connections accepted. */
  opened = 0;
  /** Connections turned away because a limit was reached and none could make room. */
  refused = 0;
  /** Idle connections closed to make room for a newer one (RFC 7766 §6.2.3). */
  evicted = 0;
  /** Connections cut by a deadline: idle, half a message, handshake, peer that does not read. */
  timedOut = 0;
}
