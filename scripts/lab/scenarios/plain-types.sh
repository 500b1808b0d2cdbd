# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# VFs of types without a transitional identity are shown as they are, and take no command for themselves.

reason='its type has no transitional identity'
for pair in $TYPES; do
	pf=${pair%:*} id=${pair#*:}
	must "$pf-pf" pf_setup "$pf" "$PF_DRIVER" 1
	must "$pf-vf" vf_setup "$pf" 1 "$VF_DRIVER"
	bdf=$(vf_bdf "$pf" 1)
	same "$pf-identity" "plain: $reason" "$(cat "$pci/$bdf/virtio_legacy/identity")"
	check "$pf-says-why" sh -c "dmesg | grep -q '$bdf.*$reason'"
	refuses "$pf-chosen" 'not supported' transitional "$pci/$bdf/virtio_legacy/identity"
	must "$pf-open" poke_open "$bdf"
	gives "$pf-id" "ok f41a$(echo "$id" | cut -c3-4)$(echo "$id" | cut -c1-2)" read 7 0 4
	gives "$pf-revision" 'ok 01' read 7 8 1
	gives "$pf-bar0" 'ok 00000000' read 7 16 4
	poke_close
	same "$pf-commands" 0 "$(commands "$pf" 1)"
	obeyed_spec "$pf-violations" "$pf"
done
