#!/usr/bin/env bash
# medallion 3.0.0 (PyPI, the OASIS TAXII 2.1 server), memory back end: the same `next` asked twice gives two different pages.
# From memory one would write: `next` is a place in the collection, so a page that did not arrive is asked for again with the same value, as one repeats any GET.
# It does: one value stands for all pages that follow, and each request takes its objects away; a repeated request gives the page after the lost one, and `more` says nothing of it.
# Who polls indicators: a client, library or proxy that repeats a failed GET by itself loses a page of indicators and calls the poll whole. What helps is to begin anew at the last `added_after`.
set -euo pipefail
work=$(mktemp -d)
server=''
trap '[ -z "$server" ] || kill "$server" 2> /dev/null; rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check medallion==3.0.0

port=$("$work/venv/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat > "$work/data.py" <<'END'
import json
import sys

collection = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
objects, manifest = [], []
for number in range(1, 7):
    when = f"2026-01-0{number}T00:00:00.000Z"
    name = f"indicator--00000000-0000-4000-8000-00000000000{number}"
    objects.append({"type": "indicator", "spec_version": "2.1", "id": name, "created": when, "modified": when, "valid_from": when,
                    "name": f"page test {number}", "pattern_type": "stix", "pattern": f"[domain-name:value = 'n{number}.example']"})
    manifest.append({"id": name, "date_added": when, "version": when, "media_type": "application/stix+json;version=2.1"})
data = {
    "/discovery": {"title": "see", "default": sys.argv[1] + "/root/", "api_roots": [sys.argv[1] + "/root/"]},
    "root": {"information": {"title": "root", "versions": ["application/taxii+json;version=2.1"], "max_content_length": 1000000}, "status": [],
             "collections": [{"id": collection, "title": "one", "can_read": True, "can_write": False,
                              "media_types": ["application/stix+json;version=2.1"], "objects": objects, "manifest": manifest}]},
}
json.dump(data, open(sys.argv[2] + "/data.json", "w"))
json.dump({"backend": {"module": "medallion.backends.memory_backend", "module_class": "MemoryBackend", "filename": sys.argv[2] + "/data.json"},
           "users": {"reader": "word"}, "taxii": {"max_page_size": 100}}, open(sys.argv[2] + "/config.json", "w"))
END
"$work/venv/bin/python" "$work/data.py" "http://127.0.0.1:$port" "$work"
"$work/venv/bin/medallion" --port "$port" "$work/config.json" > "$work/log" 2>&1 &
server=$!
cat > "$work/see.py" <<'END'
from importlib.metadata import version
import base64
import json
import sys
import time
import urllib.request

print("medallion", version("medallion"))
url = sys.argv[1] + "/root/collections/91a7b528-80eb-42ed-a74d-c6fbd5a26116/objects/?limit=2"
head = {"Accept": "application/taxii+json;version=2.1", "Authorization": "Basic " + base64.b64encode(b"reader:word").decode()}


def page(what, address):
    for attempt in range(100):
        try:
            with urllib.request.urlopen(urllib.request.Request(address, headers=head), timeout=10) as answer:
                envelope = json.load(answer)
                break
        except OSError:
            if attempt == 99:
                raise
            time.sleep(0.1)
    print(what, [each["name"] for each in envelope["objects"]], "more:", envelope["more"])
    return envelope.get("next")


following = page("first page:", url)
page("its next:", f"{url}&next={following}")
page("the same once more:", f"{url}&next={following}")
END
seen=$("$work/venv/bin/python" "$work/see.py" "http://127.0.0.1:$port") || { cat "$work/log" >&2; exit 1; }
expected=$(cat <<'END'
medallion 3.0.0
first page: ['page test 1', 'page test 2'] more: True
its next: ['page test 3', 'page test 4'] more: True
the same once more: ['page test 5', 'page test 6'] more: False
END
)

echo 'behaviour: a page that is asked for twice is not the same page'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
