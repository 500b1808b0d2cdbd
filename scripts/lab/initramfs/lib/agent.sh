# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# The host VM's side of the control channel: takes settings and scenario names, runs one scenario at a time.
# In: "set NAME=value" with the value quoted for a shell, "run SCRIPT", "end".
# Out: "ready", "beat", "? request", "result ...", "done STATUS".
stty -F /dev/ttyS1 raw -echo
exec 3<>/dev/ttyS1

beat() {
	while sleep 2; do echo beat >&3; done
}

run_scenario() {
	echo "LAB-BEGIN $1" >/dev/console
	sh /lab/lib/scenario.sh "$2" </dev/null >/dev/console 2>&1
	status=$?
	echo "LAB-END $1" >/dev/console
	echo "done $status" >&3
}

beat &
: >/run/settings
echo ready >&3
while read -r verb rest <&3; do
	case $verb in
	set) printf 'export %s\n' "$rest" >>/run/settings ;;
	clear) : >/run/settings ;;
	run)
		# shellcheck disable=SC2086 # two words
		run_scenario $rest
		;;
	end) poweroff -f ;;
	esac
done
