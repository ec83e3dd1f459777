#!/usr/bin/env bash
# zonefile-parser 0.1.20 (PyPI): a TTL with a unit is taken for the type of the record, and only the first token of most data is kept.
# From memory one would write: "5m" before the type is a TTL of 300 seconds, as every name server reads it; the data of an HTTPS or TXT record is all that follows.
# It does: "5m IN A 192.0.2.3" is a record of type "5M" with the data "IN"; of "1 . alpn=h2" it keeps "1", of two strings the first.
# Who reads RPZ or local zones with it: addresses vanish without an error when somebody writes 5m in place of 300.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check zonefile-parser==0.1.20

cat > "$work/see.py" <<'END'
from importlib.metadata import version
import zonefile_parser

print("zonefile-parser", version("zonefile-parser"))
zone = """$ORIGIN zone.example.
$TTL 60
@ IN SOA ns host 1 3600 600 86400 60
a 300 IN A 192.0.2.3
b 5m IN A 192.0.2.3
c 300 IN HTTPS 1 . alpn=h2
d 300 IN TXT "one" "two"
"""
for record in zonefile_parser.parse(zone)[1:]:
    print(record)
END
seen=$("$work/venv/bin/python" "$work/see.py")
expected=$(cat <<'END'
zonefile-parser 0.1.20
{'rtype': 'A', 'name': 'a.zone.example.', 'rclass': 'IN', 'rdata': {'value': '192.0.2.3'}, 'ttl': '300'}
{'rtype': '5M', 'name': 'b.zone.example.', 'rclass': 'IN', 'rdata': {'value': 'IN'}, 'ttl': 60}
{'rtype': 'HTTPS', 'name': 'c.zone.example.', 'rclass': 'IN', 'rdata': {'value': '1'}, 'ttl': '300'}
{'rtype': 'TXT', 'name': 'd.zone.example.', 'rclass': 'IN', 'rdata': {'value': 'one'}, 'ttl': '300'}
END
)

echo 'behaviour: 5m is taken for a record type'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
