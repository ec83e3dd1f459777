#!/usr/bin/env bash
# Kea 2.2.0 (Debian 12, kea-dhcp4-server 2.2.0-6), memfile leases: a comma in a host name or a user context is written as "&#x2c", without a semicolon.
# From memory one would write: a field with a comma stands in quotes, as in other CSV; or, if it looks like an HTML entity, it ends in ";".
# It does: "till,3" becomes till&#x2c3, where a decoder of HTML entities would read the 3 as part of the number; the name is folded to small letters as well.
# Who names clients by their leases: a CSV library splits the rows rightly, and every text field must still be decoded in Kea's own way.
set -euo pipefail
work=$(mktemp -d)
trap 'kill "${server:-}" 2> /dev/null || true; rm -rf "$work"' EXIT
mkdir -p "$work/debs/partial" "$work/run"
apt-get -qq -y -o Debug::NoLocking=1 -o Dir::Cache::archives="$work/debs" --download-only --reinstall install \
  kea-dhcp4-server=2.2.0-6 kea-common=2.2.0-6 > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
for deb in "$work"/debs/*.deb; do dpkg-deb -x "$deb" "$work/root"; done
library="$work/root/usr/lib/x86_64-linux-gnu"

cat > "$work/conf" <<END
{ "Dhcp4": {
  "interfaces-config": { "interfaces": [] },
  "control-socket": { "socket-type": "unix", "socket-name": "$work/run/socket" },
  "lease-database": { "type": "memfile", "name": "$work/run/leases.csv" },
  "hooks-libraries": [{ "library": "$library/kea/hooks/libdhcp_lease_cmds.so" }],
  "subnet4": [{ "id": 1, "subnet": "192.0.2.0/24" }]
} }
END
export LD_LIBRARY_PATH="$library" KEA_PIDFILE_DIR="$work/run" KEA_LOCKFILE_DIR="$work/run"
"$work/root/usr/sbin/kea-dhcp4" -c "$work/conf" > "$work/log" 2>&1 &
server=$!

cat > "$work/see.py" <<'END'
import json
import socket
import sys
import time
from pathlib import Path

run = Path(sys.argv[1])
for _ in range(100):
    if (run / "socket").exists():
        break
    time.sleep(0.1)
with socket.socket(socket.AF_UNIX) as control:
    control.connect(str(run / "socket"))
    lease = {"ip-address": "192.0.2.7", "hw-address": "02:00:00:00:00:07", "hostname": "Till,3", "user-context": {"at": "x,y"}, "subnet-id": 1}
    control.sendall(json.dumps({"command": "lease4-add", "arguments": lease}).encode())
    print(json.loads(control.recv(65536))["text"])

print((run / "leases.csv").read_text().splitlines()[1].split(",", 5)[5])
END
seen="Kea $("$work/root/usr/sbin/kea-dhcp4" -v)
$(python3 "$work/see.py" "$work/run")"
expected='Kea 2.2.0
Lease for address 192.0.2.7, subnet-id 1 added.
1,0,0,till&#x2c3,0,{ "at": "x&#x2cy" }'

echo 'behaviour: a comma is written as &#x2c, without a semicolon'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
