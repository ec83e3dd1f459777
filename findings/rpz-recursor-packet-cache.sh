#!/usr/bin/env bash
# PowerDNS Recursor 4.8.8 (Debian 12), RPZ: a name that was answered a moment ago goes on being answered after the policy zone lists it.
# From memory one would write: once a new policy zone is loaded, a name on it is blocked on its next query.
# It does: answers of the packet cache are given without asking the policy, until their TTL is over; names not asked before are blocked at once.
# Who lists a name because machines ask for it: just those go on getting it; "disable-packetcache=yes", or wipe the cache ("rec_control wipe-cache").
set -euo pipefail
work=$(mktemp -d)
started=()
trap 'kill "${started[@]}" 2> /dev/null || true; rm -rf "$work"' EXIT
mkdir -p "$work/debs/partial"
apt-get -qq -y -o Debug::NoLocking=1 -o Dir::Cache::archives="$work/debs" --download-only --reinstall install \
  pdns-recursor=4.8.8-1+deb12u1 > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
for deb in "$work"/debs/*.deb; do dpkg-deb -x "$deb" "$work/root"; done

cat > "$work/ports.py" <<'END'
import socket, sys
held = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(int(sys.argv[1]))]
for each in held:
    each.bind(("127.0.0.1", 0))
print(*(each.getsockname()[1] for each in held))
END
read -r usual without primary upstream < <(python3 "$work/ports.py" 4)
run() {
  mkdir "$work/$1"
  echo "rpzPrimary('127.0.0.1:$primary', 'rpz.example', {refresh=1})" > "$work/$1/lua"
  cat > "$work/$1/recursor.conf" <<END
local-address=127.0.0.1
local-port=$2
forward-zones-recurse=.=127.0.0.1:$upstream
lua-config-file=$work/$1/lua
socket-dir=$work/$1
daemon=no
dnssec=off
threads=1
$3
END
}
run usual "$usual" ''
run without "$without" 'disable-packetcache=yes'

cat > "$work/see.py" <<'END'
import socket
import sys
import threading
import time

RCODES = {0: "NOERROR", 2: "SERVFAIL", 3: "NXDOMAIN", 5: "REFUSED"}


def query(name, kind):
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return b"\0\7\1\0\0\1\0\0\0\0\0\0" + labels + b"\0" + kind.to_bytes(2, "big") + b"\0\1"


def ask(port, name, kind=1, seconds=3):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(seconds)
        client.sendto(query(name, kind), ("127.0.0.1", port))
        return client.recv(4096)


def rcode(port, name):
    try:
        return RCODES.get(ask(port, name)[3] & 15, "?")
    except OSError:
        return "no answer"


def until(what, condition):
    for _ in range(300):
        if condition():
            return
        time.sleep(0.1)
    sys.exit("waited in vain for " + what)


asked = []


def upstream(port):
    """Answers every question with one address, 203.0.113.1, and keeps what was asked."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", port))
    while True:
        message, client = server.recvfrom(4096)
        end = message.index(0, 12) + 5
        asked.append(message[12:end].lower())
        is_a = message[end - 4 : end - 2] == b"\0\1"
        answer = b"\xc0\x0c\0\1\0\1\0\0\1\x2c\0\4" + bytes([203, 0, 113, 1]) if is_a else b""
        counts = b"\0\1\0\1" if answer else b"\0\1\0\0"
        server.sendto(message[:2] + b"\x81\x80" + counts + b"\0\0\0\0" + message[12:end] + answer, client)


import subprocess

serial = 1


def name_octets(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


def record(owner, kind, data):
    return name_octets(owner) + kind.to_bytes(2, "big") + b"\0\1\0\0\0\x3c" + len(data).to_bytes(2, "big") + data


def primary(port):
    """Gives the whole zone, whatever is asked, over TCP."""
    server = socket.create_server(("127.0.0.1", port))
    while True:
        client, _ = server.accept()
        with client:
            message = client.recv(4096)[2:]
            end = message.index(0, 12) + 5
            numbers = b"".join(number.to_bytes(4, "big") for number in [serial, 1, 1, 86400, 60])
            soa = record("rpz.example", 6, name_octets("ns.example") + name_octets("root.example") + numbers)
            listed = ["first.example"] if serial == 1 else ["first.example", "asked.example", "*.new.example"]
            records = [soa] + [record(name + ".rpz.example", 5, b"\0") for name in listed] + [soa]
            counts = b"\0\1" + len(records).to_bytes(2, "big") + b"\0\0\0\0"
            answer = message[:2] + b"\x84\x00" + counts + message[12:end] + b"".join(records)
            client.sendall(len(answer).to_bytes(2, "big") + answer)


threading.Thread(target=upstream, args=[int(sys.argv[1])], daemon=True).start()
threading.Thread(target=primary, args=[int(sys.argv[2])], daemon=True).start()
servers = {"as it comes": (int(sys.argv[3]), "usual"), "disable-packetcache": (int(sys.argv[4]), "without")}
started = [
    subprocess.Popen([sys.argv[5], "--config-dir=" + sys.argv[6] + "/" + folder], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    for _, folder in servers.values()
]
try:
    for port, _ in servers.values():
        until("the first zone", lambda: rcode(port, "first.example") == "NXDOMAIN")
        assert rcode(port, "asked.example") == "NOERROR"
    serial = 2
    for said, (port, _) in servers.items():
        # Another name each time: what was asked is kept.
        names = ("n%d.new.example" % number for number in range(1000))
        until("the new zone", lambda: rcode(port, next(names)) == "NXDOMAIN")
        print(said + ": a name not asked before NXDOMAIN, asked.example", rcode(port, "asked.example"))
finally:
    for one in started:
        one.kill()
END
seen="$("$work/root/usr/sbin/pdns_recursor" --version 2>&1 | sed -n 's/.*PowerDNS Recursor \([0-9.]*\).*/PowerDNS Recursor \1/p')
$(python3 "$work/see.py" "$upstream" "$primary" "$usual" "$without" "$work/root/usr/sbin/pdns_recursor" "$work")"
expected=$(cat <<'END'
PowerDNS Recursor 4.8.8
as it comes: a name not asked before NXDOMAIN, asked.example NOERROR
disable-packetcache: a name not asked before NXDOMAIN, asked.example NXDOMAIN
END
)

echo 'behaviour: with the new policy in force, an answer of the packet cache is still given for a listed name'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
