#!/usr/bin/env bash
# dns2 3.1.1 (npm): an AAAA record with an IPv4-mapped address in dotted form is written with the wrong octets.
# From memory one would write: "::ffff:192.0.2.1" (RFC 4291, 2.2) and "::ffff:c000:201" are the same sixteen octets.
# It does: the dotted part is parsed as one number, so the last two octets become 0192.
# Who renders answers with it: the dotted form is what other software prints for mapped addresses; convert it first.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" dns2@3.1.1

cat > "$work/see.mjs" <<'END'
import { readFileSync } from 'node:fs';
import dns2 from 'dns2';

const { name, version } = JSON.parse(readFileSync(new URL('node_modules/dns2/package.json', import.meta.url)));
console.log(name, version);
const { Packet } = dns2;
for (const address of ['2001:db8::1', '::ffff:c000:201', '::ffff:192.0.2.1']) {
  const packet = new Packet();
  packet.answers.push({ name: 'example.org', type: Packet.TYPE.AAAA, class: Packet.CLASS.IN, ttl: 60, address });
  const octets = packet.toBuffer();
  console.log(address, '->', octets.subarray(octets.length - 16).toString('hex'));
}
END
seen=$(node "$work/see.mjs")
expected=$(cat <<'END'
dns2 3.1.1
2001:db8::1 -> 20010db8000000000000000000000001
::ffff:c000:201 -> 00000000000000000000ffffc0000201
::ffff:192.0.2.1 -> 000000000000000000000000ffff0192
END
)

echo 'behaviour: a dotted IPv4-mapped address is written wrongly'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
