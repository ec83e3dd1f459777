#!/usr/bin/env bash
# Apache 2.4.71 (Debian 12, apache2-bin 2.4.71-1~deb12u1), mod_deflate: it never says "not modified" to the ETag that it gave itself.
# From memory one would write: who asks for a packed file again with its ETag in If-None-Match gets 304 while the file is the same (RFC 9110 §13.1.2).
# It does: a packed answer has the ETag `"x-gzip"`, If-None-Match is compared with `"x"` alone, so the answer is 200 with the whole file each time. If-Modified-Since beside it does not help: where both are there, If-None-Match alone counts. The answer is 304 to `"x-gzip", "x"`, or with `DeflateAlterETag NoChange`.
# Who fetches lists: a block list on Apache is sent whole at every refresh to clients that take gzip, and a client that trusts 304 alone compiles it anew each time.
set -euo pipefail
work=$(mktemp -d)
trap '[ ! -f "$work/pid" ] || kill "$(cat "$work/pid")" 2> /dev/null || true; sleep 0.5; rm -rf "$work"' EXIT
mkdir -p "$work/debs/partial" "$work/www"
apt-get -qq -y -o Debug::NoLocking=1 -o Dir::Cache::archives="$work/debs" --download-only --reinstall install \
  apache2-bin=2.4.71-1~deb12u1 libapr1 libaprutil1 > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
for deb in "$work"/debs/*.deb; do dpkg-deb -x "$deb" "$work/root"; done
export LD_LIBRARY_PATH="$work/root/usr/lib/x86_64-linux-gnu"

seq -f '0.0.0.0 n%g.example' 1000 > "$work/www/hosts.txt"
touch -d '2026-01-01 00:00:00 UTC' "$work/www/hosts.txt"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
for module in mpm_event authz_core mime filter deflate; do
  echo "LoadModule ${module}_module $work/root/usr/lib/apache2/modules/mod_$module.so"
done > "$work/httpd.conf"
cat >> "$work/httpd.conf" <<END
ServerRoot $work
ServerName localhost
PidFile $work/pid
DefaultRuntimeDir $work
ErrorLog $work/error
Listen 127.0.0.1:$port
DocumentRoot $work/www
TypesConfig /dev/null
AddType text/plain .txt
AddOutputFilterByType DEFLATE text/plain
END
"$work/root/usr/sbin/apache2" -X -f "$work/httpd.conf" > "$work/out" 2>&1 &
url=http://127.0.0.1:$port/hosts.txt
for attempt in $(seq 100); do
  curl --silent --output /dev/null "$url" && break
  sleep 0.1
done

head_of() { curl --silent --output /dev/null --dump-header - --header 'Accept-Encoding: gzip' "$url" | tr -d '\r' | sed -n "s/^$1: //Ip"; }
etag=$(head_of ETag)
changed=$(head_of Last-Modified)
ask() { curl --silent --output /dev/null --write-out '%{http_code}, %{size_download} octets' --header "Accept-Encoding: $1" --header "If-None-Match: $2" --header "If-Modified-Since: $changed" "$url"; }
bare=${etag/-gzip/}
seen="$("$work/root/usr/sbin/apache2" -v | sed -n 's/^Server version: //p'), ETag $(sed -E 's/"[^-"]+-[^-"]+/"x/' <<< "$etag")
its ETag: $(ask gzip "$etag" | sed -E 's/, [1-9][0-9]{3,} octets/, the whole file/')
its ETag, not packed: $(ask identity "$etag" | sed -E 's/, [1-9][0-9]{3,} octets/, the whole file/')
without the mark: $(ask gzip "$bare")
both: $(ask gzip "$etag, $bare")"
expected=$(cat <<'END'
Apache/2.4.71 (Debian), ETag "x-gzip"
its ETag: 200, the whole file
its ETag, not packed: 200, the whole file
without the mark: 304, 0 octets
both: 304, 0 octets
END
)

echo 'behaviour: 200 for its own ETag of a packed file, 304 for one that it never gave'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
