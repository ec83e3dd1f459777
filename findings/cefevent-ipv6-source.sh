#!/usr/bin/env bash
# cefevent 0.5.6 (PyPI): the source address of a CEF event is left out when it is IPv6.
# From memory one would write: a field that cannot be set raises, and "src" takes any client address.
# It does: set_field("sourceAddress", IPv6) returns False, nothing is raised, and the event is built without a source.
# Who maps hits to CEF: the dictionary has "src" for IPv4 and a custom field (c6a2) for an IPv6 source; software of the receiving side holds to that.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check cefevent==0.5.6

cat > "$work/see.py" <<'END'
from importlib.metadata import version
from cefevent import CEFEvent

print("cefevent", version("cefevent"))
for address in ["192.0.2.7", "2001:db8::7"]:
    event = CEFEvent()
    event.set_field("name", "blocked")
    print(address, event.set_field("sourceAddress", address), event.build_cef())
event = CEFEvent()
event.set_field("name", "blocked")
print("c6a2", event.set_field("deviceCustomIPv6Address2", "2001:db8::7"), event.build_cef())
END
seen=$("$work/venv/bin/python" "$work/see.py")
expected=$(cat <<'END'
cefevent 0.5.6
192.0.2.7 192.0.2.7 CEF:0|CEF Vendor|CEF Product|1.0|0|blocked|5|src=192.0.2.7
2001:db8::7 False CEF:0|CEF Vendor|CEF Product|1.0|0|blocked|5|
c6a2 2001:db8::7 CEF:0|CEF Vendor|CEF Product|1.0|0|blocked|5|c6a2=2001:db8::7
END
)

echo 'behaviour: an IPv6 source address is left out without an error'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
