# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154 # the library and the settings have the variables
# In every state of the owner that lasts, and on a PF short of interrupts: a reset by hand cures the PF, and taking things
# away ends.

pf=$(pf_bdf "$PF")
attribute() { cat "$pci/$pf/virtio_owner/$1"; }
state_is() { [ "$(attribute state)" = "$1" ]; }
reset_pf() { echo 1 >"$pci/$pf/reset"; }
no_vfs() { echo 0 >"$pci/$pf/sriov_numvfs"; }
limit_file=/sys/module/virtio_owner/parameters/command_timeout_ms
usual=$(cat "$limit_file")

# comes STEP STATE: the owner gets into that state, with the VF open.
comes() {
	case $2 in
	suspect | recovering) echo $((TIMEOUT_MS * 4)) >"$limit_file" ;; # each lasts half of it
	*) echo "$TIMEOUT_MS" >"$limit_file" ;;
	esac
	must "$1-pf" pf_setup "$PF" "$PF_DRIVER" 1
	must "$1-vf" vf_setup "$PF" 1 "$VF_DRIVER"
	must "$1-open" poke_open "$(vf_bdf "$PF" 1)"
	gives "$1-decode-on" 'ok 2' write 7 4 0500
	case $2 in
	suspect | recovering)
		outer set "$PF" pause lost,frozen
		echo 'read 0 20 6' >&6 # poke_close waits for it
		check "$1-$2" within reset state_is "$2"
		;;
	stalled)
		outer set "$PF" pause lost,frozen
		poke read 0 20 6 >/dev/null
		check "$1-stalled" within reset state_is stalled
		;;
	wiped)
		# The bus is reset without a word to the driver, as by a sibling function's recovery.
		bridge=$(basename "$(dirname "$(readlink -f "$pci/$pf")")")
		setpci -s "$bridge" BRIDGE_CONTROL=40:40
		sleep 0.1
		setpci -s "$bridge" BRIDGE_CONTROL=00:40
		sleep 0.5
		poke read 0 20 6 >/dev/null
		check "$1-lost" within reset state_is lost
		;;
	lost)
		# Its VFs stay: without them the kernel waits a minute for each.
		setpci -s "$pf" COMMAND=0:2
		poke read 0 20 6 >/dev/null
		check "$1-lost" within reset state_is lost
		;;
	esac
}

# works STEP: after what the case did.
works() {
	check "$1-live" within boot state_is live
	client_works "$1" "$(vf_bdf "$PF" 1)"
}

for state in live suspect recovering stalled lost wiped; do
	comes "$state-reset" "$state"
	outer set "$PF" pause none
	ends_within "$state-reset-time" reset reset_pf
	poke_close
	works "$state-reset"
	pf_release "$PF"
done
for state in live suspect recovering stalled lost; do
	comes "$state-numvfs" "$state"
	poke_close
	outer set "$PF" pause none
	ends_within "$state-numvfs-time" reset no_vfs
	pf_release "$PF"

	comes "$state-unbind" "$state"
	poke_close
	ends_within "$state-unbind-time" reset unbind "$pf"
	outer set "$PF" pause none
	pf_release "$PF"
done
# The attributes tell since when, and what is done about it.
comes told stalled
tried() { [ "$(attribute tries)" -ge 2 ] && [ "$(attribute next_try_ms)" -gt 0 ]; }
check told-tries within reset tried
check told-since test "$(attribute state_ms)" -ge 2000
outer set "$PF" pause none
poke_close
works told
pf_release "$PF"
echo "$usual" >"$limit_file"

# Without vectors the device is polled, and asserts no interrupt line.
must no-vectors-pf pf_setup "$ANCHOR" "$PF_DRIVER" 1
check no-vectors-polled sh -c "grep -q polled $pci/$(pf_bdf "$ANCHOR")/virtio_owner/transport"
check no-vectors-line test $((0x$(setpci -s "$(pf_bdf "$ANCHOR")" COMMAND) & 0x400)) -ne 0
must no-vectors-vf vf_setup "$ANCHOR" 1 "$VF_DRIVER"
check no-vectors-client client_plays "$(vf_bdf "$ANCHOR" 1)"
pf_release "$ANCHOR"
obeyed_spec violations "$PF"
