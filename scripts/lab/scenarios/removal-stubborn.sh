# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library and the settings have the variables
# Unbinding with a guest that does not let go: its commands go on, its death completes the removal.

for what in vf pf; do
	must "$what-setup" pf_setup "$PF" "$PF_DRIVER" 1
	must "$what-bind" vf_setup "$PF" 1 "$VF_DRIVER"
	pf=$(pf_bdf "$PF") bdf=$(vf_bdf "$PF" 1)
	must "$what-boot" guest_start "$what" stubborn "$bdf"
	guest_online "$what" "$what"
	[ "$what" = vf ] && victim=$bdf || victim=$pf
	start_writing "$victim" "$pci/$victim/driver/unbind"
	sleep 3
	check "$what-waits" still_writing
	# Commands issued meanwhile: they work or fail, but come back.
	ends_within "$what-meanwhile" access guest "$what" \
		'for verb in unbind bind; do echo 0000:00:04.0 >/sys/bus/pci/drivers/virtio-pci/$verb; done; true'
	check "$what-still-waits" still_writing
	check "$what-killed" guest_kill "$what"
	must "$what-completed" within release written
	same "$what-driver" '' "$(driver_of "$victim")"
	obeyed_spec "$what-violations" "$PF"
done
must next-pf pf_setup "$PF" "$PF_DRIVER" 1
must next-vf vf_setup "$PF" 1 "$VF_DRIVER"
client_works next "$(vf_bdf "$PF" 1)"
