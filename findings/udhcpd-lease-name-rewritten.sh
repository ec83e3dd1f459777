#!/usr/bin/env bash
# udhcpd of BusyBox 1.35.0 (Debian 12), lease file: a blank in a host name becomes a dot, and names are cut after 19 octets.
# From memory one would write: the file holds the name that the client sent, or none where it is no host name.
# It does: each octet that is no ASCII letter, digit or hyphen is written as a dot, so "living room" reads as two labels; what is
# beyond 19 octets is gone without a mark; the name in option 81 (client FQDN) is not kept at all.
# Who names clients by the file: two machines may share one name, and a dot is not proof of a domain.
# Runs server and clients in two network namespaces of its own; nothing leaves them.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/debs/partial"
apt-get -qq -y -o Debug::NoLocking=1 -o Dir::Cache::archives="$work/debs" --download-only --reinstall install \
  busybox=1:1.35.0-4+deb12u1+b1 > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
for deb in "$work"/debs/*.deb; do dpkg-deb -x "$deb" "$work/root"; done

cat > "$work/udhcpd.conf" <<END
start 192.0.2.10
end 192.0.2.50
interface server
lease_file $work/leases
pidfile $work/pid
option lease 3600
END
cat > "$work/network.sh" <<'END'
set -euo pipefail
cd "$1"
trap 'kill $(jobs -p) 2> /dev/null || true' EXIT
unshare --net sleep 100 &
clients=$!
until [ "$(readlink /proc/$clients/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.1; done
ip link add server type veth peer name client
ip link set client netns "$clients"
ip addr add 192.0.2.1/24 dev server
ip link set server up
nsenter --target "$clients" --net ip addr add 198.51.100.1/24 dev client
nsenter --target "$clients" --net ip link set client up
nsenter --target "$clients" --net ip route add 255.255.255.255 dev client
touch leases
root/bin/busybox udhcpd -f udhcpd.conf > log 2>&1 &
server=$!
nsenter --target "$clients" --net python3 lease.py
kill -USR1 "$server" # writes the file
until [ -s leases ]; do sleep 0.1; done
python3 show.py
END

cat > "$work/lease.py" <<'END'
import socket

link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
link.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
link.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"client")
link.bind(("0.0.0.0", 68))
link.settimeout(4)  # before an offer the server looks for two seconds whether somebody has the address


def ask(number, kind, options):
    """Sends a DHCP message and returns the offered address and the server's, once it is answered (RFC 2131)."""
    mac = bytes([2, 0, 0, 0, 0, number])
    head = bytes([1, 1, 6, 0, 0, 0, kind, number, 0, 0, 0x80, 0]) + bytes(16) + mac + bytes(202)
    for _ in range(10):
        link.sendto(head + b"\x63\x82\x53\x63" + bytes([53, 1, kind]) + options + b"\xff", ("255.255.255.255", 67))
        try:
            answer = link.recv(2000)
        except TimeoutError:
            continue
        if answer[4:8] == head[4:8]:
            at = answer.index(b"\x36\x04", 240) + 2
            return answer[16:20], answer[at : at + 4]


def lease(number, option):
    address, server = ask(number, 1, option)
    ask(number, 3, bytes([50, 4]) + address + bytes([54, 4]) + server + option)


for number, name in enumerate(["till-3", "living room", "Küche", "android-0123456789abcdef"], 1):
    lease(number, bytes([12, len(name.encode())]) + name.encode())
fqdn = b"till-5.corp.example"
lease(5, bytes([81, 3 + len(fqdn), 0, 0, 0]) + fqdn)
END
cat > "$work/show.py" <<'END'
# Eight octets of time, then a record of 36 for each lease: seconds left, address, MAC, name of 20, two of padding.
octets = open("leases", "rb").read()[8:]
rows = {octets[at + 13]: octets[at + 14 : at + 34].split(b"\0")[0].decode() for at in range(0, len(octets), 36)}
print("file:", [rows[number] for number in sorted(rows)])
END
seen="$("$work/root/bin/busybox" | sed -n '1s/ (.*//p')
$(unshare --map-root-user --net bash "$work/network.sh" "$work")"
expected=$(cat <<'END'
BusyBox v1.35.0
file: ['till-3', 'living.room', 'K..che', 'android-0123456789a', '']
END
)

echo 'behaviour: "living room" is in the file as "living.room", a name of 24 octets as its first 19'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
