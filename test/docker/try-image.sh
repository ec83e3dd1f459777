#!/bin/sh
# Runs an unpacked image the way compose.yaml tells an engine to, and asks it: try-image.sh TREE
# A network namespace of its own with unprivileged port 53, user 65532, no capabilities, no new privileges.
set -eu
tree=$1
if [ "${2:-}" != inside ]; then
  exec unshare --net --mount --pid --fork --kill-child "$0" "$tree" inside
fi

mount -t proc proc /proc
ip link set lo up
echo 0 > /proc/sys/net/ipv4/ip_unprivileged_port_start
mount --bind "$tree" "$tree"
mount -t proc proc "$tree/proc" 2> /dev/null || { mkdir -p "$tree/proc"; mount -t proc proc "$tree/proc"; }
mkdir -p "$tree/dev" && touch "$tree/dev/null" "$tree/dev/urandom"
mount --bind /dev/null "$tree/dev/null"
mount --bind /dev/urandom "$tree/dev/urandom"
mount -t tmpfs -o uid=65532,mode=700 tmpfs "$tree/data"
mount -o remount,bind,ro "$tree"

# Losing uid 0 loses all capabilities; with no new privileges none can come back: what --cap-drop ALL comes to.
as_user() {
  exec env -i PATH=/usr/bin:/bin:/usr/sbin:/sbin NODE_ENV=production CENOTE_CONFIG=/config/cenote.yaml \
    setpriv --no-new-privs --inh-caps=-all chroot --userspec=65532:65532 "$tree" /usr/local/bin/cenote "$@"
}
run() { (as_user "$@"); }

as_user serve > "/tmp/cenote-image.$$" 2>&1 &
daemon=$!
status=1
for _ in $(seq 100); do
  if run healthcheck > "/tmp/cenote-health.$$" 2>&1; then status=0; break; fi
  kill -0 "$daemon" 2> /dev/null || break
  sleep 0.2
done
grep -E '^(Uid|CapEff|CapPrm|CapAmb|NoNewPrivs)' "/proc/$daemon/status" || true
if [ "$status" = 0 ]; then
  dig +time=2 +tries=1 @127.0.0.1 www.akamaicontainer.com A | grep -E 'status:|0\.0\.0\.0|^;; SERVER' || status=1
  dig +time=2 +tries=1 +tcp @127.0.0.1 www.akamaicontainer.com AAAA | grep -E 'status:|::' || status=1
  run healthcheck || status=1
  grep -c '"event":"hit"' "/tmp/cenote-image.$$" || status=1
  kill -TERM "$daemon"
  wait "$daemon" || { echo "exit $?"; status=1; }
fi
cat "/tmp/cenote-image.$$" "/tmp/cenote-health.$$"
rm -f "/tmp/cenote-image.$$" "/tmp/cenote-health.$$"
[ "$status" = 0 ] && echo "image: ok" || echo "image: FAILED"
exit "$status"
