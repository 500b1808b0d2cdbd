# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library and the settings have the variables
# The administrator's choices, with a guest that is not told to use the legacy interface. The guest uses it if the modern
# capabilities are hidden. On a plain VF the guest uses the modern interface. Bad and late choices fail.

must pf pf_setup "$PF" "$PF_DRIVER" 1
must vf vf_setup "$PF" 1 "$VF_DRIVER"
bdf=$(vf_bdf "$PF" 1)
dir=$pci/$bdf/virtio_legacy

# state: both choices in one line.
state() { echo "$(cat "$dir/identity"), $(cat "$dir/modern_capabilities")"; }

same default 'transitional net, visible' "$(state)"
for word in '' hide HIDDEN 'hidden hidden' 1; do refuses "bad-capabilities-${word%% *}" 'Invalid argument' "$word" "$dir/modern_capabilities"; done
for word in '' Plain 'transitional net' 0; do refuses "bad-identity-${word%% *}" 'Invalid argument' "$word" "$dir/identity"; done
refuses bad-parameter 'Invalid argument' none "/sys/module/$VF_DRIVER/parameters/identity"
same unchanged 'transitional net, visible' "$(state)"

must hide sh -c "echo hidden >$dir/modern_capabilities"
must boot guest_start 1 modern
must hidden-add guest_plug 1 "$bdf" 4
identity_as hidden-identity 1 "$GOLDEN-hidden"
check hidden-legacy-driver legacy_driver 1
guest_online hidden 1
guest_transfer hidden 1
refuses busy-identity 'resource busy' plain "$dir/identity"
refuses busy-capabilities 'resource busy' visible "$dir/modern_capabilities"
same still-hidden 'transitional net, hidden' "$(state)"
guest 1 'for verb in unbind bind; do echo 0000:00:04.0 >/sys/bus/pci/drivers/virtio-pci/$verb; done'
guest_online hidden-rebound 1
check hidden-commands test "$(commands "$PF" 1)" -gt 20
must hidden-del guest_unplug 1 4

must plain sh -c "echo plain >$dir/identity"
same plain-state "plain: the administrator's choice, hidden" "$(state)"
before=$(commands "$PF" 1)
must plain-add guest_plug 1 "$bdf" 4
same plain-identity '00:04.0 "0200" "1af4" "1041"' "$(guest 1 'lspci -mn -s 00:04.0' | cut -d' ' -f1-4)"
check plain-modern-driver modern_driver 1
guest_online plain 1
guest_transfer plain 1
same plain-commands "$before" "$(commands "$PF" 1)"
check end guest_stop 1

# The parameters are what a VF begins with when it is bound.
echo plain >"/sys/module/$VF_DRIVER/parameters/identity"
unbind "$bdf"
must parameter-vf vf_setup "$PF" 1 "$VF_DRIVER"
same parameter "plain: the administrator's choice, visible" "$(state)"
echo transitional >"/sys/module/$VF_DRIVER/parameters/identity"
must back sh -c "echo transitional >$dir/identity"
same back-state 'transitional net, visible' "$(state)"
obeyed_spec violations "$PF"
