#!/usr/bin/env bash
# VictoriaLogs 1.52.1 (Go, github.com/VictoriaMetrics/VictoriaLogs), `_bulk` as Elasticsearch has it: a document's `@timestamp` is not its time, `message` not its message.
# From memory one would write: /insert/elasticsearch takes what shippers send Elasticsearch: ECS documents, whose `@timestamp` says when it happened and `message` what.
# It does: both are fields like any other; `_time` is when the document arrived, `_msg` is "missing _msg field; see …", and the answer says 201 for each. The headers VL-Time-Field and VL-Msg-Field (or _time_field, _msg_field in the URL) name them.
# Who sends events there: what waited through a restart or an outage has the time at which it was sent, so a search for the hour in which it happened does not find it.
set -euo pipefail
work=$(mktemp -d)
server=''
trap '[ -z "$server" ] || { kill "$server"; wait "$server" || true; } 2> /dev/null; rm -rf "$work"' EXIT
export GOPATH="$work/go" GOFLAGS='-mod=mod -modcacherw' GOWORK=off
go install github.com/VictoriaMetrics/VictoriaLogs/app/victoria-logs@v1.52.1 2> "$work/log" || { cat "$work/log" >&2; exit 1; }

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$work/go/bin/victoria-logs" -storageDataPath="$work/data" -httpListenAddr="127.0.0.1:$port" > "$work/out" 2>&1 &
server=$!
cat > "$work/see.py" <<'END'
import datetime
import json
import sys
import time
import urllib.request

url = f"http://127.0.0.1:{sys.argv[1]}"


def ask(path, body, headers={}):
    for attempt in range(100):
        try:
            with urllib.request.urlopen(urllib.request.Request(url + path, body.encode(), headers), timeout=10) as answer:
                return answer.read().decode()
        except OSError:
            if attempt == 99:
                raise
            time.sleep(0.1)


now = datetime.datetime.now(datetime.timezone.utc)
for way, headers in (("as shippers do", {}), ("with headers", {"VL-Time-Field": "@timestamp", "VL-Msg-Field": "message"})):
    document = {"@timestamp": (now - datetime.timedelta(hours=2)).isoformat().replace("+00:00", "Z"), "message": "two hours ago", "way": way}
    said = json.loads(ask("/insert/elasticsearch/_bulk", '{"create":{}}\n' + json.dumps(document) + "\n", {"Content-Type": "application/x-ndjson", **headers}))
    rows = ""
    for attempt in range(100):
        rows = ask("/select/logsql/query", f'query=_time:1d way:="{way}"'.replace(" ", "+").replace('"', "%22"), {"Content-Type": "application/x-www-form-urlencoded"})
        if rows:
            break
        time.sleep(0.1)
    row = json.loads(rows)
    hours = round((now - datetime.datetime.fromisoformat(row["_time"][:19] + "+00:00")).total_seconds() / 3600)
    print(f"{way}: answer", said["items"][0]["create"]["status"], f"_time {hours} h before now, _msg", row["_msg"].split(";")[0], "fields", sorted(set(row) - {"_stream", "_stream_id", "_time", "_msg"}))
END
seen="victoria-logs $(go version -m "$work/go/bin/victoria-logs" | awk '$1 == "mod" { print $3 }')
$(python3 "$work/see.py" "$port")"
expected=$(cat <<'END'
victoria-logs v1.52.1
as shippers do: answer 201 _time 0 h before now, _msg missing _msg field fields ['@timestamp', 'message', 'way']
with headers: answer 201 _time 2 h before now, _msg two hours ago fields ['way']
END
)

echo 'behaviour: @timestamp and message of _bulk are fields like any other'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
