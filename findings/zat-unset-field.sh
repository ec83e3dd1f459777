#!/usr/bin/env bash
# zat 0.4.9 (PyPI, Zeek Analysis Tools): a field that Zeek left unset is a name of one hyphen, and an unset time is a time of zero.
# From memory one would write: a Zeek log says in its head how "unset" and "empty" are written, so a reader gives None for one and an empty value for the other,
# a vector as a list, and \x2c inside a value as the comma that it stands for.
# It does: an unset name is the string "-", an empty one "(empty)", an unset round-trip time 0; vectors are one string, escapes are left in.
# Who reads dns.log with it: "-" and "(empty)" are among the names that were asked for, and queries that were never answered were answered at once.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps zat==0.4.9

{
  printf '#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tdns\n'
  printf '#fields\tts\tquery\tanswers\trtt\n#types\ttime\tstring\tvector[string]\tinterval\n'
  printf '1767254400.000000\tone.example\t192.0.2.1,a\\x2cb\t0.001000\n'
  printf '1767254401.000000\ttwo.example\t-\t-\n'
  printf '1767254402.000000\t-\t(empty)\t-\n'
} > "$work/dns.log"
cat > "$work/see.py" <<'END'
from importlib.metadata import version
import sys
from zat.zeek_log_reader import ZeekLogReader

print("zat", version("zat"))
for row in ZeekLogReader(sys.argv[1]).readrows():
    print(repr(row["query"]), repr(row["answers"]), row["rtt"].total_seconds())
END
seen=$("$work/venv/bin/python" "$work/see.py" "$work/dns.log" | grep -v '^Successfully')
expected=$(cat <<'END'
zat 0.4.9
'one.example' '192.0.2.1,a\\x2cb' 0.001
'two.example' '-' 0.0
'-' '(empty)' 0.0
END
)

echo 'behaviour: unset and empty fields come as text, an unset time as zero, vectors and escapes as they are written'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
