#!/usr/bin/env bash
# adblock 0.6.0 (PyPI, adblock-rust of the Brave browser): in its "hosts" format a line covers more than its name, and a second name on it covers nothing.
# From memory one would write: a hosts line covers the names on it, each alone.
# It does: "0.0.0.0 www.example.org" covers example.org and everything below it ("www." is taken off); a line with two names is dropped as a whole.
# Who compares blockers on one hosts list: this one blocks sub-domains and parents that nobody listed, and misses lines that others read.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check adblock==0.6.0

cat > "$work/see.py" <<'END'
from importlib.metadata import version
from adblock import Engine, FilterSet

print("adblock", version("adblock"))
for line in ["0.0.0.0 one.example.org", "0.0.0.0 www.example.org", "0.0.0.0 example.org example.net"]:
    rules = FilterSet()
    rules.add_filter_list(line, format="hosts")
    engine = Engine(rules)
    for name in ["example.org", "a.example.org", "a.one.example.org"]:
        print(line, "|", name, engine.check_network_urls(f"https://{name}/", "https://site.example.com/", "script").matched)
END
seen=$("$work/venv/bin/python" "$work/see.py")
expected=$(cat <<'END'
adblock 0.6.0
0.0.0.0 one.example.org | example.org False
0.0.0.0 one.example.org | a.example.org False
0.0.0.0 one.example.org | a.one.example.org True
0.0.0.0 www.example.org | example.org True
0.0.0.0 www.example.org | a.example.org True
0.0.0.0 www.example.org | a.one.example.org True
0.0.0.0 example.org example.net | example.org False
0.0.0.0 example.org example.net | a.example.org False
0.0.0.0 example.org example.net | a.one.example.org False
END
)

echo 'behaviour: a hosts line for www.example.org covers example.org'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
