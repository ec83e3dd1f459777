#!/usr/bin/env bash
# nats-server 2.15.3 (Go) with @nats-io/transport-node 3.4.0 (npm): a publish to a forbidden subject neither throws nor closes anything.
# From memory one would write: a refused publish rejects, or at the least flush() after it does.
# They do: publish() and flush() succeed, the message is dropped; the refusal is only an event in status(), which nobody has to read.
# Who sends policy or hits by NATS with narrow permissions: a wrong permission looks like success; wait for an acknowledgement of the message itself.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" @nats-io/transport-node@3.4.0
export GOPATH="$work/go" GOFLAGS='-mod=mod -modcacherw' GOWORK=off
mkdir "$work/server"
cd "$work/server"
go mod init server 2> /dev/null
{ go get github.com/nats-io/nats-server/v2@v2.15.3 && go build -trimpath -o nats-server github.com/nats-io/nats-server/v2; } 2> "$work/log" ||
  { cat "$work/log" >&2; exit 1; }

cat > "$work/see.mjs" <<'END'
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { connect } from '@nats-io/transport-node';

const here = new URL('.', import.meta.url).pathname;
const free = createServer().listen(0, '127.0.0.1');
await once(free, 'listening');
const { port } = free.address();
await once(free.close(), 'close');

async function startServer() {
  const server = spawn(here + 'server/nats-server', ['-c', here + 'server/conf', '-p', String(port)], { stdio: ['ignore', 'ignore', 'pipe'] });
  process.on('exit', () => server.kill());
  await new Promise((ready) => server.stderr.on('data', (text) => String(text).includes('Server is ready') && ready()));
  return server;
}

writeFileSync(here + 'server/conf', `host: 127.0.0.1
authorization { users: [{ user: site, password: site, permissions: { publish: ["hits.site", "_INBOX.>"], subscribe: "_INBOX.>" } }] }
`);
const server = await startServer();
const site = await connect({ port, user: 'site', pass: 'site' });
console.log('server', site.info.version);
const status = site.status()[Symbol.asyncIterator]();
const event = status.next();
try {
  site.publish('policy.all', 'x');
  await site.flush();
  console.log('publish and flush: no error, closed:', site.isClosed());
} catch (error) {
  console.log('error:', error.message);
}
console.log('status:', (await event).value.error.message);
await site.close();
server.kill();
END
seen=$(node "$work/see.mjs")
expected=$(cat <<'END'
server 2.15.3
publish and flush: no error, closed: false
status: Permissions Violation for Publish to "policy.all"
END
)

echo 'behaviour: a forbidden publish succeeds for its caller'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
