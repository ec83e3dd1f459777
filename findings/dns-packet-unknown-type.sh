#!/usr/bin/env bash
# dns-packet 5.6.1 (npm): asking for a record type that it does not know by name sends type 0, without an error.
# From memory one would write: encode() knows HTTPS and SVCB, takes "TYPE65", or throws on a type that it does not know.
# It does: any name that it does not know becomes type 0 on the wire; "UNKNOWN_65" is the form it accepts for a number.
# Who tests a resolver with it: the query for HTTPS that a browser makes is not what this sends, and the answer to type 0 says nothing about it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" dns-packet@5.6.1

cat > "$work/see.mjs" <<'END'
import { readFileSync } from 'node:fs';
import packet from 'dns-packet';

const { name, version } = JSON.parse(readFileSync(new URL('node_modules/dns-packet/package.json', import.meta.url)));
console.log(name, version);
for (const type of ['AAAA', 'HTTPS', 'TYPE65', 'UNKNOWN_65']) {
  const octets = packet.encode({ type: 'query', questions: [{ type, name: 'example.org' }] });
  console.log(type, '-> type', octets.readUInt16BE(octets.length - 4));
}
END
seen=$(node "$work/see.mjs")
expected=$(cat <<'END'
dns-packet 5.6.1
AAAA -> type 28
HTTPS -> type 0
TYPE65 -> type 0
UNKNOWN_65 -> type 65
END
)

echo 'behaviour: an unknown type name is sent as type 0'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
