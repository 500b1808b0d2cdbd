# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016,SC2086 # the library and the settings have the variables; text for the guest; lists
# One guest with eight VFs of seven types. The guest sees each as its golden file says, and each works. The device and our
# driver count the same. No command for one member counts for another.
# PF is a network one; those of other types are called after them.

VFS="$PF:1 $PF:2 blk:1 console:1 rng:1 balloon:1 scsi:1 folder:1" IDS='1 1 2 3 4 5 8 9'
GOLDEN_FILES='ours - blk console rng balloon scsi 9p'
bdfs=''
for vf in $VFS; do
	pf=${vf%:*} number=${vf#*:}
	[ "$number" != 1 ] || must "$pf-pf" pf_setup "$pf" "$PF_DRIVER" 2
	must "$pf$number-vf" vf_setup "$pf" "$number" "$VF_DRIVER"
	bdfs="$bdfs $(vf_bdf "$pf" "$number")"
done
outer set balloon member-pages 0
must boot guest_start 1 legacy $bdfs
same devices "$IDS" "$(guest 1 'cd /sys/bus/virtio/devices && echo $(for d in *; do echo $(($(cat $d/device))); done)')"
same legacy '' "$(guest 1 'grep -L "^.\{32\}0" /sys/bus/virtio/devices/*/features')"
slot=4
for golden in $GOLDEN_FILES; do
	[ "$golden" = - ] || identity_as "identity-$golden" 1 "lspci-$golden" "$slot"
	slot=$((slot + 1))
done

for slot in 5 4; do
	guest_online "net$slot" 1 "$slot"
	guest_transfer "net$slot" 1
	[ "$slot" = 4 ] || guest_offline 1 "$slot"
done
must disks within event guest 1 'modprobe -q sd_mod; [ -b /dev/vda ] && [ -b /dev/sda ]'
for disk in vda:blkn1 sda:scsin1; do
	same "${disk%:*}-capacity" 131072 "$(guest 1 "cat /sys/block/${disk%:*}/size")"
	disk_raw "${disk%:*}" 1 "${disk%:*}" "${disk#*:}.disk"
	disk_filesystem "${disk%:*}" 1 "${disk%:*}" && disk_verify "${disk%:*}-again" 1 "${disk%:*}"
done
same line-name consolen1 "$(guest 1 'cat /sys/class/virtio-ports/vport*p1/name')"
line_transfer line 1 "$(guest 1 'ls /dev/vport*p1')" 256
entropy rng 1
folder_transfer folder 1 foldern1
balloon_size balloon balloon 1 256
same inflated 256 "$(stat balloon members.1.inflated)"
balloon_size deflate balloon 1 64
same deflated 192 "$(stat balloon members.1.deflated)"

for vf in $VFS; do
	pf=${vf%:*} number=${vf#*:}
	check "$pf$number-doorbells" only_doorbell "$pf" "$number" "$DOORBELL"
	counted_alike "$pf$number-state" "$pf" "$number" "$(vf_bdf "$pf" "$number")"
done

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
