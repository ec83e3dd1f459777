#!/usr/bin/env bash
# Knot Resolver 5.6.0 (Debian 12), RPZ: a name that the policy zone lets pass is not forwarded any more.
# From memory one would write: "name CNAME rpz-passthru." exempts a name from the zone's blocks; what comes behind the zone in the configuration holds for it.
# It does: the exception ends the whole chain of policies, so a forwarding policy behind the zone is skipped and the name is asked of the root servers.
# Who forwards (split DNS, no way out but the forwarder): just the names on the allow list stop resolving, or are asked in the open.
set -euo pipefail
work=$(mktemp -d)
started=()
trap 'kill "${started[@]}" 2> /dev/null || true; rm -rf "$work"' EXIT
mkdir -p "$work/debs/partial"
apt-get -qq -y -o Debug::NoLocking=1 -o Dir::Cache::archives="$work/debs" --download-only --reinstall install \
  knot-resolver=5.6.0-1+deb12u1 > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
for deb in "$work"/debs/*.deb; do dpkg-deb -x "$deb" "$work/root"; done

cat > "$work/ports.py" <<'END'
import socket, sys
held = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(int(sys.argv[1]))]
for each in held:
    each.bind(("127.0.0.1", 0))
print(*(each.getsockname()[1] for each in held))
END
read -r kresd upstream < <(python3 "$work/ports.py" 2)
cat > "$work/zone" <<'END'
$ORIGIN rpz.example.
$TTL 60
@ SOA localhost. root.localhost. 1 3600 600 86400 60
*.block.example CNAME .
ok.block.example CNAME rpz-passthru.
END
# No root server is there: who is asked by recursion gets no answer.
cat > "$work/config" <<END
net.listen('127.0.0.1', $kresd, { kind = 'dns' })
trust_anchors.remove('.')
cache.size = 10 * MB
modules.load('hints')
hints.root({ ['root.example.'] = '127.0.0.1' })
policy.add(policy.rpz(policy.DENY, '$work/zone'))
policy.add(policy.all(policy.FORWARD('127.0.0.1@$upstream')))
END
mkdir "$work/run"
# kresd looks for its modules under /usr/lib: it gets a /usr of its own with the package on top (takes root).
own_usr() { exec unshare --mount sh -c 'mount -t overlay overlay -o "lowerdir=$0:/usr" /usr && exec "$@"' "$work/root/usr" "$@"; }
own_usr kresd -n -c "$work/config" "$work/run" > "$work/kresd.log" 2>&1 &
started+=($!)

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



threading.Thread(target=upstream, args=[int(sys.argv[1])], daemon=True).start()
port = int(sys.argv[2])
until("kresd", lambda: rcode(port, "a.block.example") == "NXDOMAIN")
for name in ["a.block.example", "free.example", "ok.block.example"]:
    said = RCODES[ask(port, name, 1, 60)[3] & 15]
    label = bytes([len(name.split(".")[0])]) + name.split(".")[0].encode()
    print(name, said + ", the forwarder was asked:", any(one.startswith(label) for one in asked))
END
seen="$(own_usr kresd --version | sed 's/, version//')
$(python3 "$work/see.py" "$upstream" "$kresd")"
expected=$(cat <<'END'
Knot Resolver 5.6.0
a.block.example NXDOMAIN, the forwarder was asked: False
free.example NOERROR, the forwarder was asked: True
ok.block.example SERVFAIL, the forwarder was asked: False
END
)

echo 'behaviour: a name that the policy zone lets pass is not forwarded'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
