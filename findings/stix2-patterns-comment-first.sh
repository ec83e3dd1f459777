#!/usr/bin/env bash
# stix2-patterns 2.1.2 (PyPI, the OASIS pattern validator): validate() refuses a pattern that its own parser reads, if a comment stands first.
# From memory one would write: the grammar has comments (block and line), so a commented pattern is valid wherever the comment stands.
# It does: Pattern() parses it; validate() looks at the first character before it parses and says "missing square brackets".
# Who reads patterns: "does not validate" does not mean "is not STIX", and a reader that strips nothing must know comments.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check stix2-patterns==2.1.2

cat > "$work/see.py" <<'END'
from importlib.metadata import version
from stix2patterns.v21.pattern import Pattern
from stix2patterns.validator import run_validator

print("stix2-patterns", version("stix2-patterns"))
for pattern in ["[domain-name:value = 'a.example'] // seen in May", "/* seen in May */ [domain-name:value = 'a.example']"]:
    print(pattern)
    print("  parser:", Pattern(pattern).inspect().comparisons["domain-name"])
    print("  validator:", run_validator(pattern, stix_version="2.1"))
END
seen=$("$work/venv/bin/python" "$work/see.py")
expected=$(cat <<'END'
stix2-patterns 2.1.2
[domain-name:value = 'a.example'] // seen in May
  parser: [(['value'], '=', "'a.example'")]
  validator: []
/* seen in May */ [domain-name:value = 'a.example']
  parser: [(['value'], '=', "'a.example'")]
  validator: ['FAIL: Error found at line 1:0. input is missing square brackets']
END
)

echo 'behaviour: a leading comment fails validation, the parser reads it'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
