# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154 # the library sets variables
# A thread with a realtime policy never leaves its processor, as a vCPU may do. A wait that began there ends in time all
# the same, and the owner recovers its device, though the device's interrupt arrives there. BUSY are these processors.

timeout_ms=1000
busy_seconds=20		# longer than any promise below
last=${BUSY##* }
bdf=$(pf_bdf "$PF")

# occupy PROCESSOR PROCESS PRIORITY
occupy() { taskset -p $((1 << $1)) "$2" >/dev/null && chrt -f -p "$3" "$2"; }

# interrupts_to PROCESSOR: those of the PF.
interrupts_to() {
	local _dir
	for _dir in "$pci/$bdf"/msi_irqs/*; do echo $((1 << $1)) >"/proc/irq/${_dir##*/}/smp_affinity" || return 1; done
}

# What is left of a processor to threads without a realtime policy: nothing, as administrators of such hosts set it.
share() {
	local _file
	echo "$1" >/proc/sys/kernel/sched_rt_runtime_us
	for _file in /sys/kernel/debug/sched/fair_server/cpu*/runtime; do [ ! -e "$_file" ] || echo "$2" >"$_file"; done
}

# vcpu PROCESSOR: it makes no system call, and ends after busy_seconds. Its process in vcpus.
vcpu() {
	(while :; do :; done) 3<&- 6<&- 7<&- &
	vcpus="$vcpus $!"
	(exec 3<&- 6<&- 7<&-; sleep $busy_seconds; kill "${vcpus##* }" 2>/dev/null) &
	ends="$ends $!"
	chrt -f -p 40 $! && occupy "$1" "${vcpus##* }" 10
}
vcpus='' ends=''

epoch() { cat "$pci/$bdf/virtio_owner/epoch"; }
epoch_follows() { [ "$(epoch)" = $(($1 + 1)) ]; }
no_orphan() { [ "$(cat "$pci/$(vf_bdf "$PF" 1)/virtio_legacy/orphans")" = 0 ]; }

# recovers STEP: a device that asks for a reset gets one.
recovers() {
	local _before
	_before=$(epoch)
	outer set "$PF" needs-reset true
	check "$1" within event epoch_follows "$_before"
}

must pf pf_setup "$PF" "$PF_DRIVER" 1
must vf vf_setup "$PF" 1 "$VF_DRIVER"
limit_file=/sys/module/virtio_owner/parameters/command_timeout_ms
usual=$(cat "$limit_file")
must short-limit sh -c "echo $timeout_ms >$limit_file"
must open poke_open "$(vf_bdf "$PF" 1)"
gives decode-on 'ok 2' write 7 4 0500
gives acknowledge 'ok 1' write 0 18 01
must client occupy "$last" "$poke_pid" 20
must interrupts interrupts_to "$last"
# The thread of a threaded interrupt follows to another processor when it has run once.
[ "$PF_DRIVER" != virtio_owner ] || recovers idle-recovers
outer fault "$PF" "0x5,1,$FAULT,count=1"
share -1 0
# This shell runs all the same. Nothing that it needs may wait for a thread that does not.
chrt -f -p 30 $$

for processor in $BUSY; do must "vcpu$processor" vcpu "$processor"; done
gives wait 'ok ffffffffffff' read 0 20 6
check in-time test "$(cat /run/poke.ms)" -le "$(promised $timeout_ms)"
[ "$PF_DRIVER" != virtio_owner ] || [ "$BUSY" != "$last" ] || recovers recovers
# shellcheck disable=SC2086 # a list
check still-busy kill $vcpus
# shellcheck disable=SC2086 # a list
kill $ends

share 950000 50000000
chrt -o -p 0 $$
outer clear-fault "$PF"
echo "$usual" >"$limit_file"
poke_close
# A command that the device has keeps the VF from being opened.
[ "$PF_DRIVER" != virtio_owner ] || recovers after-recovers
check completed within release no_orphan
client_works serves "$(vf_bdf "$PF" 1)"
