#!/usr/bin/env bash
# pySigma 2.0.1 (PyPI): rules are read as YAML 1.1, so unquoted values that look like YAML 1.1 numbers or booleans are no strings any more.
# From memory one would write: the values under a detection field are strings, as in any YAML 1.2 reader: a list of top-level domains, a MAC address.
# It does: "no" (Norway) is false, a MAC of small digits pairs is one base-60 number; a MAC with a letter or a leading zero stays a string.
# Who reads Sigma in a YAML 1.2 library: the same file has other values here and there; quote names and addresses, and keep values as text when reading.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check pysigma==2.0.1

cat > "$work/see.py" <<'END'
from importlib.metadata import version
from sigma.rule import SigmaRule

rule = SigmaRule.from_yaml("""
title: example
logsource: {category: dns}
detection:
  selection:
    tld: [se, no, fi]
    mac: ["10:11:12:13:14:15", 10:11:12:13:14:15, 0a:11:12:13:14:15]
  condition: selection
""")
print("pysigma", version("pysigma"))
for item in rule.detection.detections["selection"].detection_items:
    print(item.field, [(type(value).__name__, value.to_plain()) for value in item.value])
END
seen=$("$work/venv/bin/python" "$work/see.py")
expected=$(cat <<'END'
pysigma 2.0.1
tld [('SigmaString', 'se'), ('SigmaBool', False), ('SigmaString', 'fi')]
mac [('SigmaString', '10:11:12:13:14:15'), ('SigmaNumber', 7921199655), ('SigmaString', '0a:11:12:13:14:15')]
END
)

echo 'behaviour: unquoted "no" is false, an unquoted MAC address is a number'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
