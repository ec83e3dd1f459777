#!/usr/bin/env bash
# Kea 2.2.0 (Debian 12, kea-dhcp4-server 2.2.0-6), memfile leases: after the cleanup the lease file holds a header line and no lease.
# From memory one would write: the cleanup ("lfc") compacts kea-leases4.csv, so the file that the configuration names holds all leases at any time.
# It does: the leases move to "kea-leases4.csv.2" (and for a moment ".1", ".completed"), and the named file starts anew with what changes from then on.
# Who names clients by their leases: a reader of that one file knows nobody an hour after the start (the default interval), until each client renews.
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
  "lease-database": { "type": "memfile", "name": "$work/run/leases.csv", "lfc-interval": 3 },
  "hooks-libraries": [{ "library": "$library/kea/hooks/libdhcp_lease_cmds.so" }],
  "subnet4": [{ "id": 1, "subnet": "192.0.2.0/24" }]
} }
END
export LD_LIBRARY_PATH="$library" KEA_PIDFILE_DIR="$work/run" KEA_LOCKFILE_DIR="$work/run" KEA_LFC_EXECUTABLE="$work/root/usr/sbin/kea-lfc"
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
    lease = {"ip-address": "192.0.2.7", "hw-address": "02:00:00:00:00:07", "hostname": "till", "subnet-id": 1}
    control.sendall(json.dumps({"command": "lease4-add", "arguments": lease}).encode())
    print(json.loads(control.recv(65536))["text"])


def leases(name):
    return [line.split(",")[8] for line in (run / name).read_text().splitlines()[1:] if line]


print("leases.csv", leases("leases.csv"))
for _ in range(200):
    if not leases("leases.csv") and (run / "leases.csv.2").exists():
        break
    time.sleep(0.1)
print("after the cleanup: leases.csv", leases("leases.csv"), "leases.csv.2", leases("leases.csv.2"))
END
seen="Kea $("$work/root/usr/sbin/kea-dhcp4" -v)
$(python3 "$work/see.py" "$work/run")"
expected="Kea 2.2.0
Lease for address 192.0.2.7, subnet-id 1 added.
leases.csv ['till']
after the cleanup: leases.csv [] leases.csv.2 ['till']"

echo 'behaviour: the named lease file is empty after the cleanup'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
