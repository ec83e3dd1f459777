#!/usr/bin/env bash
# stix2 3.0.2 (PyPI, "cti-python-stix2"): a query of a MemoryStore gives old versions of an object, also of one that has been revoked since.
# From memory one would write: a store answers with the newest version of each id; query() is get() with a filter.
# It does: get(id) gives the newest (revoked); query(type = indicator) gives every version, the one before the revocation among them.
# Who fills block lists by query(): a withdrawn indicator stays, because its old version says revoked = false.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check stix2==3.0.2

cat > "$work/see.py" <<'END'
from importlib.metadata import version
import stix2

first = stix2.Indicator(pattern="[domain-name:value = 'a.example']", pattern_type="stix", valid_from="2026-01-01T00:00:00Z",
                        created="2026-01-01T00:00:00Z", modified="2026-01-01T00:00:00Z")
store = stix2.MemoryStore([first, first.revoke()])
print("stix2", version("stix2"))
print("get:", store.get(first.id).revoked)
print("query:", sorted(found.revoked for found in store.query([stix2.Filter("type", "=", "indicator")])))
print("query for what stands:", len(store.query([stix2.Filter("type", "=", "indicator"), stix2.Filter("revoked", "=", False)])))
END
seen=$("$work/venv/bin/python" "$work/see.py")
expected=$(cat <<'END'
stix2 3.0.2
get: True
query: [False, True]
query for what stands: 1
END
)

echo 'behaviour: query() returns the version before the revocation'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
