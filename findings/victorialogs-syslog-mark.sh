#!/usr/bin/env bash
# VictoriaLogs 1.52.1 (Go, github.com/VictoriaMetrics/VictoriaLogs), syslog: the mark that says "what follows is UTF-8" stays in front of the message.
# From memory one would write: RFC 5424 §6.4 has a message in UTF-8 begin with the octets EF BB BF (BOM), which belong to the protocol: the message itself is what follows.
# It does: `_msg` begins with U+FEFF, which nobody sees. Filters for the whole message (`_msg:="…"`) or its beginning (`_msg:="…"*`) find nothing, those for a word or a phrase do.
# Who writes alerts for it: a rule for a message that was copied off the screen finds it from a sender without the mark, and not from one that keeps to RFC 5424.
set -euo pipefail
work=$(mktemp -d)
server=''
trap '[ -z "$server" ] || { kill "$server"; wait "$server" || true; } 2> /dev/null; rm -rf "$work"' EXIT
export GOPATH="$work/go" GOFLAGS='-mod=mod -modcacherw' GOWORK=off
go install github.com/VictoriaMetrics/VictoriaLogs/app/victoria-logs@v1.52.1 2> "$work/log" || { cat "$work/log" >&2; exit 1; }

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$work/go/bin/victoria-logs" -storageDataPath="$work/data" -httpListenAddr="127.0.0.1:$port" -syslog.listenAddr.udp="127.0.0.1:$port" > "$work/out" 2>&1 &
server=$!
cat > "$work/see.py" <<'END'
import datetime
import json
import socket
import sys
import time
import urllib.parse
import urllib.request

port = int(sys.argv[1])


def rows(query):
    for attempt in range(100):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/select/logsql/query", urllib.parse.urlencode({"query": query}).encode(), timeout=10) as answer:
                return [json.loads(line) for line in answer.read().decode().splitlines()]
        except OSError:
            if attempt == 99:
                raise
            time.sleep(0.1)


rows("*")
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")
for mark in ("", "\ufeff"):
    sender.sendto(f"<134>1 {now} host {'marked' if mark else 'plain'} - - - {mark}gate opened by café".encode(), ("127.0.0.1", port))
for attempt in range(100):
    if len(rows("_time:1d")) == 2:
        break
    time.sleep(0.1)
for row in sorted(rows("_time:1d"), key=lambda row: row["app_name"], reverse=True):
    print(row["app_name"] + ":", ascii(row["_msg"]))
for query in ('_msg:="gate opened by café"', '_msg:="gate opened"*', '_msg:"gate opened"'):
    print(query, "finds", sorted(row["app_name"] for row in rows("_time:1d " + query)))
END
seen="victoria-logs $(go version -m "$work/go/bin/victoria-logs" | awk '$1 == "mod" { print $3 }')
$(python3 "$work/see.py" "$port")"
expected=$(cat <<'END'
victoria-logs v1.52.1
plain: 'gate opened by caf\xe9'
marked: '\ufeffgate opened by caf\xe9'
_msg:="gate opened by café" finds ['plain']
_msg:="gate opened"* finds ['plain']
_msg:"gate opened" finds ['marked', 'plain']
END
)

echo 'behaviour: the mark of UTF-8 is kept as a part of the message'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
