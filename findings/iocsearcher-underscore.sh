#!/usr/bin/env bash
# iocsearcher 3.1.0 (PyPI): a label with an underscore is dropped, and the rest is reported as the name.
# From memory one would write: underscores are legal in DNS names, so "c2_1.host.example.com" is found whole or not at all.
# It does: it reports the parent, "host.example.com".
# Who blocks what is reported: the parent is wider than the indicator, at a hoster it is everybody else's name too.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check iocsearcher==3.1.0

cat > "$work/see.py" <<'END'
from importlib.metadata import version
from iocsearcher.searcher import Searcher

searcher = Searcher()
print('iocsearcher', version('iocsearcher'))
for text in ['c2-1.host.example[.]com', 'c2_1.host.example[.]com', '_dns.example[.]org']:
    print(text, '->', sorted(found.value for found in searcher.search_data(text) if found.name == 'fqdn'))
END
seen=$("$work/venv/bin/python" "$work/see.py")
expected="iocsearcher 3.1.0
c2-1.host.example[.]com -> ['c2-1.host.example.com']
c2_1.host.example[.]com -> ['host.example.com']
_dns.example[.]org -> ['example.org']"

echo 'behaviour: the parent is reported in place of a name with an underscore'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
