#!/usr/bin/env bash
# tldextract 5.4.0 and publicsuffixlist 1.1.2.20261023 (PyPI), both from the Public Suffix List: .za has rules for co.za and others, but none for za.
# From memory one would write: every delegated top-level domain stands in the list, so the registered domain of "name.za" is "name.za" everywhere.
# They do: tldextract finds no suffix in "name.za" and hence no registered domain; publicsuffixlist falls back to the rule "*"
# and gives "name.za", but gives "host.lan" as a registered domain as well.
# Who tests "is this a real name" by the list: a name straight below .za is real, and one below .lan is not; the list tells neither.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check tldextract==5.4.0 publicsuffixlist==1.1.2.20261023

cat > "$work/see.py" <<'END'
from importlib.metadata import version
from publicsuffixlist import PublicSuffixList
from tldextract import TLDExtract

extract = TLDExtract(suffix_list_urls=())
suffixes = PublicSuffixList()
for package in ["tldextract", "publicsuffixlist"]:
    print(package, version(package))
for name in ["www.name.co.za", "name.za", "host.lan"]:
    print(name, repr(extract(name).top_domain_under_public_suffix), repr(suffixes.privatesuffix(name)))
END
seen=$("$work/venv/bin/python" "$work/see.py")
expected=$(cat <<'END'
tldextract 5.4.0
publicsuffixlist 1.1.2.20261023
www.name.co.za 'name.co.za' 'name.co.za'
name.za '' 'name.za'
host.lan '' 'host.lan'
END
)

echo 'behaviour: name.za has no registered domain by one library, host.lan has one by the other'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
