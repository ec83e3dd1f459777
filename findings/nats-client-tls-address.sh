#!/usr/bin/env bash
# @nats-io/transport-node 3.4.0 (npm): a server that is named by its IP address cannot be verified over TLS.
# From memory one would write: a certificate with that address as subjectAltName (RFC 6125, iPAddress) is accepted, as Node's own tls.connect({ host }) does.
# It does: it gives Node neither a server name nor a host, so Node compares the certificate with "localhost", whatever address was dialled.
# Who connects sites to tls://192.0.2.1 sees "Host: localhost. is not in the cert's altnames" and is led to turn verification off; `tls: { host }` mends it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund @nats-io/transport-node@3.4.0 @nats-io/nats-core@3.4.0 >/dev/null
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out cert.pem -days 2 \
  -subj '/CN=nats.example' -addext 'subjectAltName=IP:127.0.0.1' 2>/dev/null

cat > see.mjs <<'END'
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { connect as tlsConnect, createServer as createTlsServer, TLSSocket } from 'node:tls';
import { connect } from '@nats-io/transport-node';

const [key, cert] = [readFileSync('key.pem'), readFileSync('cert.pem')];
console.log('transport-node', JSON.parse(readFileSync('node_modules/@nats-io/transport-node/package.json')).version);

// As a NATS server: INFO in the open, then TLS.
const info = { server_id: 'A', version: '2.10.0', proto: 1, headers: true, max_payload: 1048576, tls_required: true };
const server = createServer((socket) => {
  socket.on('error', () => undefined);
  socket.write(`INFO ${JSON.stringify(info)}\r\n`);
  const secured = new TLSSocket(socket, { isServer: true, key, cert });
  secured.on('error', () => undefined);
  secured.on('data', (data) => { if (String(data).includes('PING')) secured.write('PONG\r\n'); });
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const servers = `127.0.0.1:${server.address().port}`;
const attempt = async (name, tls) => {
  const seen = await connect({ servers, tls, reconnect: false, timeout: 5000 }).then(
    (connection) => { void connection.close(); return 'connected'; },
    (error) => error.message.replace(/^.*?(Host: \S+).*$/s, 'refused, compared with: $1'),
  );
  console.log(`${name}: ${seen}`);
};
await attempt('nats client, address in the certificate', { caFile: 'cert.pem' });
await attempt('the same with the host said again', { caFile: 'cert.pem', host: '127.0.0.1' });

const plain = createTlsServer({ key, cert }, (socket) => socket.end()).on('tlsClientError', () => undefined);
await new Promise((resolve) => plain.listen(0, '127.0.0.1', resolve));
const own = tlsConnect({ host: '127.0.0.1', port: plain.address().port, ca: cert });
const seen = await new Promise((resolve) => { own.on('secureConnect', () => resolve('connected')); own.on('error', (error) => resolve(error.message)); });
console.log(`Node's own tls.connect: ${seen}`);
process.exit(0);
END
seen=$(node see.mjs 2>/dev/null)
expected=$(cat <<'END'
transport-node 3.4.0
nats client, address in the certificate: refused, compared with: Host: localhost.
the same with the host said again: connected
Node's own tls.connect: connected
END
)

echo 'behaviour: a certificate for the dialled address is compared with "localhost"'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
