# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# The host VM's side of the control channel: takes settings and scenario names, runs one scenario at a time.
# The crash kernel (lib/crash.sh) begins with the scenario in /lab/resume. Half a line may be in the channel then.
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
if [ -e /lab/resume ]; then
	cp /lab/settings /run/settings
	echo >&3
	# shellcheck disable=SC2046 # two words
	run_scenario $(cat /lab/resume)
else
	echo ready >&3
fi
# In a process without children, as outer() of report.sh.
while line=$(IFS= read -r line <&3 && echo "$line"); do
	verb=${line%% *} rest=${line#* }
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
