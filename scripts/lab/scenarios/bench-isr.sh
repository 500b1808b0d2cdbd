# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154 # the library sets variables
# A client that reads the ISR status back to back, as PXE does while it waits.

seconds=10

for side in ours in_tree; do
	must "up-$side" side_up "$side" "$side" 1
	outer reset-stats "$side"
	vfio-storm --trace "$traces/plain-bringup.txt" --access 'R(19, 1)' --seconds "$seconds" hammer "$(vf_bdf "$side" 1)" >/run/isr ||
		not_ok "poll-$side" "$(tail -n 1 /run/isr)"
	reads=$(sed -n 's/.*"accesses": \([0-9]*\),.*/\1/p' /run/isr | tail -n 1)
	check "reads-$side" test "$reads" -gt 0
	outer record isr "side=$side" "{\"reads\": $reads, \"commands\": $(commands "$side" 1), \"seconds\": $seconds}"
	obeyed_spec "violations-$side" "$side"
done
