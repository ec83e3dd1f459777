#!/usr/bin/env bash
# nxdomain 1.0.2 (PyPI), a list converter: the same list blocks other names as an RPZ zone than as dnsmasq configuration.
# From memory one would write: an output format changes the syntax, not what is blocked.
# It does: in RPZ it writes "name CNAME ." alone, which covers that name only; in dnsmasq "address=/name/#", which covers all below it too;
# and a line "*.name" loses its star, so in RPZ the sub-domains that it asked for are not covered and the name itself is.
# Who reads such files: how wide a rule is belongs to the format, and converters do not keep it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check nxdomain==1.0.2

cat > "$work/see.py" <<'END'
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

work = Path(sys.argv[0]).parent
(work / "list").write_text("one.example\n*.two.example\n")
print("nxdomain", version("nxdomain"))
for format in ["bind", "dnsmasq"]:
    out = work / format
    subprocess.run([sys.executable, "-m", "nxdomain", "--format", format, "--out", out, "--simple", work / "list"],
                   check=True, capture_output=True)
    print(format, [line for line in out.read_text().splitlines() if ".example" in line])
END
seen=$("$work/venv/bin/python" "$work/see.py")
expected=$(cat <<'END'
nxdomain 1.0.2
bind ['one.example 3600 IN CNAME .', 'two.example 3600 IN CNAME .']
dnsmasq ['address=/one.example/#', 'address=/two.example/#']
END
)

echo 'behaviour: RPZ output covers the name, dnsmasq output the name and all below'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
