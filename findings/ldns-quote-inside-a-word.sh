#!/usr/bin/env bash
# ldns 1.8.3 and NSD 4.6.1 (Debian 12, ldnsutils 1.8.3-1+b1 and nsd 4.6.1-1), master files: a quotation mark inside a word makes two different TXT records of one line.
# From memory one would write: both are of one maker and read RFC 1035 master files, so `TXT a="b c"` is the same record to both.
# NSD ends the word at the quotation mark: two strings, `a=` and `b c`; BIND does so too. ldns keeps the mark as a character and ends the word
# at the blank inside the quotes: `a="b` and `c"`. With the marks around the whole, `TXT "a=b c"`, both read one string.
# Who signs a zone with ldns-signzone that was checked by nsd-checkzone signs and serves other text than was checked: quote the whole string.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/debs/partial"
apt-get -qq -y -o Debug::NoLocking=1 -o Dir::Cache::archives="$work/debs" --download-only --reinstall install \
  ldnsutils=1.8.3-1+b1 libldns3=1.8.3-1+b1 nsd=4.6.1-1 > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
for deb in "$work"/debs/*.deb; do dpkg-deb -x "$deb" "$work/root"; done
export LD_LIBRARY_PATH="$work/root/usr/lib/x86_64-linux-gnu"

cat > "$work/zone" <<'END'
$ORIGIN z.example.
$TTL 300
@ SOA a b 1 2 3 4 5
@ NS a
a A 192.0.2.1
inside TXT a="b c"
behind TXT a"b"
around TXT "a=b c"
END

# NAME and the strings of each TXT record, as the tool prints them.
texts() { awk '$4 == "TXT" { sub(/\.z\.example\.$/, "", $1); name = $1; $1 = $2 = $3 = $4 = ""; sub(/^ +/, ""); print name ": " $0 }'; }
nsd=$("$work/root/usr/sbin/nsd-checkzone" -p z.example "$work/zone" | texts | sort)
ldns=$("$work/root/usr/bin/ldns-read-zone" "$work/zone" | texts | sort)

echo "nsd-checkzone $("$work/root/usr/sbin/nsd-checkzone" -h 2>&1 | sed -n 's/^Version *\([0-9.]*[0-9]\).*/\1/p'), ldns-read-zone $("$work/root/usr/bin/ldns-read-zone" -v 2>&1 | grep -oE '[0-9]+\.[0-9]+\.[0-9]+' | head -1)"
echo "behaviour: a quotation mark inside a word ends it in NSD and is a character of it in ldns"
echo "NSD:"
echo "$nsd"
echo "ldns:"
echo "$ldns"
expected_nsd='around: "a=b c"
behind: "a" "b"
inside: "a=" "b c"'
expected_ldns='around: "a=b c"
behind: "a\"b\""
inside: "a=\"b" "c\""'
echo "expected of NSD:"
echo "$expected_nsd"
echo "expected of ldns:"
echo "$expected_ldns"
[ "$nsd" = "$expected_nsd" ] && [ "$ldns" = "$expected_ldns" ] || { echo "changed"; exit 1; }
echo "unchanged"
