#!/usr/bin/env bash
# dnsmasq 2.90 (Debian 12), lease file: a name belongs to the client that said it last; the lease of the one before loses it.
# From memory one would write: two leases with the same host name both carry it in the file, or the second is refused the name.
# It does: the second client gets the name, and the row of the first becomes "*" while its lease goes on.
# Who names clients by the file: a laptop with cable and Wi-Fi, or a replaced network card, has its name at one address only; remember what a MAC was called.
# Runs server and clients in two network namespaces of its own; nothing leaves them.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/debs/partial"
apt-get -qq -y -o Debug::NoLocking=1 -o Dir::Cache::archives="$work/debs" --download-only --reinstall install \
  dnsmasq-base=2.90-4~deb12u2 > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
for deb in "$work"/debs/*.deb; do dpkg-deb -x "$deb" "$work/root"; done
export LD_LIBRARY_PATH="$work/root/usr/lib/x86_64-linux-gnu"

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
root/usr/sbin/dnsmasq --no-daemon --conf-file=/dev/null --user=root --port=0 --interface=server --bind-interfaces --no-ping \
  --dhcp-authoritative --dhcp-range=192.0.2.10,192.0.2.50,1h --dhcp-leasefile="$1/leases" > log 2>&1 &
nsenter --target "$clients" --net python3 see.py
END

cat > "$work/see.py" <<'END'
import socket

link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
link.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
link.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"client")
link.bind(("0.0.0.0", 68))
link.settimeout(1)


def ask(number, kind, options):
    """Sends a DHCP message and returns the offered address and the server's, once it is answered (RFC 2131)."""
    mac = bytes([2, 0, 0, 0, 0, number])
    head = bytes([1, 1, 6, 0, 0, 0, kind, number, 0, 0, 0x80, 0]) + bytes(16) + mac + bytes(202)
    for _ in range(20):
        link.sendto(head + b"\x63\x82\x53\x63" + bytes([53, 1, kind]) + options + b"\xff", ("255.255.255.255", 67))
        try:
            answer = link.recv(2000)
        except TimeoutError:
            continue
        if answer[4:8] == head[4:8]:
            at = answer.index(b"\x36\x04", 240) + 2
            return answer[16:20], answer[at : at + 4]


def lease(number, name):
    option = bytes([12, len(name.encode())]) + name.encode()
    address, server = ask(number, 1, option)
    ask(number, 3, bytes([50, 4]) + address + bytes([54, 4]) + server + option)


def show(when):
    rows = [line.split() for line in open("leases").read().splitlines()]
    print(when, {row[1]: row[3] for row in sorted(rows, key=lambda row: row[1])})


lease(1, "till")
show("one client:")
lease(2, "till")
show("another with its name:")
END
seen="$("$work/root/usr/sbin/dnsmasq" --version | sed -n '1s/ *Copyright.*//p')
$(unshare --map-root-user --net bash "$work/network.sh" "$work")"
expected=$(cat <<'END'
Dnsmasq version 2.90
one client: {'02:00:00:00:00:01': 'till'}
another with its name: {'02:00:00:00:00:01': '*', '02:00:00:00:00:02': 'till'}
END
)

echo 'behaviour: the second client with a name takes it from the first'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
