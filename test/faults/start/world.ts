// What a machine of the start matrix has around it: a web server with a list, and a resolver. Arguments: JSON of a World.
import { createSocket } from 'node:dgram';
import { createServer } from 'node:http';
import { response } from '../../support/message.ts';
import { readMessage } from '../../support/read-message.ts';

export interface World {
  /** Where it listens; null where nothing answers. */
  readonly host: string | null;
  readonly list: 'good' | '404' | 'HTML' | 'empty' | 'slow';
  /** Addresses of the list's server, as the resolver says them. */
  readonly addresses: readonly string[];
  /** Something else has port 53. */
  readonly takesPort?: boolean;
}

const GOOD = 'far.example\nfarther.example\nfarthest.example\n';
const PAGE = '<!doctype html><html><body><h1>Sign in to the network</h1></body></html>';

const { host, list, addresses, takesPort } = JSON.parse(process.argv[2] ?? '') as World;
if (host !== null) {
  createServer((_, answer) => {
    if (list === 'slow') return;
    if (list === '404') answer.writeHead(404).end('not here');
    else answer.end({ good: GOOD, HTML: PAGE, empty: '' }[list]);
  }).listen(8080, host);
  const resolver = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  resolver.on('message', (message, from) => {
    const question = readMessage(message)?.question;
    if (!question) return;
    const { name, type } = question;
    const own = addresses.filter((address) => address.includes(':') === (type === 'AAAA'));
    const records = name === 'lists.example' && /^A/.test(type) ? own : type === 'A' ? ['198.51.100.1'] : [];
    const answer = records.map((address) => `${name} 300 ${type} ${address}`);
    resolver.send(response(message, { answer }), from.port, from.address);
  });
  resolver.bind(53, host === '127.0.0.1' ? '127.0.0.2' : host);
}
if (takesPort === true) createSocket('udp4').bind(53, '127.0.0.1');
setInterval(() => undefined, 1 << 30);
process.stdout.write('ready\n');
