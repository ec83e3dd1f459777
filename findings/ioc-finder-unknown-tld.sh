#!/usr/bin/env bash
# ioc-finder 9.4.1 (PyPI): a name that ends in a label it does not know is cut until its end is a known TLD.
# From memory one would write: "www.example.com.lan" is one name, taken whole or left out whole.
# It does: it gives "www.example.com", the name of somebody else; a name of unknown TLD alone gives nothing.
# Who reads reports for a resolver: the front of an internal name (.lan, .corp, .local) is a public name, and blocking that hits the wrong host.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check ioc-finder==9.4.1

cat > "$work/see.py" <<'END'
from importlib.metadata import version
from ioc_finder import find_iocs

print('ioc-finder', version('ioc-finder'))
for text in ['www.example.com', 'www.example.com.lan', 'www.example[.]com[.]corp', 'host.lan']:
    print(text, '->', find_iocs(text)['domains'])
END
seen=$("$work/venv/bin/python" "$work/see.py")
expected="ioc-finder 9.4.1
www.example.com -> ['www.example.com']
www.example.com.lan -> ['www.example.com']
www.example[.]com[.]corp -> ['www.example.com']
host.lan -> []"

echo 'behaviour: www.example.com.lan is reported as www.example.com'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
