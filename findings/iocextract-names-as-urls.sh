#!/usr/bin/env bash
# iocextract 1.16.1 (PyPI): it has no kind "domain". A defanged name comes back as a URL with a scheme that nobody wrote, a plain name not at all.
# From memory one would write: with refang=True the names of a text come back as names, whether they were defanged or not.
# It does: "a[.]example[.]com" is 'http://a.example.com'; "b.example.com" without brackets or scheme gives nothing;
# a sentence that begins right after a name becomes its last label.
# Who compares import tools: counts of this one are of defanged names only, and "http" in its output is not evidence of HTTP.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check iocextract==1.16.1 requests==2.32.5

cat > "$work/see.py" <<'END'
from importlib.metadata import version
import iocextract

print('iocextract', version('iocextract'))
for text in ['a[.]example[.]com', 'b.example.com', 'a[.]example[.]com.The next day']:
    print(f'{text!r} ->', list(iocextract.extract_iocs(text, refang=True)))
END
seen=$("$work/venv/bin/python" "$work/see.py")
expected="iocextract 1.16.1
'a[.]example[.]com' -> ['http://a.example.com']
'b.example.com' -> []
'a[.]example[.]com.The next day' -> ['http://a.example.com.The']"

echo 'behaviour: defanged names become http URLs, plain names are not found'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
