#!/usr/bin/env bash
# stix2-matcher 3.0.0 (PyPI, the OASIS pattern matcher): ISSUBSET and ISSUPERSET know IPv4 alone; an IPv6 address ends the match with an error about IPv4.
# From memory one would write: `[ipv6-addr:value ISSUBSET '2001:db8::/32']`, which STIX 2.1 section 9.6 allows and the validator takes, matches 2001:db8::7.
# It does: "Invalid IPv4 address: 2001:db8::7"; and an address on the right needs its "/32", though STIX lets one leave it out (section 6.8).
# Who matches observations against patterns: one IPv6 network among the indicators stops the run; with OR, what stands beside it is not looked at.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check stix2-matcher==3.0.0 stix2-patterns==2.1.2

cat > "$work/see.py" <<'END'
from importlib.metadata import version

from stix2matcher.matcher import MatcherException, match
from stix2patterns.validator import validate

TIME = "2026-11-01T00:00:00Z"


def observed(kind, value):
    return {
        "type": "observed-data", "id": "observed-data--b67d30ff-02ac-498a-92f9-32f845f448cf", "created": TIME, "modified": TIME,
        "first_observed": TIME, "last_observed": TIME, "number_observed": 1, "objects": {"0": {"type": kind, "value": value}},
    }


print("stix2-matcher", version("stix2-matcher"), "stix2-patterns", version("stix2-patterns"))
for pattern, kind, value in [
    ("[ipv4-addr:value ISSUBSET '192.0.2.0/24']", "ipv4-addr", "192.0.2.7"),
    ("[ipv4-addr:value ISSUBSET '192.0.2.7']", "ipv4-addr", "192.0.2.7"),
    ("[ipv6-addr:value ISSUBSET '2001:db8::/32']", "ipv6-addr", "2001:db8::7"),
    ("[ipv6-addr:value ISSUBSET '2001:db8::/32' OR ipv6-addr:value = '2001:db8::7']", "ipv6-addr", "2001:db8::7"),
]:
    try:
        said = bool(match(pattern, [observed(kind, value)], stix_version="2.0"))
    except MatcherException as error:
        said = str(error)
    print(pattern, "valid" if validate(pattern) else "invalid", "on", value + ":", said)
END
seen=$("$work/venv/bin/python" "$work/see.py")
expected=$(cat <<'END'
stix2-matcher 3.0.0 stix2-patterns 2.1.2
[ipv4-addr:value ISSUBSET '192.0.2.0/24'] valid on 192.0.2.7: True
[ipv4-addr:value ISSUBSET '192.0.2.7'] valid on 192.0.2.7: Invalid CIDR subnet: 192.0.2.7
[ipv6-addr:value ISSUBSET '2001:db8::/32'] valid on 2001:db8::7: Invalid IPv4 address: 2001:db8::7
[ipv6-addr:value ISSUBSET '2001:db8::/32' OR ipv6-addr:value = '2001:db8::7'] valid on 2001:db8::7: Invalid IPv4 address: 2001:db8::7
END
)

echo 'behaviour: ISSUBSET with IPv6 networks ends with an error about IPv4'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
