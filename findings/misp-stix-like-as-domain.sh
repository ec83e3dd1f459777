#!/usr/bin/env bash
# misp-stix 2026.10.12 (PyPI): a STIX pattern with LIKE is imported as a domain whose name holds the wildcard sign.
# From memory one would write: LIKE is a match and no name; it is kept as a pattern (as NOT and MATCHES are), or left out.
# It does: [domain-name:value LIKE "%.example.org"] becomes a MISP attribute of type domain, value "%.example.org", to_ids true.
# Who reads domain attributes from MISP: "%" is not a label of a host, the sub-domains that were meant are blocked by nobody.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check misp-stix==2026.10.12 pymisp==2.5.34.4

cat > "$work/see.py" <<'END'
import json
from importlib.metadata import version
import stix2
from misp_stix_converter import ExternalSTIX2toMISPParser


def imported(pattern):
    time = "2026-01-01T00:00:00.000Z"
    parser = ExternalSTIX2toMISPParser()
    parser.load_stix_bundle(stix2.parse(json.dumps({
        "type": "bundle", "id": "bundle--00000000-0000-4000-8000-000000000001", "objects": [{
            "type": "indicator", "spec_version": "2.1", "id": "indicator--00000000-0000-4000-8000-000000000002",
            "created": time, "modified": time, "valid_from": time, "pattern_type": "stix", "pattern": pattern}]})))
    parser.parse_stix_bundle()
    event = parser.misp_event
    attributes = [*event.attributes, *(each for object in event.objects for each in object.attributes)]
    return [(each.type, each.value, each.to_ids) for each in attributes]


print("misp-stix", version("misp-stix"))
for operator, value in [("=", "example.org"), ("LIKE", "%.example.org"), ("MATCHES", "example")]:
    print(operator, imported(f"[domain-name:value {operator} {chr(39)}{value}{chr(39)}]"))
END
seen=$("$work/venv/bin/python" "$work/see.py")
expected=$(cat <<'END'
misp-stix 2026.10.12
= [('domain', 'example.org', True)]
LIKE [('domain', '%.example.org', True)]
MATCHES [('text', 'stix 2.1', False), ('stix2-pattern', "[domain-name:value MATCHES 'example']", True)]
END
)

echo 'behaviour: LIKE %.example.org becomes the domain "%.example.org"'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
