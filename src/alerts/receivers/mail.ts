// Mail over SMTP, in plain text. The Message-ID is the notice's identifier: the same over all attempts.
import type { Transporter } from 'nodemailer';
import { describe } from '../describe.ts';
import { plain } from '../escape.ts';
import { type Notice, type Receiver, ReceiverError } from '../receiver.ts';

export interface MailOptions {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** `tls` from the first octet, `starttls` demanded, `opportunistic` when offered, `none` never. */
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
  return {
    name: options.name,
    async deliver(notice: Notice): Promise<void> {
      try {
        await (await transporter).sendMail(mailOf(notice, options));
      } catch (error) {
        throw failure(options.host, error instanceof Error ? error : new Error(String(error)));
      }
    },
    async close() {
      await transporter.then(
        (open) => open.close(),
        () => undefined,
      );
    },
  };
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
    return new ReceiverError('RECEIVER_UNREACHABLE', `no mail server (${host}): ${plain(error.message)}`, {
      cause: error,
    });
  return new ReceiverError('RECEIVER_REFUSED', `the mail server refused (${host}): ${plain(error.message)}`, {
    permanent: code >= 500,
    cause: error,
  });
}
