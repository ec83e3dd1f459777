#!/usr/bin/env bash
# misp-stix 2026.10.12 (PyPI): an attribute that MISP marks as deleted becomes a live indicator in the STIX export.
# From memory one would write: "deleted": true is a tombstone; an export leaves it out or marks the indicator as revoked.
# It does: the deleted attribute gives the same indicator as any other; nothing in the bundle tells that it was withdrawn.
# Who loads STIX made from MISP: a name that was taken back comes in again, by a second way, as something to block.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check misp-stix==2026.10.12 pymisp==2.5.34.4

cat > "$work/see.py" <<'END'
import json
from importlib.metadata import version
from misp_stix_converter import MISPtoSTIX21Parser


def attribute(number, value, **more):
    return {"uuid": f"00000000-0000-4000-8000-00000000000{number}", "type": "domain", "category": "Network activity",
            "value": value, "to_ids": True, "timestamp": "1764385200", **more}


parser = MISPtoSTIX21Parser()
parser.parse_misp_event({"Event": {
    "uuid": "00000000-0000-4000-8000-000000000009", "info": "example", "date": "2026-11-29", "timestamp": "1764385200",
    "Orgc": {"name": "example", "uuid": "00000000-0000-4000-8000-000000000008"},
    "Attribute": [attribute(1, "standing.example"), attribute(2, "withdrawn.example", deleted=True)],
}})
print("misp-stix", version("misp-stix"))
for thing in (json.loads(each.serialize()) for each in parser.bundle.objects):
    if thing["type"] == "indicator":
        print(thing["pattern"], "revoked:", thing.get("revoked"), "labels:", thing["labels"])
END
seen=$("$work/venv/bin/python" "$work/see.py")
expected=$(cat <<'END'
misp-stix 2026.10.12
[domain-name:value = 'standing.example'] revoked: None labels: ['misp:type="domain"', 'misp:category="Network activity"']
[domain-name:value = 'withdrawn.example'] revoked: None labels: ['misp:type="domain"', 'misp:category="Network activity"']
END
)

echo 'behaviour: a deleted attribute is exported as an indicator'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
