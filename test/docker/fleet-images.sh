#!/bin/sh
# Makes the images of NATS and PostgreSQL that compose.fleet.yaml names, under these very names, where no registry is reached:
# fleet-images.sh WORKDIR NATS-SERVER
# They are that program, linked statically (as test/support/nats.ts builds it), and Debian's PostgreSQL by debootstrap, and do what
# those images do with the words and variables of that file. Needs root and buildah.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$1
nats_server=$2
suite=${SUITE:-bookworm}
buildah="buildah --storage-driver vfs --root $work/storage --runroot $work/run"
mkdir -p "$work"
named() { sed -n "s/^    image: \(docker.io\/library\/$1:.*\)/\1/p" "$root/compose.fleet.yaml"; }
is_there() { $buildah inspect --type image "$1" > "$work/inspect" 2>&1; }

nats=$(named nats)
if ! is_there "$nats"; then
  container=$($buildah from scratch)
  $buildah add --quiet "$container" "$nats_server" /nats-server > "$work/add.log"
  $buildah config --entrypoint '["/nats-server"]' "$container"
  $buildah commit --quiet --rm "$container" "$nats" > "$work/commit.log"
fi

postgres=$(named postgres)
if ! is_there "$postgres"; then
  tree=$work/postgres
  if [ ! -x "$tree/usr/bin/psql" ]; then
    debootstrap --variant=minbase --include=postgresql "$suite" "$tree" ${MIRROR:+"$MIRROR"} > "$work/debootstrap.log"
    rm -rf "$tree/var/cache/apt/archives" "$tree/var/lib/apt/lists"
  fi
  cat > "$tree/entrypoint.sh" << 'SCRIPT'
#!/bin/sh
set -eu
PATH=$(echo /usr/lib/postgresql/*/bin):$PATH
export PGDATA=/var/lib/postgresql/data
as() { setpriv --reuid postgres --regid postgres --clear-groups "$@"; }
mkdir -p /run/postgresql; chown postgres /run/postgresql "$PGDATA"
if [ ! -e "$PGDATA/PG_VERSION" ]; then
  printf %s "$POSTGRES_PASSWORD" > /tmp/password; chown postgres /tmp/password
  as initdb --username="$POSTGRES_USER" --pwfile=/tmp/password --auth-local=trust --auth-host=scram-sha-256
  echo 'host all all all scram-sha-256' >> "$PGDATA/pg_hba.conf"
  as pg_ctl --wait -o '-c listen_addresses=' start
  [ "$POSTGRES_DB" = postgres ] || as createdb --username="$POSTGRES_USER" "$POSTGRES_DB"
  as pg_ctl --wait stop
fi
exec setpriv --reuid postgres --regid postgres --clear-groups postgres -c 'listen_addresses=*'
SCRIPT
  chmod 755 "$tree/entrypoint.sh"
  container=$($buildah from scratch)
  $buildah add --quiet "$container" "$tree" / > "$work/add.log"
  $buildah config --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin --entrypoint '["/entrypoint.sh"]' "$container"
  $buildah commit --quiet --rm "$container" "$postgres" > "$work/commit.log"
fi
