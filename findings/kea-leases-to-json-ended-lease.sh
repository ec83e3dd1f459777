#!/usr/bin/env bash
# kea-leases-to-json 0.1.3 (PyPI): a lease that Kea has given back is listed like one that stands, and the escapes of the file are left in.
# From memory one would write: the file is a journal: the last row of an address counts, lifetime 0 or state 2 means the lease is over, and "&#x2c" is a comma.
# It does: each row with a name becomes a lease of its own, the one that ended (lifetime 0) too; the host name keeps "&#x2c".
# Who names clients from it: a machine that left keeps its name, and an address has two of them.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check kea-leases-to-json==0.1.3

cat > "$work/see.py" <<'END'
import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

work = Path(sys.argv[0]).parent
(work / "leases").mkdir()
(work / "leases" / "kea-leases4.csv").write_text("""\
address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context
192.0.2.7,02:00:00:00:00:07,,3600,4000000000,1,0,0,till&#x2c3,0,
192.0.2.8,02:00:00:00:00:08,,3600,4000000000,1,0,0,phone,0,
192.0.2.8,02:00:00:00:00:08,,0,1700000000,1,0,0,phone,0,
""")
subprocess.run([Path(sys.executable).parent / "kea-leases-to-json", "--single-run", work / "leases", work / "json"],
               check=True, capture_output=True)
print("kea-leases-to-json", version("kea-leases-to-json"))
for lease in json.loads((work / "json").read_text()):
    print(".".join(lease["Address"]), lease["Hostname"], lease["Expire"])
END
seen=$("$work/venv/bin/python" "$work/see.py")
expected=$(cat <<'END'
kea-leases-to-json 0.1.3
192.0.2.7 till&#x2c3 4000000000
192.0.2.8 phone 4000000000
192.0.2.8 phone 1700000000
END
)

echo 'behaviour: a lease that has ended is listed beside itself'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
