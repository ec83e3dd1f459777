#!/usr/bin/env bash
# isc-dhcp-leases 0.10.0 (PyPI): a lease that was released, or that another machine has since, is still current.
# From memory one would write: dhcpd.leases is a log, so of several entries of an address the last one tells what is so, and get_current() gives the leases that stand.
# It does: each entry is judged alone. An older entry that said "active" until tomorrow stays current though a later one of the same address frees it
# or gives it to another hardware address.
# Who names machines with it: two machines hold one address at the same time, and the one that left can be blamed for what the other asks.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps isc-dhcp-leases==0.10.0 six==1.17.0

cat > "$work/dhcpd.leases" <<'END'
lease 192.0.2.10 {
  starts 4 2026/01/01 08:00:00;
  ends 5 2099/01/01 08:00:00;
  binding state active;
  hardware ethernet 02:00:00:00:00:10;
  client-hostname "till-1";
}
lease 192.0.2.20 {
  starts 4 2026/01/01 08:00:00;
  ends 5 2099/01/01 08:00:00;
  binding state active;
  hardware ethernet 02:00:00:00:00:20;
  client-hostname "till-2";
}
lease 192.0.2.10 {
  starts 4 2026/01/01 08:00:00;
  ends 4 2026/01/01 09:00:00;
  binding state free;
  hardware ethernet 02:00:00:00:00:10;
}
lease 192.0.2.20 {
  starts 4 2026/01/01 10:00:00;
  ends 5 2099/01/01 10:00:00;
  binding state active;
  hardware ethernet 02:00:00:00:00:30;
  client-hostname "laptop-3";
}
END
cat > "$work/see.py" <<'END'
from importlib.metadata import version
import sys
from isc_dhcp_leases import IscDhcpLeases

print("isc-dhcp-leases", version("isc-dhcp-leases"))
for lease in sorted(IscDhcpLeases(sys.argv[1]).get_current().values(), key=lambda each: each.ethernet):
    print(lease.ip, lease.ethernet, lease.hostname)
END
seen=$("$work/venv/bin/python" "$work/see.py" "$work/dhcpd.leases")
expected=$(cat <<'END'
isc-dhcp-leases 0.10.0
192.0.2.10 02:00:00:00:00:10 till-1
192.0.2.20 02:00:00:00:00:20 till-2
192.0.2.20 02:00:00:00:00:30 laptop-3
END
)

echo 'behaviour: a released lease, and one of an address that another machine has since, are current'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
