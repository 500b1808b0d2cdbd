# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154 # the library sets variables
# Instructions of an interrupt, by INTx and by MSI-X, and the commands that it costs.

samples=200

# interrupted SIDE KIND
interrupted() {
	local _alone
	outer reset-stats rng
	vfio-interrupt "$2" 1 "$(vf_bdf rng 1)" >/run/interrupt || return 1
	_alone=$(commands rng 1)
	outer reset-stats rng
	vfio-interrupt "$2" "$samples" "$(vf_bdf rng 1)" >/run/interrupt || return 1
	outer record interrupt "side=$1" "$(sed "s/}/, \"commands\": $(($(commands rng 1) - _alone))}/" /run/interrupt)"
}

must up side_up ours rng 1
for pair in ours:intx msix:msix; do
	check "interrupt-${pair#*:}" interrupted "${pair%:*}" "${pair#*:}" || cat /run/interrupt
done
obeyed_spec violations rng
