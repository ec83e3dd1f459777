#!/usr/bin/env bash
# PyMISP 2.5.34.4 (PyPI), MISP object templates: "to_ids" is true by default for names of the harmless side too.
# From memory one would write: to_ids marks what an analyst wants detected, so objects that describe a victim or a DNS answer start with it off.
# It does: the domain in a "victim" object, the name servers and mail servers in a "dns-record", the address that a mail was sent to
# in an "email", all get to_ids = true unless the author says otherwise; a "whois" name server and a "link" get false.
# Who takes to_ids as "block this": MISP objects written with the defaults list the attacked company and shared name servers.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check pymisp==2.5.34.4

cat > "$work/see.py" <<'END'
from importlib.metadata import version
from pymisp import MISPObject

print("pymisp", version("pymisp"))
for template, relation, value in [
    ("victim", "domain", "attacked.example"),
    ("dns-record", "queried-domain", "c2.example"),
    ("dns-record", "ns-record", "ns1.hoster.example"),
    ("dns-record", "mx-record", "mx.hoster.example"),
    ("email", "to", "reader@attacked.example"),
    ("whois", "nameserver", "ns1.hoster.example"),
    ("report", "link", "https://news.example/"),
]:
    attribute = MISPObject(template).add_attribute(relation, value)
    print(template, relation, value, attribute.to_ids)
END
seen=$("$work/venv/bin/python" "$work/see.py")
expected=$(cat <<'END'
pymisp 2.5.34.4
victim domain attacked.example True
dns-record queried-domain c2.example True
dns-record ns-record ns1.hoster.example True
dns-record mx-record mx.hoster.example True
email to reader@attacked.example True
whois nameserver ns1.hoster.example False
report link https://news.example/ False
END
)

echo 'behaviour: to_ids is true for the victim and for shared servers'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
