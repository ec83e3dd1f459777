#!/usr/bin/env bash
# Unbound 1.17.1, BIND 9.18.49 and PowerDNS Recursor 4.8.8 (Debian 12), RPZ: the NXDOMAIN for a blocked name has no SOA where a cache looks for it.
# From memory one would write: a negative answer carries the SOA of its zone in the authority section, and its TTL says how long to keep it (RFC 2308).
# They do: Unbound and the Recursor send no record at all, BIND puts the SOA of the policy zone into the additional section.
# Who caches behind such an engine: by RFC 2308 such an answer should not be cached at all, so each repetition is asked again.
set -euo pipefail
work=$(mktemp -d)
started=()
trap 'kill "${started[@]}" 2> /dev/null || true; rm -rf "$work"' EXIT
mkdir -p "$work/debs/partial"
apt-get -qq -y -o Debug::NoLocking=1 -o Dir::Cache::archives="$work/debs" --download-only --reinstall install \
  unbound=1.17.1-2+deb12u4 bind9=1:9.18.49-1~deb12u3 bind9-libs=1:9.18.49-1~deb12u3 pdns-recursor=4.8.8-1+deb12u1 > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
for deb in "$work"/debs/*.deb; do dpkg-deb -x "$deb" "$work/root"; done

cat > "$work/zone" <<'END'
$TTL 60
@ SOA localhost. root.localhost. 1 3600 600 86400 60
@ NS localhost.
*.block.example CNAME .
END
cat > "$work/ports.py" <<'END'
import socket, sys
held = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(int(sys.argv[1]))]
for each in held:
    each.bind(("127.0.0.1", 0))
print(*(each.getsockname()[1] for each in held))
END
read -r unbound named recursor upstream < <(python3 "$work/ports.py" 4)

cat > "$work/unbound.conf" <<END
server:
  directory: "$work"
  chroot: ""
  username: ""
  pidfile: ""
  use-syslog: no
  interface: 127.0.0.1@$unbound
  do-not-query-localhost: no
  module-config: "respip iterator"
rpz:
  name: rpz.example
  zonefile: "$work/zone"
forward-zone:
  name: "."
  forward-addr: 127.0.0.1@$upstream
remote-control:
  control-enable: no
END
"$work/root/usr/sbin/unbound" -d -c "$work/unbound.conf" > "$work/unbound.log" 2>&1 &
started+=($!)

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

echo "rpzFile('$work/zone', {policyName='x'})" > "$work/lua"
cat > "$work/recursor.conf" <<END
local-address=127.0.0.1
local-port=$recursor
forward-zones-recurse=.=127.0.0.1:$upstream
lua-config-file=$work/lua
socket-dir=$work
daemon=no
dnssec=off
END
"$work/root/usr/sbin/pdns_recursor" --config-dir="$work" > "$work/recursor.log" 2>&1 &
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


def upstream(port):
    """Answers every question with one address, 203.0.113.1."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", port))
    while True:
        message, client = server.recvfrom(4096)
        end = message.index(0, 12) + 5
        answer = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + bytes([203, 0, 113, 1]) if message[end - 4 : end - 2] == b"\0\1" else b""
        counts = b"\0\1\0\1" if answer else b"\0\1\0\0"
        server.sendto(message[:2] + b"\x81\x80" + counts + b"\0\0\0\0" + message[12:end] + answer, client)


threading.Thread(target=upstream, args=[int(sys.argv[1])], daemon=True).start()
engines = dict(argument.split("=") for argument in sys.argv[2:])
for engine, port in engines.items():
    ask_when_up(int(port), "free.example")
    answer = ask(int(port), "a.block.example")
    counts = [int.from_bytes(answer[at : at + 2], "big") for at in (6, 8, 10)]
    print(engine, RCODES[answer[3] & 15], dict(zip(["answer", "authority", "additional"], counts)))
END
seen="$("$work/root/usr/sbin/unbound" -V | sed -n '1s/.* /Unbound /p')
$(LD_LIBRARY_PATH="$work/root/usr/lib/x86_64-linux-gnu" "$work/root/usr/sbin/named" -v | sed 's/-.*//')
$("$work/root/usr/sbin/pdns_recursor" --version 2>&1 | sed -n 's/.*PowerDNS Recursor \([0-9.]*\).*/PowerDNS Recursor \1/p')
$(python3 "$work/see.py" "$upstream" unbound="$unbound" named="$named" recursor="$recursor")"
expected=$(cat <<'END'
Unbound 1.17.1
BIND 9.18.49
PowerDNS Recursor 4.8.8
unbound NXDOMAIN {'answer': 0, 'authority': 0, 'additional': 0}
named NXDOMAIN {'answer': 0, 'authority': 0, 'additional': 1}
recursor NXDOMAIN {'answer': 0, 'authority': 0, 'additional': 0}
END
)

echo 'behaviour: no SOA in the authority section of a blocked name'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
