#!/usr/bin/env bash
# python-hosts 1.1.3 (PyPI): removing one name removes the other names of its line, and writing a file back drops lines it could not read.
# From memory one would write: "remove b.example" takes that name off the line; lines that an editor does not understand are kept as they are.
# It does: remove_all_matching(name=) drops every entry that holds the name, with all its other names; an address with a zone
# ("fe80::1%lo0", as some systems ship it) and the comment behind an entry are gone after write().
# Who lets such a tool edit a hosts list: unblocking one name unblocks its neighbours.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check python-hosts==1.1.3

cat > "$work/see.py" <<'END'
import sys
from importlib.metadata import version
from pathlib import Path
from python_hosts import Hosts

path = Path(sys.argv[0]).parent / "hosts"
path.write_text("fe80::1%lo0 localhost\n0.0.0.0 a.example b.example # two\n0.0.0.0 c.example\n")
hosts = Hosts(path=str(path))
hosts.remove_all_matching(name="b.example")
hosts.write()
print("python-hosts", version("python-hosts"))
print(path.read_text().expandtabs(1), end="")
END
seen=$("$work/venv/bin/python" "$work/see.py")
expected=$(cat <<'END'
python-hosts 1.1.3
0.0.0.0 c.example
END
)

echo 'behaviour: removing b.example removes a.example of the same line'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
