# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# One guest puts a system on a disk, the next one lives on it, over a reboot.

on_disk() { [ "$(guest "$1" "sed -n 's/^\(.*\) \/ .*/\1/p' /proc/mounts | tail -n 1")" = /dev/vda ]; }

must pf pf_setup "$PF" "$PF_DRIVER" 1
must vf vf_setup "$PF" 1 "$VF_DRIVER"
must installer guest_start 1 legacy "$(vf_bdf "$PF" 1)"
must mkfs guest 1 'mke2fs -F /dev/vda'
must mount guest 1 'mkdir -p /mnt && mount -t ext4 /dev/vda /mnt'
must install guest 1 'cp -a /bin /etc /init /lib* /sbin /usr /mnt && mkdir /mnt/dev /mnt/proc /mnt/sys /mnt/tmp'
must umount guest 1 'umount /mnt'
check installed guest_stop 1
must boot guest_start 2 root "$(vf_bdf "$PF" 1)"
check root on_disk 2
check legacy-driver legacy_driver 2
sum=$(guest 2 'random_file /kept 4 && sync')
guest_send 2 'mount -o remount,ro /; reboot -f'
must reboot guest_ready 2 2
check root-again on_disk 2
same kept "$sum" "$(guest 2 'sum </kept')"
obeyed_spec violations "$PF"
check end guest_stop 2
