#!/usr/bin/env bash
# IntelMQ 3.5.0 (PyPI, intelmq.lib.harmonization): the domain name of a URL keeps port, user and capital letters; a star and brackets are a valid FQDN.
# From memory one would write: URL.to_domain_name("http://evil.example:8080/") is "evil.example", and FQDN.is_valid refuses what no host can be called.
# It does: it gives what stands between the slashes as it is, and FQDN.is_valid, which refuses that, takes "*.evil.example" and "evil[.]example".
# Who makes a blocklist from it: a name with a port matches no query, and is dropped or kept by the next step without a word; a defanged name stays defanged.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check intelmq==3.5.0

cat > "$work/see.py" <<'END'
from importlib.metadata import version
from intelmq.lib.harmonization import FQDN, URL

print("intelmq", version("intelmq"))
for url in ("http://evil.example:8080/", "http://user:word@evil.example/", "http://Evil.Example/"):
    name = URL.to_domain_name(url)
    print(url, name, FQDN.is_valid(name))
for name in ("*.evil.example", "evil[.]example"):
    print(name, FQDN.is_valid(name))
END
seen=$("$work/venv/bin/python" "$work/see.py" 2> /dev/null)
expected=$(cat <<'END'
intelmq 3.5.0
http://evil.example:8080/ evil.example:8080 False
http://user:word@evil.example/ user:word@evil.example False
http://Evil.Example/ Evil.Example False
*.evil.example True
evil[.]example True
END
)

echo 'behaviour: the domain name of a URL is all that stands between its slashes'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
