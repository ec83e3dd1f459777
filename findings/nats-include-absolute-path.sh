#!/usr/bin/env bash
# nats-server 2.9.10 (Debian 12; 2.15.3 does the same): an absolute path in `include` is looked for below the folder of the file that includes it.
# From memory one would write: a path that begins with / is that path, and a relative one begins where the server was started, or beside the file.
# It joins the two: /etc/nats.conf with include "/srv/users.conf" reads /etc/srv/users.conf.
# Who lets another program write the server's users: the included file must lie below the server's own folder, or be reached by ../ or a link.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -q nats-server=2.9.10-1 > log 2>&1 || apt-get download -q nats-server > log 2>&1 || { cat log >&2; exit 1; }
dpkg-deb -x nats-server_*.deb .
mkdir etc-nats srv
printf 'users: [{ user: site, password: site }]\n' > srv/users.conf
try() {
  printf 'port: -1\nauthorization { include "%s" }\n' "$1" > etc-nats/nats.conf
  usr/sbin/nats-server -t -c etc-nats/nats.conf 2>&1 | sed "s|$work|DIR|g" | tail -1
}
seen=$(usr/sbin/nats-server --version; try "$work/srv/users.conf"; try ../srv/users.conf)
expected=$(cat <<'END'
nats-server: v2.9.10
nats-server: error parsing include file 'DIR/srv/users.conf', open etc-natsDIR/srv/users.conf: no such file or directory
nats-server: configuration file etc-nats/nats.conf is valid
END
)

echo 'behaviour: include takes an absolute path for a relative one'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
