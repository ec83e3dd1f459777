#!/usr/bin/env bash
# dnslib 0.9.26 (PyPI): an escaped dot in a name is read as the end of a label.
# From memory one would write: in presentation form "a\.b.test" and "a\046b.test" are two labels, "a.b" and "test" (RFC 1035, 5.1).
# It does: the first becomes the labels "a\", "b", "test", the second "a", "b", "test"; printing a label that holds a dot does not escape it.
# Who sends or prints names with it: a name with a dot inside a label is another name after one round.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check dnslib==0.9.26

cat > "$work/see.py" <<'END'
from importlib.metadata import version
from dnslib import DNSLabel

print("dnslib", version("dnslib"))
for text in [r"a\.b.test", r"a\046b.test"]:
    print(text, "->", DNSLabel(text).label)
print([b"a.b", b"test"], "->", DNSLabel([b"a.b", b"test"]))
END
seen=$("$work/venv/bin/python" "$work/see.py")
expected=$(cat <<'END'
dnslib 0.9.26
a\.b.test -> (b'a\\', b'b', b'test')
a\046b.test -> (b'a', b'b', b'test')
[b'a.b', b'test'] -> a.b.test.
END
)

echo 'behaviour: an escaped dot splits a label'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
