#!/usr/bin/env bash
# ioc-fanger 5.1.1 (PyPI), which ioc-finder uses too: a defanged comma is read as a dot.
# From memory one would write: `[.]` and `(dot)` stand for a dot, `[,]` stays a comma between two names.
# It does: "a.example.com[,] b.example.org" becomes the one name "a.example.com.b.example.org".
# Who reads reports for a resolver: two listed names become a third one that nobody listed, and neither of the two is blocked.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check ioc-fanger==5.1.1

cat > "$work/see.py" <<'END'
from importlib.metadata import version
import ioc_fanger

print('ioc-fanger', version('ioc-fanger'))
for text in ['a.example[.]com and b.example[.]org', 'a.example[.]com[,] b.example[.]org']:
    print(f'{text!r} -> {ioc_fanger.fang(text)!r}')
END
seen=$("$work/venv/bin/python" "$work/see.py")
expected="ioc-fanger 5.1.1
'a.example[.]com and b.example[.]org' -> 'a.example.com and b.example.org'
'a.example[.]com[,] b.example[.]org' -> 'a.example.com.b.example.org'"

echo 'behaviour: "[,]" between two names joins them to one name'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
