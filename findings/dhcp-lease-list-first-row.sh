#!/usr/bin/env bash
# dhcp-lease-list of ISC dhcpd 4.4.3-P1 (Debian 12, isc-dhcp-server 4.4.3-P1-2): of several rows for a MAC it shows the one that ends first.
# From memory one would write: it "prints active DHCP leases", and with --last "the last entry for every MAC", as its help says.
# It does: dhcpd appends a row for each renewal, and the row kept is the oldest one that has not ended, so a client that moved is shown at the address that it
# left; a lease that was released is shown until its former end; a host name that has "lease" in it is left out.
# Who names clients by its output (--parsable): addresses of the wrong machine; read the file itself, whose last row for an address holds.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/debs/partial"
apt-get -qq -y -o Debug::NoLocking=1 -o Dir::Cache::archives="$work/debs" --download-only --reinstall install \
  isc-dhcp-server=4.4.3-P1-2 > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
dpkg-deb -x "$work"/debs/isc-dhcp-server_*.deb "$work/root"

time_of() { date --utc --date="$1" '+%u %Y/%m/%d %H:%M:%S'; }
row() { # address, MAC, state, start, end, name; as dhcpd writes it
  cat <<END
lease $1 {
  starts $(time_of "$4");
  ends $(time_of "$5");
  cltt $(time_of "$4");
  binding state $3;
  next binding state free;
  rewind binding state free;
  hardware ethernet $2;
$([ -z "$6" ] || echo "  client-hostname \"$6\";")
}
END
}
{
  echo 'authoring-byte-order little-endian;'
  row 192.0.2.11 02:00:00:00:00:01 active '10 minutes ago' '20 minutes' moved
  row 192.0.2.12 02:00:00:00:00:01 active '5 minutes ago' '25 minutes' moved
  row 192.0.2.13 02:00:00:00:00:02 active '10 minutes ago' '20 minutes' gone
  row 192.0.2.13 02:00:00:00:00:02 free '10 minutes ago' '5 minutes ago' ''
  row 192.0.2.14 02:00:00:00:00:03 active '10 minutes ago' '20 minutes' release-build
  row 192.0.2.15 02:00:00:00:00:04 active '10 minutes ago' '20 minutes' till-4
} > "$work/leases"
list() { perl "$work/root/usr/sbin/dhcp-lease-list" --parsable "$@" --lease "$work/leases" 2> /dev/null | sed 's/ BEGIN.*//'; }
seen="isc-dhcp-server $(dpkg-deb -f "$work"/debs/isc-dhcp-server_*.deb Version)
$(list)
--last:
$(list --last | grep 192.0.2.1[12])"
expected=$(cat <<'END'
isc-dhcp-server 4.4.3-P1-2
MAC 02:00:00:00:00:01 IP 192.0.2.11 HOSTNAME moved
MAC 02:00:00:00:00:02 IP 192.0.2.13 HOSTNAME gone
MAC 02:00:00:00:00:03 IP 192.0.2.14 HOSTNAME -NA-
MAC 02:00:00:00:00:04 IP 192.0.2.15 HOSTNAME till-4
--last:
MAC 02:00:00:00:00:01 IP 192.0.2.11 HOSTNAME moved
END
)

echo 'behaviour: 192.0.2.11, left for 192.0.2.12, and 192.0.2.13, released, are listed; 192.0.2.14 has lost its name'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
