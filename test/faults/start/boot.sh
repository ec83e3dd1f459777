#!/bin/sh
# A small machine of its own, in namespaces: a copy-on-write root, its own network, and systemd as process 1. Arguments: a folder to
# mount on, the project, a folder that all such machines share (/before), and what else to do before process 1 begins ($R is the new root).
set -e
mount -t tmpfs tmpfs "$1"
R=$1/root
mkdir -p "$1/upper" "$1/work" "$R"
mount -t overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" overlay "$R"
mount -t proc proc "$R/proc"
mount -t sysfs sysfs "$R/sys"
mount -t tmpfs tmpfs "$R/sys/fs/cgroup"
mount -t cgroup2 cgroup "$R/sys/fs/cgroup"
for each in run tmp; do mount -t tmpfs tmpfs "$R/$each"; done
mount --rbind /dev "$R/dev"
rm -rf "$R/etc/systemd/system" "$R/var/lib/private" "$R/var/cache/private" "$R/data" "$R/etc/cenote" "$R/opt/cenote"
mkdir -p "$R/etc/systemd/system" "$R/opt/cenote" "$R/etc/cenote" "$R/var/lib/private" "$R/data/first" "$R/before"
chmod 0700 "$R/var/lib/private"
mount --bind "$2" "$R/opt/cenote"
mount --bind "$3" "$R/before"
# What a run before has left, where one was.
if [ -d "$3/again" ]; then cp -a "$3/again" "$R/data/again"; cp -a "$3/unit" "$R/var/lib/private/cenote"; fi
echo 'nameserver 127.0.0.2' >"$R/etc/resolv.conf"
cp "$2/packaging/cenote.service" "$R/etc/systemd/system/"
printf '[Unit]\nRequires=basic.target\nAfter=basic.target\nWants=systemd-journald.service\n' >"$R/etc/systemd/system/small.target"
ip link set lo up
eval "$4"
if [ -x "$R/lib/systemd/systemd" ]; then
  exec chroot "$R" /usr/bin/env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    /lib/systemd/systemd --system --unit=small.target --log-target=null --show-status=0
fi
exec chroot "$R" sleep infinity
