// Syslog (RFC 5424) over UDP (RFC 5426), TCP (RFC 6587) or TLS (RFC 5425). On a stream a message is framed by its count of
// octets, or, for receivers that cut at line feeds, ended by one; no message of ours holds one inside.
//
// No transport of syslog answers: over TCP and TLS taken means handed to the kernel on a connection the peer has not
// closed; over UDP it means sent.
import { createSocket, type Socket as Datagrams } from 'node:dgram';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { messageOf } from '../../config/coded-error.ts';
import { type Notice, type Receiver, ReceiverError } from '../receiver.ts';
import { type Origin, type SyslogFormat, syslogMessages } from './messages.ts';

export interface SyslogOptions {
  readonly name: string;
  readonly transport: 'udp' | 'tcp' | 'tls';
  readonly host: string;
  readonly port: number;
  readonly format: SyslogFormat;
  /** On a stream (RFC 6587 §3.4.1, §3.4.2). */
  readonly framing?: 'octets' | 'newline';
  readonly origin: Origin;
  /** PEM of the authority that signed the receiver's certificate; null trusts the system's. */
  readonly authority?: string | null;
}

/** Longest datagram: over the 1,180 octets every receiver takes (RFC 5426 §3.2), below what IP can carry. */
const DATAGRAM_OCTETS_MAX = 8192;
/** What rsyslog, syslog-ng and Wazuh take of one message unless told otherwise, or more. */
const STREAM_OCTETS_MAX = 65_536;

export function createSyslogReceiver(options: SyslogOptions): Receiver {
  const line = options.transport === 'udp' ? datagramLine(options) : streamLine(options);
  return {
    name: options.name,
    async deliver(notice: Notice, signal: AbortSignal): Promise<void> {
      const octetsMax = options.transport === 'udp' ? DATAGRAM_OCTETS_MAX : STREAM_OCTETS_MAX;
      for (const message of syslogMessages(notice, options.format, options.origin, octetsMax)) {
        signal.throwIfAborted();
        await line.send(Buffer.from(message), signal);
      }
    },
    async close() {
      line.close();
    },
  };
}

interface Line {
  send(message: Buffer, signal: AbortSignal): Promise<void>;
  close(): void;
}

function datagramLine({ host, port }: SyslogOptions): Line {
  let socket: Datagrams | null = null;
  return {
    send(message) {
      socket ??= createSocket({ type: host.includes(':') ? 'udp6' : 'udp4' }).on('error', () => {});
      const sending = socket;
      return new Promise((resolve, reject) => {
        sending.send(cutUtf8(message, DATAGRAM_OCTETS_MAX), port, host, (error) =>
          error === null || error === undefined ? resolve() : reject(unreachable(host, port, error)),
        );
      });
    },
    close() {
      socket?.close();
      socket = null;
    },
  };
}

function streamLine(options: SyslogOptions): Line {
  let socket: Socket | null = null;
  return {
    async send(message, signal) {
      if (socket === null || socket.destroyed || socket.readableEnded || !socket.writable)
        socket = await connect(options, signal);
      await write(socket, framed(message, options.framing ?? 'octets'), options, signal);
    },
    close() {
      socket?.end();
      socket = null;
    },
  };
}

function framed(message: Buffer, framing: 'octets' | 'newline'): Buffer {
  return framing === 'newline'
    ? Buffer.concat([message, Buffer.from('\n')])
    : Buffer.concat([Buffer.from(`${message.length} `), message]);
}

function connect(options: SyslogOptions, signal: AbortSignal): Promise<Socket> {
  const { host, port, transport, authority } = options;
  const socket =
    transport === 'tls'
      ? process.getBuiltinModule('node:tls').connect({
          host,
          port,
          ...(isIP(host) === 0 ? { servername: host } : {}),
          ...(authority == null ? {} : { ca: authority }),
        })
      : connectTcp({ host, port });
  return new Promise((resolve, reject) => {
    const abort = () => socket.destroy(new Error('no answer in time'));
    signal.addEventListener('abort', abort, { once: true });
    socket.once(transport === 'tls' ? 'secureConnect' : 'connect', () => {
      signal.removeEventListener('abort', abort);
      socket.setKeepAlive(true, 30_000);
      resolve(socket);
    });
    // Stays: a connection that breaks later must not end the process. What the receiver says is read and dropped.
    socket.on('error', (error) => reject(unreachable(host, port, error)));
    socket.on('end', () => socket.destroy());
    socket.resume();
  });
}

function write(
  socket: Socket,
  octets: Buffer,
  { host, port }: SyslogOptions,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const broken = () => {
      socket.destroy();
      done(unreachable(host, port, new Error('the connection was closed')));
    };
    const done = (error: Error | null) => {
      socket.off('close', broken);
      signal.removeEventListener('abort', broken);
      if (error === null) resolve();
      else reject(error);
    };
    socket.once('close', broken);
    signal.addEventListener('abort', broken, { once: true });
    socket.write(octets, (error) => done(error == null ? null : unreachable(host, port, error)));
  });
}

function unreachable(host: string, port: number, error: Error): ReceiverError {
  return new ReceiverError(
    'RECEIVER_UNREACHABLE',
    `no syslog receiver (${host}:${port}): ${messageOf(error)}`,
    {
      cause: error,
    },
  );
}

/** Cuts between characters. */
function cutUtf8(octets: Buffer, length: number): Buffer {
  if (octets.length <= length) return octets;
  let end = length;
  while (end > 0 && (octets[end]! & 0xc0) === 0x80) end -= 1;
  return octets.subarray(0, end);
}
