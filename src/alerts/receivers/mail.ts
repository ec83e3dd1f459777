// Mail over SMTP, in plain text. The Message-ID is the notice's identifier: the same over all attempts.
import type { Transporter } from 'nodemailer';
import { messageOf } from '../../config/coded-error.ts';
import { describe } from '../describe.ts';
import { plain } from '../escape.ts';
import { type Notice, type Receiver, ReceiverError } from '../receiver.ts';

export interface MailOptions {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** `tls` from the first octet, `starttls` demanded, `opportunistic` when offered and whatever the certificate, `none` never. */
  readonly security: 'tls' | 'starttls' | 'opportunistic' | 'none';
  readonly user: string | null;
  readonly password: string | null;
  readonly from: string;
  readonly to: readonly string[];
}

const TIMEOUT_MS = 10_000;
const PRIORITY = { low: 'low', medium: 'normal', high: 'high' } as const;

export function createMailReceiver(options: MailOptions): Receiver {
  // Loaded where there is mail to send, and then at once: code that is replaced under a running daemon must not lose its alerts.
  const transporter = openTransport(options);
  // Told by each delivery.
  transporter.catch(() => undefined);
  /** Of a notice that not all have got, who has not: as nodemailer writes them, which lowers letters and encodes what is not ASCII. */
  const refusedOf = new WeakMap<Notice, readonly string[]>();
  return {
    name: options.name,
    async deliver(notice: Notice): Promise<void> {
      const before = refusedOf.get(notice) ?? null;
      let refused: readonly Refused[];
      try {
        const envelope = { from: options.from, to: [...(before ?? options.to)] };
        const mail = { ...mailOf(notice, options), envelope };
        ({ rejectedErrors: refused = [] } = (await (await transporter).sendMail(mail)) as Sent);
      } catch (error) {
        // Those who were left of it, all of them.
        const { rejectedErrors = [] } = error as Partial<Sent>;
        if (before !== null && rejectedErrors.length > 0) throw refusal(options, rejectedErrors);
        throw failure(options.host, error instanceof Error ? error : new Error(String(error)));
      }
      if (refused.length === 0) return;
      refusedOf.set(
        notice,
        refused.map(({ recipient }) => recipient),
      );
      throw refusal(options, refused);
    },
    async close() {
      await transporter.then(
        (open) => open.close(),
        () => undefined,
      );
    },
  };
}

interface Refused extends Error {
  readonly recipient: string;
  readonly responseCode?: number;
}

/** What nodemailer says of a mail that some got. */
interface Sent {
  readonly rejectedErrors?: readonly Refused[];
}

/** Others have got it. */
function refusal({ host, to }: MailOptions, refused: readonly Refused[]): ReceiverError {
  const each = refused.map(({ recipient, message }) => `${recipient} (${plain(message)})`);
  return new ReceiverError(
    'RECEIVER_REFUSED',
    `the mail server refused (${host}) ${each.join(', ')}; ${to.length - refused.length} of ${to.length} have it`,
    { isPartly: true, permanent: refused.every(({ responseCode = 0 }) => responseCode >= 500) },
  );
}

async function openTransport(options: MailOptions): Promise<Transporter> {
  const { host, port, security, user, password } = options;
  const { createTransport } = await import('nodemailer');
  return createTransport({
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    // What would go in the clear without TLS is not kept back for want of a certificate that proves something (RFC 7435).
    ...(security === 'opportunistic' ? { tls: { rejectUnauthorized: false } } : {}),
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(user === null ? {} : { auth: { user, pass: password ?? '' } }),
  });
}

function mailOf(notice: Notice, { from, to }: MailOptions) {
  const { title, sentence, facts } = describe(notice);
  const domain = from.replace(/^.*@|[>\s].*$/g, '') || 'cenote';
  return {
    from,
    to: [...to],
    subject: `[cenote] ${title}`,
    messageId: `<${notice.id}@${domain}>`,
    // One thread an incident in the reader's mailbox.
    ...(notice.incident === null ? {} : { references: `<${notice.incident.id}@${domain}>` }),
    priority: ['test', 'recovered'].includes(notice.kind)
      ? 'low'
      : PRIORITY[notice.incident?.severity ?? 'high'],
    headers: { 'Auto-Submitted': 'auto-generated' },
    date: new Date(notice.time),
    text: [sentence, '', ...facts.map(([label, value]) => `${label}: ${value}`), ''].join('\n'),
  };
}

function failure(host: string, error: Error): ReceiverError {
  const code = 'responseCode' in error ? Number(error.responseCode) : 0;
  if (code === 0)
    return new ReceiverError('RECEIVER_UNREACHABLE', `no mail server (${host}): ${plain(messageOf(error))}`, {
      cause: error,
    });
  return new ReceiverError('RECEIVER_REFUSED', `the mail server refused (${host}): ${plain(error.message)}`, {
    permanent: code >= 500,
    cause: error,
  });
}
