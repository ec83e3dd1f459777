#!/usr/bin/env bash
# stix2 3.0.2 (PyPI): letter case makes two domain-name objects, with two deterministic ids, out of one DNS name.
# From memory one would write: the id of a STIX 2.1 observable is made from its content so that equal things get equal ids; DNS names are equal whatever their case.
# It does: the id is hashed over the letters as written, "A.example", "a.example" and "a.example." are three objects.
# Who counts or merges indicators by id: one name from two publishers is two; fold the name first.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check stix2==3.0.2

cat > "$work/see.py" <<'END'
from importlib.metadata import version
import stix2

print("stix2", version("stix2"))
for name in ["a.example", "A.example", "a.example."]:
    print(name, stix2.DomainName(value=name).id)
END
seen=$("$work/venv/bin/python" "$work/see.py")
expected=$(cat <<'END'
stix2 3.0.2
a.example domain-name--064f846b-2bd3-5015-8d6f-d260dbda99c1
A.example domain-name--4ebff183-d729-5c7c-b767-2b8e1904f831
a.example. domain-name--4127c4e4-2167-5f3b-8606-6374815747f2
END
)

echo 'behaviour: the id of a domain-name depends on letter case'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
