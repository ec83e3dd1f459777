#!/usr/bin/env bash
# nats-server 2.15.3 (Go) with @nats-io/kv 3.4.0 (npm): a watcher of a bucket that is made anew hears nothing of the new one, and does not say so.
# From memory one would write: the watch ends with an error when its bucket goes away, or sees what is put into the new one.
# It does: it stays open and gives nothing (watched for twelve seconds); revisions start at 1 again, a get() sees the new value, the watcher does not.
# Who sends policy by a watched key: let every reader also ask from time to time, and number the policy itself, not by the revision of the bucket.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" @nats-io/transport-node@3.4.0 @nats-io/jetstream@3.4.0 @nats-io/kv@3.4.0
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
import { Kvm } from '@nats-io/kv';
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
const server = await startServer();
const client = await connect({ port });
console.log('server', client.info.version);
const buckets = new Kvm(jetstream(client));
const bucket = await buckets.create('policy');
const watch = await bucket.watch();
const seen = [];
let ended = false;
const first = new Promise((ready) => {
  (async () => {
    for await (const entry of watch) {
      seen.push(entry.revision + '=' + entry.string());
      ready();
    }
    ended = true;
  })();
});
await bucket.put('rules', 'one');
await first;
await (await jetstreamManager(client)).streams.delete('KV_policy');
const anew = await buckets.create('policy');
console.log('put into the new bucket, revision', await anew.put('rules', 'two'));
console.log('get:', (await bucket.get('rules')).string());
await new Promise((later) => setTimeout(later, 12_000));
console.log('watcher after twelve seconds:', seen.join(' '), 'ended:', ended);
server.kill();
process.exit();
END
seen=$(node "$work/see.mjs")
expected=$(cat <<'END'
server 2.15.3
put into the new bucket, revision 1
get: two
watcher after twelve seconds: 1=one ended: false
END
)

echo 'behaviour: the watcher of a bucket made anew stays open and silent'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
