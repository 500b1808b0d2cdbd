# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154 # the library and the settings have the variables
# A guest without MSI-X moves data beside bad neighbors on another VF: one that takes interrupts and never reads ISR
# Status, and one that toggles Interrupt Disable, MSI-X and resets as fast as it can. It moves data all the time, and none of
# its interrupts is missing. Each neighbor works afterwards.

seconds_alone=20 seconds_beside=20 seconds_bad=30

interrupts_bad() { [ "$(intx_irqs "$(vf_bdf "$PF" 2)")" -gt "$1" ]; }

# beside STEP WORDS: the tiny guest misbehaves on the second VF meanwhile. Then it makes its requests.
beside() {
	local _before
	_before=$(intx_irqs "$(vf_bdf "$PF" 2)")
	# A wait of its own ends later than what it does before.
	must "$1-launch" tiny_start bad "seconds=$((seconds_bad + $(limit transfer))) count=16 seed=5 $2" "$(vf_bdf "$PF" 2)"
	must "$1-begins" within boot interrupts_bad "$_before"
	load_rate "$1" "$seconds_beside" 1
	say "$1: $bytes_per_second of $alone bytes a second; the neighbor has $(cat "$pci/$(vf_bdf "$PF" 2)/virtio_legacy/intx"), $(commands "$PF" 2) commands"
	must "$1-done" tiny_await bad
	same "$1-works" 16 "$(tiny_field bad net requests)"
	check "$1-end" tiny_end bad
	same "$1-vectors" 0 "$(host_vectors virtio_legacy-intx "$(vf_bdf "$PF" 2)")"
	begin_counting 1 "$(vf_bdf "$PF" 1)"
	guest_transfer "$1" 1
	counted_line "$1" 1 1 apic "$(vf_bdf "$PF" 1)"
}

must pf pf_setup "$PF" "$PF_DRIVER" 2
for n in 1 2; do must "vf$n" vf_setup "$PF" "$n" "$VF_DRIVER"; done
must boot guest_start 1 nomsi "$(vf_bdf "$PF" 1)"
guest_online guest 1
load_rate alone "$seconds_alone" 1
alone=$bytes_per_second
beside never-read "interrupts never-read-isr=$seconds_bad"
beside toggle "interrupts toggle=$seconds_bad"
obeyed_spec violations "$PF"
check end guest_stop 1
