# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# The guest sleeps (S3) and wakes up; its device works again.

must pf pf_setup "$PF" "$PF_DRIVER" 1
must vf vf_setup "$PF" 1 "$VF_DRIVER"
must boot guest_start 1 sleeper "$(vf_bdf "$PF" 1)"
guest_online before 1
guest_send 1 'echo mem >/sys/power/state'
asleep=$(cat /run/guest.1/seq)
must asleep qmp_awaits 1 release SUSPEND
sleep 1
must wakeup qmp 1 system_wakeup
# Only then: what reaches its serial port while it wakes up is lost.
must awake within boot guest_done 1 "$asleep"
guest_online after 1
guest_transfer after 1
obeyed_spec violations "$PF"
check end guest_stop 1
