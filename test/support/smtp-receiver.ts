// An SMTP server that keeps what it is given, and refuses whom it is told to.
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { CERTIFICATE } from './listen-certificate.ts';

export interface SmtpReceiver {
  readonly port: number;
  readonly mails: string[];
  readonly recipients: string[];
  /** Replies to RCPT, by address; the others are taken. */
  readonly refused: Map<string, string>;
  /** Mails that came under TLS. */
  readonly secured: () => number;
  /** Reply to the end of DATA from now on. */
  answerWith(reply: string): void;
  close(): Promise<void>;
}

/** @param offersTls by STARTTLS, with a certificate that signs itself */
export async function smtpReceiver({ offersTls = false } = {}): Promise<SmtpReceiver> {
  const mails: string[] = [];
  const recipients: string[] = [];
  const refused = new Map<string, string>();
  const sockets = new Set<Socket>();
  let secured = 0;
  let reply = '250 taken';
  const converse = (socket: Socket): void => {
    let text = '';
    let inData = false;
    const say = (line: string): void => void socket.write(`${line}\r\n`);
    const take = (piece: string): void => {
      text += piece;
      for (;;) {
        const end = text.indexOf(inData ? '\r\n.\r\n' : '\r\n');
        if (end < 0) return;
        const line = text.slice(0, end);
        text = text.slice(end + (inData ? 5 : 2));
        if (inData) {
          mails.push(line);
          if (socket instanceof TLSSocket) secured += 1;
          inData = false;
          say(reply);
          continue;
        }
        const verb = line.slice(0, 4).toUpperCase();
        const address = /<(.*?)>/.exec(line)?.[1] ?? '';
        if (verb === 'RCPT') recipients.push(line);
        inData = verb === 'DATA';
        if (inData) say('354 go on');
        else if (verb === 'QUIT') say('221 bye');
        else if (verb === 'EHLO' && offersTls && !(socket instanceof TLSSocket))
          say('250-receiver\r\n250 STARTTLS');
        else if (verb === 'RCPT') say(refused.get(address) ?? '250 yes');
        else if (verb === 'STAR') {
          socket.off('data', take);
          say('220 go on');
          converse(new TLSSocket(socket, { isServer: true, ...CERTIFICATE }));
          return;
        } else say('250 yes');
      }
    };
    socket.on('error', () => {});
    socket.setEncoding('utf8').on('data', take);
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    converse(socket);
    socket.write('220 receiver ESMTP\r\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    mails,
    recipients,
    refused,
    secured: () => secured,
    answerWith(next) {
      reply = next;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
