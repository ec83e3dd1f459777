#!/usr/bin/env bash
# dns-zonefile 0.3.2 (npm): a record that is written over two lines in parentheses is taken for the SOA of the zone.
# From memory one would write: parentheses continue any record (RFC 1035, 5.1).
# It does: the SRV record is lost, and its owner, priority and target become fields of the SOA, in place of the real one.
# Who reads RPZ or local zones with it: the serial of the zone is no number any more, so no change is ever seen.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" dns-zonefile@0.3.2

cat > "$work/see.mjs" <<'END'
import { readFileSync } from 'node:fs';
import zonefile from 'dns-zonefile';

const { name, version } = JSON.parse(readFileSync(new URL('node_modules/dns-zonefile/package.json', import.meta.url)));
console.log(name, version);
const soa = 'zone.example. IN SOA ns.zone.example. host.zone.example. 7 3600 600 86400 60\n';
for (const record of ['srv IN SRV 1 2 53 host.zone.example.\n', 'srv IN SRV ( 1 2\n  53 host.zone.example. )\n']) {
  const zone = zonefile.parse(soa + record);
  console.log(JSON.stringify({ serial: zone.soa.serial, mname: zone.soa.mname, srv: zone.srv ?? null }));
}
END
seen=$(node "$work/see.mjs")
expected=$(cat <<'END'
dns-zonefile 0.3.2
{"serial":7,"mname":"ns.zone.example.","srv":[{"name":"srv","target":"host.zone.example.","priority":1,"weight":2,"port":53}]}
{"serial":null,"mname":"srv","srv":null}
END
)

echo 'behaviour: a record in parentheses replaces the SOA'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
