#!/usr/bin/env bash
# BIND 9.18.49 (Debian 12), RPZ: a changed policy zone is served as a zone at once, and is the policy up to a minute later.
# From memory one would write: once named has loaded the new zone (its SOA shows the new serial), the names in it are blocked.
# It does: a policy zone that changed is taken into the policy once in "min-update-interval" (60 s unless it is set); until then new names pass.
# Who watches serials to know whether a list is in force: the serial is right and the name still resolves; set "min-update-interval 1".
set -euo pipefail
work=$(mktemp -d)
started=()
trap 'kill "${started[@]}" 2> /dev/null || true; rm -rf "$work"' EXIT
mkdir -p "$work/debs/partial"
apt-get -qq -y -o Debug::NoLocking=1 -o Dir::Cache::archives="$work/debs" --download-only --reinstall install \
  bind9=1:9.18.49-1~deb12u3 bind9-libs=1:9.18.49-1~deb12u3 > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
for deb in "$work"/debs/*.deb; do dpkg-deb -x "$deb" "$work/root"; done

zone() {
  cat > "$1/zone" <<END
\$TTL 60
@ SOA localhost. root.localhost. $2 3600 600 86400 60
@ NS localhost.
$3
END
}
cat > "$work/ports.py" <<'END'
import socket, sys
held = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(int(sys.argv[1]))]
for each in held:
    each.bind(("127.0.0.1", 0))
print(*(each.getsockname()[1] for each in held))
END
read -r usual often upstream < <(python3 "$work/ports.py" 3)
export LD_LIBRARY_PATH="$work/root/usr/lib/x86_64-linux-gnu"
run() {
  mkdir "$work/$1"
  zone "$work/$1" 1 'first.example CNAME .'
  cat > "$work/$1/named.conf" <<END
options {
  directory "$work/$1"; pid-file none; session-keyfile none;
  listen-on port $2 { 127.0.0.1; }; listen-on-v6 { none; };
  recursion yes; dnssec-validation no; forward only; forwarders { 127.0.0.1 port $upstream; };
  response-policy { zone "rpz.example"; } $3;
};
controls { };
zone "rpz.example" { type primary; file "zone"; };
END
  "$work/root/usr/sbin/named" -g -c "$work/$1/named.conf" > "$work/$1/log" 2>&1 &
  started+=($!)
}
run usual "$usual" ''
run often "$often" 'min-update-interval 1'

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


import os
import signal

threading.Thread(target=upstream, args=[int(sys.argv[1])], daemon=True).start()
servers = {"usual": (int(sys.argv[2]), int(sys.argv[3])), "often": (int(sys.argv[4]), int(sys.argv[5]))}
for port, _ in servers.values():
    until("the first zone", lambda: rcode(port, "first.example") == "NXDOMAIN")
for name, (_, pid) in servers.items():
    path = sys.argv[6] + "/" + name + "/zone"
    text = open(path).read().replace(" 1 3600", " 2 3600") + "later.example CNAME .\n"
    open(path, "w").write(text)
    os.kill(pid, signal.SIGHUP)


def has_serial(port, serial):
    try:
        return serial.to_bytes(4, "big") in ask(port, "rpz.example", 6)
    except OSError:
        return False


for port, _ in servers.values():
    until("the new serial", lambda: has_serial(port, 2))
until("the new name", lambda: rcode(servers["often"][0], "later.example") == "NXDOMAIN")
print("serial 2 is served by both")
print("min-update-interval 1: later.example", rcode(servers["often"][0], "later.example"))
print("as it comes: later.example", rcode(servers["usual"][0], "later.example"))
END
seen="$("$work/root/usr/sbin/named" -v | sed 's/-.*//')
$(python3 "$work/see.py" "$upstream" "$usual" "${started[0]}" "$often" "${started[1]}" "$work")"
expected=$(cat <<'END'
BIND 9.18.49
serial 2 is served by both
min-update-interval 1: later.example NXDOMAIN
as it comes: later.example NOERROR
END
)

echo 'behaviour: the new serial is served while the new name still passes'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
