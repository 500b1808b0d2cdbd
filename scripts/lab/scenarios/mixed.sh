# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# One guest with eight VFs of seven types: each works, and no command for one member counts for another.
# PF is a network one; those of other types are called after them.

VFS="$PF:1 $PF:2 blk:1 console:1 rng:1 balloon:1 scsi:1 folder:1" IDS='1 1 2 3 4 5 8 9'
bdfs=''
for vf in $VFS; do
	pf=${vf%:*} number=${vf#*:}
	[ "$number" != 1 ] || must "$pf-pf" pf_setup "$pf" "$PF_DRIVER" 2
	must "$pf$number-vf" vf_setup "$pf" "$number" "$VF_DRIVER"
	bdfs="$bdfs $(vf_bdf "$pf" "$number")"
done
# shellcheck disable=SC2086 # a list
must boot guest_start 1 legacy $bdfs
same devices "$IDS" "$(guest 1 'cd /sys/bus/virtio/devices && echo $(for d in *; do echo $(($(cat $d/device))); done)')"
same legacy '' "$(guest 1 'grep -L "^.\{32\}0" /sys/bus/virtio/devices/*/features')"
for slot in 4 5; do guest_online "net$slot" 1 "$slot"; done
guest_transfer net 1 1
must disks within 10 guest 1 'modprobe -q sd_mod; [ -b /dev/vda ] && [ -b /dev/sda ]'
disk_raw blk 1 vda blkn1.disk
disk_raw scsi 1 sda scsin1.disk
line_transfer line 1 "$(guest 1 'ls /dev/vport*p1')" 1
entropy rng 1
folder_transfer folder 1 foldern1
balloon_size balloon balloon 1 256

all_counts() { for vf in $VFS; do commands "${vf%:*}" "${vf#*:}"; done | tr '\n' ' '; }
slot=3 index=0
for vf in $VFS; do
	slot=$((slot + 1)) index=$((index + 1))
	before=$(all_counts)
	bdf=$(printf '0000:00:%02x.0' "$slot")
	guest 1 "for verb in unbind bind; do echo $bdf >/sys/bus/pci/drivers/virtio-pci/\$verb; done"
	changed='' k=0
	for new in $(all_counts); do
		k=$((k + 1))
		[ "$new" = "$(echo "$before" | cut -d' ' -f$k)" ] || changed="$changed$k"
	done
	same "alone-$vf" "$index" "$changed"
done
for pf in $used_pfs; do obeyed_spec "$pf-violations" "$pf"; done
check end guest_stop 1
