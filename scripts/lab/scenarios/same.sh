# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154 # the library sets variables
# A VF of each type beside QEMU's own transitional device: all values read are the same, in recorded accesses, in each
# width at each register, and in random accesses, with the rules of the shadow and without.

forward_all=/sys/module/virtio_legacy_vfio_pci/parameters/forward_all
# Settings that look for more: Documentation/lab.md.
options="--widths --seed ${SEED:-1} --lives $LIVES --limit $(limit tool) --memory /dev/mem"
for trace in /lab/traces/*.txt; do options="$options --trace $trace"; done

is_nobodys() { grep -q "^$1 : Reserved\$" /proc/iomem; }
must memory-low is_nobodys 07f00000-07ffffff
must memory-high is_nobodys 12300000-123fffff

# told NAME: a number of the tool's last line.
told() { tr ' ' '\n' </run/same | sed -n "s/^$1=//p"; }

compare() {
	# shellcheck disable=SC2086 # a list
	vfio-same $options $pins "$1" "$2" >/run/same
	_status=$?
	while read -r _line; do say "$_line"; done </run/same
	return $_status
}

for pf in $PFS; do
	must "$pf-pf" pf_setup "$pf" "$PF_DRIVER" 1
	must "$pf-vf" vf_setup "$pf" 1 "$VF_DRIVER"
	must "$pf-reference" bind "$(reference_bdf "$pf")" vfio-pci
	for forward in 0 1; do
		rules=rules pins=''
		[ "$forward" = 0 ] || rules='forward-all' pins='--without-intx'
		echo "$forward" >"$forward_all"
		before=$(commands "$pf" 1)
		check "$pf-$rules" compare "$(vf_bdf "$pf" 1)" "$(reference_bdf "$pf")" || continue
		# All types but the console can be asked for something.
		[ "$pf" = console ] || check "$pf-$rules-requests" test "$(told requests)" -gt 0
		same "$pf-$rules-interrupts" "$(told requests)" "$(told interrupts)"
		taken=$(($(commands "$pf" 1) - before)) wanted=$(told forwarded)
		say "$pf, $rules: $taken commands for $wanted accesses"
		if [ "$forward" = 1 ]; then
			check "$pf-$rules-commands" test "$taken" -ge "$wanted"
		else
			check "$pf-$rules-commands" test "$taken" -gt 0 -a "$taken" -lt $((wanted * 9 / 10))
		fi
	done
	obeyed_spec "$pf-violations" "$pf"
	pf_release "$pf"
done
echo 0 >"$forward_all"
