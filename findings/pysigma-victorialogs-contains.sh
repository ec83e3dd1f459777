#!/usr/bin/env bash
# pySigma-backend-victorialogs 0.2.0 (PyPI) with VictoriaLogs 1.52.1 (Go, github.com/VictoriaMetrics/VictoriaLogs): Sigma's `contains` finds whole words only.
# From memory one would write: Sigma's `query|contains: evil` finds every name that has "evil" in it; the backend's own table says that it becomes a regular expression.
# It does: it becomes a phrase filter of LogsQL (query:"evil"), which begins and ends at a word: www.evil.example is found, www.notevil.example is not.
# Who hunts names with converted rules: names that an attacker put a word into are missed, without an error; write such a rule with `|re`.
set -euo pipefail
work=$(mktemp -d)
server=''
trap '[ -z "$server" ] || { kill "$server"; wait "$server" || true; } 2> /dev/null; rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check pysigma-backend-victorialogs==0.2.0 pysigma==1.5.1
export GOPATH="$work/go" GOFLAGS='-mod=mod -modcacherw' GOWORK=off
go install github.com/VictoriaMetrics/VictoriaLogs/app/victoria-logs@v1.52.1 2> "$work/log" || { cat "$work/log" >&2; exit 1; }

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$work/go/bin/victoria-logs" -storageDataPath="$work/data" -httpListenAddr="127.0.0.1:$port" > "$work/out" 2>&1 &
server=$!
cat > "$work/see.py" <<'END'
import json
import sys
import time
import urllib.parse
import urllib.request
from importlib.metadata import metadata, version

from sigma.backends.victorialogs import VictoriaLogsBackend
from sigma.collection import SigmaCollection

url = f"http://127.0.0.1:{sys.argv[1]}"
NAMES = ["evil.example", "www.evil.example", "evil-c2.example", "www.notevil.example", "eviltwin.example"]
RULE = """
title: example
logsource: {category: dns}
detection:
  selection: {query|WAY: evil}
  condition: selection
"""


def ask(path, body=None, headers={}):
    for attempt in range(100):
        try:
            with urllib.request.urlopen(urllib.request.Request(url + path, body, headers), timeout=10) as answer:
                return answer.read().decode()
        except OSError:
            if attempt == 99:
                raise
            time.sleep(0.1)


def search(query):
    rows = ask("/select/logsql/query?" + urllib.parse.urlencode({"query": query})).splitlines()
    return sorted(json.loads(row)["query"] for row in rows)


lines = "".join(json.dumps({"_msg": "asked", "query": name}) + "\n" for name in NAMES)
ask("/insert/jsonline", lines.encode(), {"Content-Type": "application/stream+json"})
for attempt in range(100):
    if len(search("*")) == len(NAMES):
        break
    time.sleep(0.1)
print("pysigma-backend-victorialogs", version("pysigma-backend-victorialogs"))
print("its table:", next(line for line in metadata("pysigma-backend-victorialogs").get_payload().splitlines() if "contains: x" in line).replace("\\", "").strip("| "))
for way in ("contains", "re"):
    [query] = VictoriaLogsBackend().convert(SigmaCollection.from_yaml(RULE.replace("WAY", way)))
    print(f"{way}:", query, search(query))
END
seen="victoria-logs $(go version -m "$work/go/bin/victoria-logs" | awk '$1 == "mod" { print $3 }')
$("$work/venv/bin/python" "$work/see.py" "$port")"
expected=$(cat <<'END'
victoria-logs v1.52.1
pysigma-backend-victorialogs 0.2.0
its table: `field|contains: x`         | `field:~"x"` (regex)
contains: query:"evil" ['evil-c2.example', 'evil.example', 'www.evil.example']
re: query:~"evil" ['evil-c2.example', 'evil.example', 'eviltwin.example', 'www.evil.example', 'www.notevil.example']
END
)

echo 'behaviour: `contains` becomes a phrase filter and finds whole words only'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
