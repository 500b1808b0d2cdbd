# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154 # the library sets variables
# A client that reads the ISR status back to back, as PXE does while it waits: without INTx, and with it, as VMMs have it.
# The kernel's own driver has no INTx, so its numbers are the same.

hammer_seconds=10

# polled SIDE LINES [OPTION]: LINES is what the records say of INTx.
polled() {
	local _line _reads
	outer reset-stats "$1"
	# shellcheck disable=SC2086 # an option, or none
	vfio-storm ${3:-} --trace "$traces/plain-bringup.txt" --access 'R(19, 1)' --seconds "$hammer_seconds" hammer "$(vf_bdf "$1" 1)" >/run/isr ||
		not_ok "poll-$1${3:-}" "$(tail -n 1 /run/isr)"
	_reads=$(sed -n 's/.*"accesses": \([0-9]*\),.*/\1/p' /run/isr | tail -n 1)
	check "reads-$1${3:-}" test "$_reads" -gt 0
	for _line in $2; do
		outer record isr "side=$1" "line=$_line" "{\"reads\": $_reads, \"commands\": $(commands "$1" 1), \"seconds\": $hammer_seconds}"
	done
}

for side in ours in_tree; do must "up-$side" side_up "$side" "$side" 1; done
polled ours none
polled ours intx --intx
polled in_tree 'none intx'
for side in ours in_tree; do obeyed_spec "violations-$side" "$side"; done
