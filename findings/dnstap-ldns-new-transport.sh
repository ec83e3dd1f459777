#!/usr/bin/env bash
# dnstap-ldns 0.2.1 (Debian 12, dnstap-ldns 0.2.1-1): its YAML output ends at the first message that came over TLS or HTTPS, and what follows is not read.
# From memory one would write: a dnstap reader shows each message of a file; a transport newer than itself is shown as a number or not at all, as protobuf readers treat what they do not know.
# It does: with -y the first message over DoT, DoH or DoQ is written up to its socket family, then comes "print_dnstap_frame() failed" and exit code 1. With -q the same file is read whole, the transport is "?".
# Who looks into captures with it: a capture of a resolver that also serves DoT gives YAML that ends at the first encrypted question; where only standard output is kept it seems complete.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/debs/partial"
apt-get -qq -y -o Debug::NoLocking=1 -o Dir::Cache::archives="$work/debs" --download-only --reinstall install \
  dnstap-ldns=0.2.1-1 > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
for deb in "$work"/debs/*.deb; do dpkg-deb -x "$deb" "$work/root"; done
export LD_LIBRARY_PATH="$work/root/usr/lib/x86_64-linux-gnu"

cat > "$work/make.py" <<'END'
import struct
import sys


def varint(number):
    octets = b""
    while number > 127:
        octets += bytes([number & 127 | 128])
        number >>= 7
    return octets + bytes([number])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def control(kind, content=b""):
    body = struct.pack(">I", kind) + (struct.pack(">II", 1, len(content)) + content if content else b"")
    return struct.pack(">II", 0, len(body)) + body


UDP, TCP, DOT, DOH, DOQ = 1, 2, 3, 4, 7
frames = control(2, b"protobuf:dnstap.Dnstap")
for number, protocol in enumerate((UDP, TCP, *(int(word) for word in sys.argv[2:]), UDP)):
    question = struct.pack(">HHHHHH", number, 256, 1, 0, 0, 0) + b"\3www\7example\0" + struct.pack(">HH", 1, 1)
    # A CLIENT_QUERY over IPv4: type, socket_family, socket_protocol, query_address, query_time_sec, query_message.
    message = field(1, 5) + field(2, 1) + field(3, protocol) + field(4, bytes([192, 0, 2, 7])) + field(8, 1767225600) + field(10, question)
    frame = field(14, message) + field(15, 1)
    frames += struct.pack(">I", len(frame)) + frame
open(sys.argv[1], "wb").write(frames + control(3))
END
see() {
  python3 "$work/make.py" "$work/tap" $2
  for form in -q -y; do
    code=0
    "$work/root/usr/bin/dnstap-ldns" $form -r "$work/tap" > "$work/out" 2> "$work/err" || code=$?
    case $form in
      -y) shown="$(grep -c '^type: MESSAGE' "$work/out" || true) messages begun, transports $(sed -n 's/.*socket_protocol: //p' "$work/out" | xargs)" ;;
      *) shown="$(grep -c . "$work/out" || true) messages, transports $(awk '{ print $(NF - 4) }' "$work/out" | xargs)" ;;
    esac
    echo "$1 $form: $shown; exit $code $(tr '\n' ' ' < "$work/err")" | sed 's/ *$//'
  done
}
seen="dnstap-ldns $(dpkg-deb --field "$work"/debs/dnstap-ldns_*.deb Version)
$(see 'UDP TCP UDP' '')
$(see 'UDP TCP DoT UDP' 3)
$(see 'UDP TCP DoH UDP' 4)
$(see 'UDP TCP DoQ UDP' 7)"
expected=$(cat <<'END'
dnstap-ldns 0.2.1-1
UDP TCP UDP -q: 3 messages, transports UDP TCP UDP; exit 0
UDP TCP UDP -y: 3 messages begun, transports UDP TCP UDP; exit 0
UDP TCP DoT UDP -q: 4 messages, transports UDP TCP ? UDP; exit 0
UDP TCP DoT UDP -y: 3 messages begun, transports UDP TCP; exit 1 Error: print_dnstap_frame() failed.
UDP TCP DoH UDP -q: 4 messages, transports UDP TCP ? UDP; exit 0
UDP TCP DoH UDP -y: 3 messages begun, transports UDP TCP; exit 1 Error: print_dnstap_frame() failed.
UDP TCP DoQ UDP -q: 4 messages, transports UDP TCP ? UDP; exit 0
UDP TCP DoQ UDP -y: 3 messages begun, transports UDP TCP; exit 1 Error: print_dnstap_frame() failed.
END
)

echo 'behaviour: the YAML output ends at the first message over a transport that it does not know'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
