#!/usr/bin/env bash
# SmartDNS 40 (Debian 12, smartdns 40+dfsg-1): without any setting for it, an answer of TTL 60 goes to the client with TTL 600.
# From memory one would write: a forwarder hands TTLs on or lowers them; a floor is something that one turns on.
# It does: "rr-ttl-min" is 600 s by default, so every shorter TTL is raised; set to 1, the TTL is handed on.
# Who stands behind or compares with it: a name that is listed upstream with a TTL of 60 s is blocked, or free again, ten minutes late.
set -euo pipefail
work=$(mktemp -d)
trap 'kill "${server:-}" 2> /dev/null || true; rm -rf "$work"' EXIT
mkdir -p "$work/debs/partial"
apt-get -qq -y -o Debug::NoLocking=1 -o Dir::Cache::archives="$work/debs" --download-only --reinstall install \
  smartdns=40+dfsg-1 > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
for deb in "$work"/debs/*.deb; do dpkg-deb -x "$deb" "$work/root"; done
export LD_LIBRARY_PATH="$work/root/usr/lib/x86_64-linux-gnu"

cat > "$work/see.py" <<'END'
import socket
import subprocess
import sys
import threading
from pathlib import Path

work = Path(sys.argv[1])
upstream = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
upstream.bind(("127.0.0.1", 0))


def answer():
    while True:
        message, client = upstream.recvfrom(4096)
        end = message.index(0, 12) + 5
        record = b"\xc0\x0c\0\1\0\1" + (60).to_bytes(4, "big") + b"\0\4" + bytes([203, 0, 113, 1])
        upstream.sendto(message[:2] + b"\x81\x80\0\1\0\1\0\0\0\0" + message[12:end] + record, client)


threading.Thread(target=answer, daemon=True).start()
for setting in ["", "rr-ttl-min 1"]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    (work / "conf").write_text(f"bind 127.0.0.1:{port}\nserver 127.0.0.1:{upstream.getsockname()[1]}\n"
                               f"speed-check-mode none\ndualstack-ip-selection no\nuser root\n{setting}\n")
    server = subprocess.Popen([work / "root/usr/sbin/smartdns", "-f", "-x", "-c", work / "conf", "-p", work / "pid"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(1)
            for _ in range(60):
                try:
                    client.sendto(b"\0\7\1\0\0\1\0\0\0\0\0\0\4name\7example\0\0\1\0\1", ("127.0.0.1", port))
                    reply = client.recv(4096)
                    break
                except OSError:
                    continue
        print(setting or "default", "TTL", int.from_bytes(reply[-10:-6], "big"))
    finally:
        server.kill()
        server.wait()
END
seen="$("$work/root/usr/sbin/smartdns" -v 2>&1 | head -n 1)
$(python3 "$work/see.py" "$work")"
expected=$(cat <<'END'
smartdns 40+dfsg-1
default TTL 600
rr-ttl-min 1 TTL 60
END
)

echo 'behaviour: a TTL of 60 is raised to 600 by default'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
