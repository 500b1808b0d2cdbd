# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# The same VF under a modern driver: transitional means both work.

must pf pf_setup "$PF" "$PF_DRIVER" 1
must vf vf_setup "$PF" 1 "$VF_DRIVER"
must boot guest_start 1 modern "$(vf_bdf "$PF" 1)"
check modern-driver modern_driver 1
check only-device only_device 1
guest_online modern 1
guest_transfer modern 1
obeyed_spec violations "$PF"
check end guest_stop 1
