#!/usr/bin/env bash
# mmdb-writer 0.2.7 with maxminddb 2.6.2 (PyPI): an IPv4 network in a database is not found for the IPv4-mapped form of an address.
# From memory one would write: a lookup of ::ffff:192.0.2.1 gives what 192.0.2.1 gives, as in the databases that are sold.
# It does: IPv4 networks are stored at ::/96 only; the writer makes no alias for ::ffff:0:0/96, and the reader does not unwrap the address.
# Who looks up clients of a dual-stack socket in a database of its own: those that came by IPv4 have no entry; unwrap mapped addresses first.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check mmdb-writer==0.2.7 maxminddb==2.6.2

cat > "$work/see.py" <<'END'
import sys
from importlib.metadata import version
from pathlib import Path
import maxminddb
from mmdb_writer import MMDBWriter
from netaddr import IPSet

for package in ["mmdb-writer", "maxminddb"]:
    print(package, version(package))
path = str(Path(sys.argv[0]).parent / "sites.mmdb")
writer = MMDBWriter(ip_version=6, ipv4_compatible=True, database_type="sites")
writer.insert_network(IPSet(["192.0.2.0/24"]), {"site": "north"})
writer.to_db_file(path)
reader = maxminddb.open_database(path)
for address in ["192.0.2.1", "::192.0.2.1", "::ffff:192.0.2.1"]:
    print(address, reader.get(address))
END
seen=$("$work/venv/bin/python" "$work/see.py")
expected=$(cat <<'END'
mmdb-writer 0.2.7
maxminddb 2.6.2
192.0.2.1 {'site': 'north'}
::192.0.2.1 {'site': 'north'}
::ffff:192.0.2.1 None
END
)

echo 'behaviour: the IPv4-mapped form of a listed address is not found'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
