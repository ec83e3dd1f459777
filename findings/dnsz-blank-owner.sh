#!/usr/bin/env bash
# dnsz 4.5.2 (npm): a record that starts with a blank is lost when it states neither class nor TTL.
# From memory one would write: owner, class and TTL may each be left out (RFC 1035, 5.1); such a line belongs to the owner before.
# It does: with "IN" or a TTL the line is read, with the type alone it is dropped, without an error.
# Who reads zones with it: several addresses for one name are often written in this short form; only the first remains.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" dnsz@4.5.2

cat > "$work/see.mjs" <<'END'
import { readFileSync } from 'node:fs';
import { parseZone } from 'dnsz';

const { name, version } = JSON.parse(readFileSync(new URL('node_modules/dnsz/package.json', import.meta.url)));
console.log(name, version);
const zone = '$ORIGIN zone.example.\n$TTL 60\nhost IN A 192.0.2.1\n  IN A 192.0.2.2\n  A 192.0.2.3\n  300 A 192.0.2.4\n';
for (const record of parseZone(zone).records) console.log(record.name, record.ttl, record.type, record.content);
END
seen=$(node "$work/see.mjs")
expected=$(cat <<'END'
dnsz 4.5.2
host.zone.example 60 A 192.0.2.1
host.zone.example 60 A 192.0.2.2
host.zone.example 300 A 192.0.2.4
END
)

echo 'behaviour: a line with the type alone is dropped'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
