# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2153,SC2016 # the library sets variables; some text is for the guest
# Misbehaves on purpose, in the way KIND says: the runner must notice each.

# a_guest: boots, with a VF.
a_guest() {
	must pf pf_setup "$PF" "$PF_DRIVER" 1
	must vf vf_setup "$PF" 1 "$VF_DRIVER"
	must guest guest_start 1 modern "$(vf_bdf "$PF" 1)"
}

ok before
case $KIND in
step) same wrong 1 2 ;;
status) exit 3 ;;
report) echo '<4>WARNING: CPU: 0 PID: 1 at selftest.c:1 on purpose' >/dev/kmsg ;;
request) outer nonsense || not_ok refused "$(outer nonsense)" ;;
unset) echo "$no_such_variable" ;;
hang) sleep 1000 ;;
panic) poweroff -f ;;
unknown-wait)
	kind=eternity
	within "$kind" true
	;;
guest-stops)
	a_guest
	must stop qmp 1 stop
	check answers guest 1 true
	;;
guest-boots-never)
	# No processor of it runs.
	check boot guest_start 1 stopped
	;;
guest-prints-for-ever) check boot guest_start 1 dots ;;
transfer-stops)
	a_guest
	guest_online net 1
	(within event moves half && outer monitor set_link "${PF}n1" off) &
	sum=$(guest_download 1 half 16384)
	wait $!
	same download "$(outer digest 16384)" "$sum"
	;;
children-end)
	# While an answer of the runner arrives.
	wanted=$(outer digest 256) wrong=0
	for n in $(seq 60); do
		for pause in 0.01 0.02 0.03 0.04; do sleep $pause & done
		outer digest 256 >/run/digest
		read -r got </run/digest
		[ "$got" = "$wanted" ] || wrong=$((wrong + 1))
	done
	same answers "0 of 60 are wrong" "$wrong of $n are wrong"
	;;
host-stops) outer monitor stop ;;
asks-for-ever) while :; do outer digest 256 >/dev/null; done ;;
none) same text "it's \$HOME" "$TEXT" ;;
esac
