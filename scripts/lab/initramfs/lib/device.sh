# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154 # pci.sh sets pci
# What the device itself counted, and what the drivers say of themselves.

# commands PF MEMBER: administration commands the device executed for a member.
commands() { outer sum "$1" "members.$2.opcodes"; }

# hide_modern PF MEMBER: its next guest, firmware included, finds the legacy interface only.
hide_modern() { echo hidden >"$pci/$(vf_bdf "$1" "$2")/virtio_legacy/modern_capabilities"; }

# doorbells PF MEMBER: how many came by which way.
doorbells() {
	echo "owner=$(stat "$1" "members.$2.doorbells.owner")" \
		"member=$(stat "$1" "members.$2.doorbells.member")" \
		"command=$(stat "$1" "members.$2.doorbells.command")"
}

# only_doorbell PF MEMBER WAY: that way was used, no other.
only_doorbell() {
	local _count _way
	for _way in owner member command; do
		_count=$(stat "$1" "members.$2.doorbells.$_way")
		if [ "$_way" = "$3" ]; then
			[ "$_count" -gt 0 ] || return 1
		else
			[ "$_count" = 0 ] || return 1
		fi
	done
}

# obeyed_spec STEP PF: the device saw no breach of the protocol.
obeyed_spec() {
	local _found
	_found=$(outer violations "$2")
	same "$1" '' "$_found"
}

# counted_alike STEP PF MEMBER BDF: our driver's own state agrees with the device's counters, nothing is left over.
counted_alike() {
	local _dir _sum
	_dir=$pci/$4/virtio_legacy
	[ -d "$_dir" ] || return 0
	_sum=$(awk '{ sum += $2 } END { print sum + 0 }' "$_dir/commands")
	same "$1-commands" "$(commands "$2" "$3")" "$_sum"
	same "$1-timeouts" 0 "$(cat "$_dir/timeouts")"
	same "$1-orphans" 0 "$(cat "$_dir/orphans")"
}

# admin_queue BDF: whose administration queue a VF's driver uses.
admin_queue() {
	case $(driver_of "$1") in
	virtio_legacy_vfio_pci) cat "$pci/$1/virtio_legacy/admin_queue" ;;
	virtio_vfio_pci) echo in-tree ;;
	*) echo none ;;
	esac
}

# row_facts PF: what every row of make matrix says, from the first VF of the scenario's PF.
row_facts() {
	local _vf
	_vf=$(vf_bdf "$1" 1)
	outer fact release "$(uname -r)"
	outer fact PF "$(driver_of "$(pf_bdf "$1")")"
	outer fact VF "$(driver_of "$_vf")"
	outer fact admin_queue "$(admin_queue "$_vf")"
	outer fact admin_commands "$(outer opcodes "$1")"
}
