# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# One guest puts a system on a disk, the next one lives on it.

on_disk() { [ "$(guest "$1" "sed -n 's/^\(.*\) \/ .*/\1/p' /proc/mounts | tail -n 1")" = /dev/vda ]; }

must pf pf_setup "$PF" "$PF_DRIVER" 1
must vf vf_setup "$PF" 1 "$VF_DRIVER"
must installer guest_start 1 legacy "$(vf_bdf "$PF" 1)"
must mkfs guest 1 'mke2fs -F /dev/vda'
must mount guest 1 'mkdir -p /mnt && mount -t ext2 /dev/vda /mnt'
must install guest 1 'cp -a /bin /etc /init /lib* /sbin /usr /mnt && mkdir /mnt/dev /mnt/proc /mnt/sys /mnt/tmp'
sum=$(guest 1 'random_file /mnt/kept 1024')
must umount guest 1 'umount /mnt'
check installed guest_stop 1
must boot guest_start 2 root "$(vf_bdf "$PF" 1)"
check root on_disk 2
check legacy-driver legacy_driver 2
same kept "$sum" "$(guest 2 'sum </kept')"
more=$(guest 2 'random_file /more 256')
check more test -n "$more"
same writable "$more" "$(guest 2 'sync; echo 3 >/proc/sys/vm/drop_caches; sum </more')"
obeyed_spec violations "$PF"
check end guest_stop 2
