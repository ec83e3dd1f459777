#!/usr/bin/env bash
# pycef 1.11 (PyPI): an escaped pipe in the header of a CEF message shifts everything behind it, and values stay escaped.
# From memory one would write: "\|" in a header field is a pipe of the text, "\=" in a value is an equals sign (CEF, "Character Encoding").
# It does: the name of the event is lost, its rest and the severity become part of the first key of the extension; "\=" stays "\=".
# Who writes CEF: a rule or list name with a pipe or an equals sign, correctly escaped, still arrives broken; keep such signs out of header fields.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check pycef==1.11

cat > "$work/see.py" <<'END'
from importlib.metadata import version
import pycef

print("pycef", version("pycef"))
for name in ["blocked", r"ads\|trackers"]:
    fields = pycef.parse(r"CEF:0|cenote|cenote|1|100|" + name + r"|5|cs1Label=rule cs1=a\=b")
    print(name, "->", {key: value for key, value in fields.items() if "cs1" in key or key in ("Name", "DeviceSeverity")})
END
seen=$("$work/venv/bin/python" "$work/see.py")
expected=$(cat <<'END'
pycef 1.11
blocked -> {'Name': 'blocked', 'DeviceSeverity': '5'}
ads\|trackers -> {'Name': '', 'ads\\|trackers|5|cs1Label': 'rule', 'cs1': 'a\\=b'}
END
)

echo 'behaviour: an escaped pipe in the name breaks the fields behind it'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
