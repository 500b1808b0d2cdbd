# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# The PF is unplugged with a guest open, in an orderly way and by surprise: the guest is asked, accesses in
# between end in time, the PF goes, and a new one works.
# As in guest-life.sh the guest keeps a VF of another PF.

pf_gone() { [ -z "$(pf_bdf "$PF")" ]; }
pf_back() { [ -n "$(pf_bdf "$PF")" ]; }
# Slot Control: power off and power indicator off, the host's last step. A card put in earlier is thrown out by it.
slot_off() { [ $((0x$(setpci -s "$port" CAP_EXP+18.w) & 0x700)) = $((0x700)) ]; }
eval "port=\$PORT_$PF"
must anchor-pf pf_setup "$ANCHOR" "$PF_DRIVER" 1
must anchor-vf vf_setup "$ANCHOR" 1 "$VF_DRIVER"
must pf pf_setup "$PF" "$PF_DRIVER" 1
must vf vf_setup "$PF" 1 "$VF_DRIVER"
must boot guest_start 1 legacy "$(vf_bdf "$PF" 1)" "$(vf_bdf "$ANCHOR" 1)"
guest_online before 1
slot=4
for way in orderly surprise; do
	if [ "$way" = orderly ]; then
		must orderly outer unplug "$PF"
	else
		must surprise outer set "$PF" surprise-removal true
	fi
	# Commands of the guest meanwhile: they work or fail, but come back.
	ends_within "$way-meanwhile" access guest 1 "cat /sys/bus/pci/devices/0000:00:$(printf %02x "$slot").0/vendor; true"
	must "$way-gone" within release pf_gone
	check "$way-left-guest" within release has_none 1 "$slot"
	ends_within "$way-guest-lives" access guest 1 true
	must "$way-slot" within event slot_off
	must "$way-plug" outer plug "$PF"
	must "$way-back" within release pf_back
	must "$way-pf" pf_setup "$PF" "$PF_DRIVER" 1
	must "$way-vf" vf_setup "$PF" 1 "$VF_DRIVER"
	slot=$((slot + 2))
	must "$way-next" guest_plug 1 "$(vf_bdf "$PF" 1)" "$slot"
	guest_online "$way" 1 "$slot"
	guest_transfer "$way" 1
done
# The VF of the other PF stayed. That PF uses DMA addresses.
guest_offline 1 "$slot"
guest_online anchor 1 5
guest_transfer anchor 1
check anchor-doorbells only_doorbell "$ANCHOR" 1 "$DOORBELL"
counted_alike anchor-state "$ANCHOR" 1 "$(vf_bdf "$ANCHOR" 1)"
obeyed_spec violations "$PF"
obeyed_spec anchor-violations "$ANCHOR"
check end guest_stop 1
