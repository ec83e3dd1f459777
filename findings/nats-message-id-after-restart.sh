#!/usr/bin/env bash
# nats-server 2.15.3 (Go) with @nats-io/jetstream 3.4.0 (npm): after a restart the server forgets the message ids of messages that were consumed.
# From memory one would write: a Nats-Msg-Id is known for the whole duplicate window of its stream (two minutes by default), restart or not.
# It does: the ids are read back from the messages that are still stored; in a work queue the acknowledged ones are gone, and so are their ids.
# Who relies on it for "exactly once": a sender that repeats after a restart is taken in a second time; the store behind must know its own ids.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" @nats-io/transport-node@3.4.0 @nats-io/jetstream@3.4.0
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
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
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

writeFileSync(here + 'server/conf', `host: 127.0.0.1\njetstream { store_dir: "${here}store" }\n`);
const publish = async (client, stream) => (await jetstream(client).publish(stream, 'x', { msgID: 'one' })).duplicate;

let server = await startServer();
let client = await connect({ port });
console.log('server', client.info.version);
const manager = await jetstreamManager(client);
await manager.streams.add({ name: 'kept', subjects: ['kept'] });
await manager.streams.add({ name: 'queue', subjects: ['queue'], retention: 'workqueue' });
await manager.consumers.add('queue', { durable_name: 'reader', ack_policy: 'explicit' });
for (const stream of ['kept', 'queue']) console.log(stream, 'first, duplicate:', await publish(client, stream));
await (await (await jetstream(client).consumers.get('queue', 'reader')).next()).ackAck();
for (const stream of ['kept', 'queue']) console.log(stream, 'again, duplicate:', await publish(client, stream));
await client.close();
server.kill();
await once(server, 'exit');

server = await startServer();
client = await connect({ port });
for (const stream of ['kept', 'queue']) console.log(stream, 'after a restart, duplicate:', await publish(client, stream));
await client.close();
server.kill();
END
seen=$(node "$work/see.mjs")
expected=$(cat <<'END'
server 2.15.3
kept first, duplicate: false
queue first, duplicate: false
kept again, duplicate: true
queue again, duplicate: true
kept after a restart, duplicate: true
queue after a restart, duplicate: false
END
)

echo 'behaviour: the id of a consumed message is not known after a restart'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
