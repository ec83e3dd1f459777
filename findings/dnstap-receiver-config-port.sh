#!/usr/bin/env bash
# dnstap-receiver 4.7.0 (PyPI): the port of its configuration file is never used, the address of the same section is.
# From memory one would write: `-c` names a file whose `input.tcp-socket.local-port` says where it listens, and an option `-p` on the command line overrides it.
# It does: without `-p` the default of that option, 6000, overrides the file as well; `local-address` of the file counts. Nothing is said of it.
# Who sends dnstap to it: the DNS server that was given the port of the file finds nobody there, and two receivers on one machine want the same port.
# Runs in a network namespace of its own (as root), since it listens on port 6000; nothing leaves it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check dnstap-receiver==4.7.0

cat > "$work/config.yml" <<'END'
input:
  tcp-socket: {enable: true, local-address: 127.0.0.2, local-port: 6201}
trace: {verbose: true}
web-api: {enable: false}
END
cat > "$work/network.sh" <<'END'
ip link set lo up
for options in '' '-p 6202' '-p 6000' '-l 127.0.0.3'; do
  PYTHONUNBUFFERED=1 "$1/venv/bin/dnstap_receiver" -c "$1/config.yml" $options > "$1/out" 2>&1 &
  for attempt in $(seq 100); do
    grep -q 'listening on' "$1/out" && break
    sleep 0.1
  done
  echo "-c config.yml $options:" "$(sed -n 's/.*Input handler: listening on /listens on /p' "$1/out")"
  kill $! && wait $! || true
done 2> /dev/null
END
seen="dnstap-receiver $("$work/venv/bin/python" -c 'from importlib.metadata import version; print(version("dnstap-receiver"))'), 127.0.0.2 and 6201 in its file
$(unshare --net bash "$work/network.sh" "$work")"
expected=$(cat <<'END'
dnstap-receiver 4.7.0, 127.0.0.2 and 6201 in its file
-c config.yml : listens on 127.0.0.2:6000
-c config.yml -p 6202: listens on 127.0.0.2:6202
-c config.yml -p 6000: listens on 127.0.0.2:6000
-c config.yml -l 127.0.0.3: listens on 127.0.0.3:6000
END
)

echo 'behaviour: the port of the file does not count, the address does'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
