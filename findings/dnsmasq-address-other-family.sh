#!/usr/bin/env bash
# dnsmasq 2.90 (Debian dnsmasq-base): address=/name/0.0.0.0 stops queries for A alone; AAAA, TXT and HTTPS of the name go to the upstream.
# From memory one would write: address=/name/ADDRESS blocks the name, and what has no address of that family gets no data.
# It does: every query of another type is forwarded; with "#" in the address's place those for A and AAAA are answered, TXT and HTTPS forwarded.
# Who meets it: users of block lists in this form; their clients reach the listed names over IPv6.
set -euo pipefail
work=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2> /dev/null || true; rm -rf "$work"' EXIT
command -v dnsmasq > /dev/null || { echo 'needs dnsmasq (Debian package dnsmasq-base)' >&2; exit 1; }
command -v dig > /dev/null || { echo 'needs dig (Debian package bind9-dnsutils)' >&2; exit 1; }
port() { python3 -c 'import socket; s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])'; }
upstream=$(port)
asked=$(port)
run() { dnsmasq --keep-in-foreground --user="$(id -un)" --no-resolv --no-hosts --conf-file=/dev/null --pid-file= --log-facility=/dev/null --listen-address=127.0.0.1 --bind-interfaces "$@" & pids+=($!); }
# The upstream is dnsmasq as well: names of its own with every type.
run --port="$upstream" --host-record=a.example,198.51.100.7,2001:db8::7 --host-record=b.example,198.51.100.7,2001:db8::7 \
  --txt-record=a.example,up --txt-record=b.example,up
run --port="$asked" --cache-size=0 --server="127.0.0.1#$upstream" --address=/a.example/0.0.0.0 --address=/b.example/#
for _ in $(seq 50); do dig +short +tries=1 +timeout=1 @127.0.0.1 -p "$asked" a.example A | grep -q . && break; done

seen=$(
  dnsmasq --version | grep -o -m1 'version [0-9.]*' | head -n 1
  for name in a.example b.example; do
    for type in A AAAA TXT; do echo "$name $type: $(dig +short @127.0.0.1 -p "$asked" "$name" "$type")"; done
  done
)
expected=$(cat <<'END'
version 2.90
a.example A: 0.0.0.0
a.example AAAA: 2001:db8::7
a.example TXT: "up"
b.example A: 0.0.0.0
b.example AAAA: ::
b.example TXT: "up"
END
)

echo 'behaviour: an address stops queries of its own family alone'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
