#!/usr/bin/env bash
# proxy-protocol-js 4.0.6 (npm): the short form of an unknown connection, "PROXY UNKNOWN" and nothing else, is refused.
# From memory one would write: the PROXY protocol (version 1) lets a sender stop after UNKNOWN, and the receiver must take the line and use the real addresses.
# It does: only the long form with two addresses and two ports is accepted; the short one throws.
# Who stands behind a load balancer: for connections of its own, such as checks, it may send the short form, and a listener built on this drops them.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" proxy-protocol-js@4.0.6

cat > "$work/see.mjs" <<'END'
import { readFileSync } from 'node:fs';
import { V1ProxyProtocol } from 'proxy-protocol-js';

const { name, version } = JSON.parse(readFileSync(new URL('node_modules/proxy-protocol-js/package.json', import.meta.url)));
console.log(name, version);
for (const line of ['PROXY TCP4 192.0.2.1 192.0.2.2 1024 53', 'PROXY UNKNOWN ::1 ::1 1024 53', 'PROXY UNKNOWN']) {
  let said;
  try {
    said = V1ProxyProtocol.parse(line + '\r\n')?.inetProtocol;
  } catch (error) {
    said = error.message;
  }
  console.log(line, '->', said);
}
END
seen=$(node "$work/see.mjs")
expected=$(cat <<'END'
proxy-protocol-js 4.0.6
PROXY TCP4 192.0.2.1 192.0.2.2 1024 53 -> TCP4
PROXY UNKNOWN ::1 ::1 1024 53 -> UNKNOWN
PROXY UNKNOWN -> given data isn't suitable for V1 PROXY protocols definition
END
)

echo 'behaviour: "PROXY UNKNOWN" alone is refused'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
