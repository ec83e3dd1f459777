#!/usr/bin/env bash
# taxii2-client 2.3.0 (PyPI): get_objects() gives the first page of a collection and nothing says that there is more, unless one looks.
# From memory one would write: the client follows "more" and "next" of TAXII 2.1, or warns.
# It does: it returns the envelope of the first page as it is; following pages takes as_pages(), which needs a limit for each request.
# Who loads a feed by TAXII: with a server that pages by itself, everything after its first page is missing and the call has succeeded.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check taxii2-client==2.3.0

cat > "$work/see.py" <<'END'
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from taxii2client.v21 import Collection, as_pages

objects = [{"type": "indicator", "id": f"indicator--00000000-0000-4000-8000-00000000000{number}"} for number in range(3)]


class Server(BaseHTTPRequestHandler):
    def do_GET(self):
        if "/objects/" not in self.path:
            body = {"id": "one", "title": "one", "can_read": True, "can_write": False}
        elif "next=" in self.path:
            body = {"more": False, "objects": objects[2:]}
        else:
            body = {"more": True, "next": "2", "objects": objects[:2]}
        data = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/taxii+json;version=2.1")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
collection = Collection(f"http://127.0.0.1:{server.server_port}/api/collections/one/")
print("taxii2-client", version("taxii2-client"))
first = collection.get_objects()
print("get_objects:", len(first["objects"]), "of 3, more:", first["more"])
print("as_pages:", sum(len(page["objects"]) for page in as_pages(collection.get_objects, per_request=2)), "of 3")
END
seen=$("$work/venv/bin/python" "$work/see.py")
expected=$(cat <<'END'
taxii2-client 2.3.0
get_objects: 2 of 3, more: True
as_pages: 3 of 3
END
)

echo 'behaviour: get_objects() gives the first page only'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
