#!/usr/bin/env bash
# BIND 9.18.49 (Debian 12), RPZ: a listed name is not blocked while nobody upstream answers.
# From memory one would write: a rule on the name of the question needs no upstream, so the policy answers first, whatever the network does.
# It does: by default ("qname-wait-recurse yes") it resolves the name before it applies the rule; with the upstream dead the client gets SERVFAIL.
# Who measures or monitors blocking: SERVFAIL for a listed name is no hit, and a block list makes every blocked name a question to the upstream.
set -euo pipefail
work=$(mktemp -d)
started=()
trap 'kill "${started[@]}" 2> /dev/null || true; rm -rf "$work"' EXIT
mkdir -p "$work/debs/partial"
apt-get -qq -y -o Debug::NoLocking=1 -o Dir::Cache::archives="$work/debs" --download-only --reinstall install \
  bind9=1:9.18.49-1~deb12u3 bind9-libs=1:9.18.49-1~deb12u3 > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
for deb in "$work"/debs/*.deb; do dpkg-deb -x "$deb" "$work/root"; done

cat > "$work/zone" <<'END'
$TTL 60
@ SOA localhost. root.localhost. 1 3600 600 86400 60
@ NS localhost.
*.block.example CNAME .
garden.example A 192.0.2.1
END
cat > "$work/ports.py" <<'END'
import socket, sys
held = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(int(sys.argv[1]))]
for each in held:
    each.bind(("127.0.0.1", 0))
print(*(each.getsockname()[1] for each in held))
END
read -r named upstream < <(python3 "$work/ports.py" 2)

cat > "$work/named.conf" <<END
options {
  directory "$work"; pid-file none; session-keyfile none;
  listen-on port $named { 127.0.0.1; }; listen-on-v6 { none; };
  recursion yes; dnssec-validation no; forward only; forwarders { 127.0.0.1 port $upstream; };
  response-policy { zone "rpz.example"; };
};
controls { };
zone "rpz.example" { type primary; file "zone"; };
END
LD_LIBRARY_PATH="$work/root/usr/lib/x86_64-linux-gnu" "$work/root/usr/sbin/named" -g -c "$work/named.conf" > "$work/named.log" 2>&1 &
started+=($!)

cat > "$work/see.py" <<'END'
import socket
import sys
import threading
import time

RCODES = {0: "NOERROR", 2: "SERVFAIL", 3: "NXDOMAIN", 5: "REFUSED"}


def query(name):
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return b"\0\7\1\0\0\1\0\0\0\0\0\0" + labels + b"\0\0\1\0\1"


def ask(port, name, seconds=10):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(seconds)
        client.sendto(query(name), ("127.0.0.1", port))
        return client.recv(4096)


def ask_when_up(port, name):
    for _ in range(60):
        try:
            if RCODES[ask(port, name, 1)[3] & 15] != "REFUSED":
                return
        except OSError:
            pass
        time.sleep(0.2)

silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
silent.bind(("127.0.0.1", int(sys.argv[1])))
port = int(sys.argv[2].split("=")[1])
for _ in range(60):
    try:
        ask(port, "rpz.example", 1)
        break
    except OSError:
        time.sleep(0.2)
for name in ["a.block.example", "garden.example"]:
    print(name, RCODES[ask(port, name, 60)[3] & 15])
silent.setblocking(False)
print("asked upstream:", b"block" in silent.recv(4096))
END
seen="$(LD_LIBRARY_PATH="$work/root/usr/lib/x86_64-linux-gnu" "$work/root/usr/sbin/named" -v | sed 's/-.*//')
$(python3 "$work/see.py" "$upstream" named="$named")"
expected=$(cat <<'END'
BIND 9.18.49
a.block.example SERVFAIL
garden.example SERVFAIL
asked upstream: True
END
)

echo 'behaviour: a listed name gets SERVFAIL while the upstream is silent'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
