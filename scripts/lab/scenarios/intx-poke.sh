# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154 # the library sets variables
# INTx of a VF through VFIO, without a guest: vfio-poke is VMM and driver. The entropy VF's requests bring real interrupts.

must pf pf_setup "$PF" "$PF_DRIVER" 2
for number in 1 2; do must "vf$number" vf_setup "$PF" "$number" "$VF_DRIVER"; done
bdf=$(vf_bdf "$PF" 1)
dir=$pci/$bdf/virtio_legacy
reset_function() { echo 1 >"$pci/$1/reset"; }

# What the driver says: interrupts, signals and failures are fields 4 to 6.
intx() { cut -d' ' -f"$1" "$dir/intx"; }
intx_is() { same "$1" "emulated $2" "$(intx_state "$bdf")"; }
no_vectors() { [ "$(host_vectors virtio_legacy-intx "$bdf")" = 0 ]; }
hardware_msix() { [ $((0x$(setpci -s "$bdf" CAP_MSIX+2.w) & 0x8000)) != 0 ]; }

# events STEP COUNT: of the trigger, since the last call.
events() { gives "$1" "ok $2" events $(($2 ? 5000 : 150)); }
# acknowledge STEP ISR: as a guest's handler does.
acknowledge() {
	gives "$1-isr" "ok $2" read 0 19 1
	gives "$1-unmask" 'ok -' intx unmask
}
# interrupt STEP: a request brings one event and ISR Status.
interrupt() {
	check "$1" request
	events "$1-event" 1
	acknowledge "$1" 01
}
request() { case $(poke ring-again) in ok*) ;; *) return 1 ;; esac; }
begin_ring() { case $(poke ring) in ok*) ;; *) return 1 ;; esac; }
byte() { echo $((0x$(poke read 7 "$1" 1 | cut -d' ' -f2))); }
find_msix() {
	cap=$(byte 52)
	while [ "$cap" != 0 ] && [ "$(byte "$cap")" != 17 ]; do cap=$(byte $((cap + 1))); done
	[ "$cap" != 0 ]
}

# What is shown. Nothing takes a vector of the host before a queue has its address.
must open poke_open "$bdf"
gives info 'ok 1,7' intx-info
gives pin 'ok 01' read 7 61 1
gives line 'ok 1' write 7 60 0b
gives line-kept 'ok 0b' read 7 60 1
refuses busy 'resource busy' none "$dir/intx"
intx_is closed-state 'off 0'
gives on 'ok -' intx on
gives decode 'ok 2' write 7 4 0100
gives reset-status 'ok 1' write 0 18 00
gives select 'ok 2' write 0 14 0000
gives no-address 'ok 4' write 0 8 00000000
intx_is no-vectors 'idle 0'
must ring begin_ring
intx_is armed 'armed 2'
same host-vectors 2 "$(host_vectors virtio_legacy-intx "$bdf")"
check hardware-enabled hardware_msix
must capability find_msix
gives guest-disabled 'ok 00' read 7 $((cap + 3)) 1
gives guest-disabled-word "ok $(poke read 7 $((cap + 2)) 1 | cut -d' ' -f2)00" read 7 $((cap + 2)) 2
say "configuration space: $(poke widths 7 256 6 8)"

# The line: one event, one signal; masked until it is unmasked.
check first request
events first-event 1
gives status 'ok 18' read 7 6 1
for number in 1 2 3; do check "masked$number" request; done
events masked 0
before=$(commands "$PF" 1)
gives isr 'ok 01' read 0 19 1
gives isr-cleared 'ok 00' read 0 19 1
same isr-commands "$before" "$(commands "$PF" 1)"
gives status-cleared 'ok 10' read 7 6 1
check between request
events between-masked 0
gives between-unmask 'ok -' intx unmask
events between 1
gives unread-unmask 'ok -' intx unmask
events unread 1
acknowledge unread 01
events read 0
gives many-unmasks 'ok -' intx unmask 10000
events many-unmasks-none 0

gives disable 'ok 1' write 7 5 04
check disabled request
events disabled-none 0
gives disabled-status 'ok 05041800' read 7 4 4
gives enable 'ok 1' write 7 5 00
events enabled 1
acknowledge enabled 01
gives mask 'ok -' intx mask
check mask-request request
events mask-none 0
gives mask-end 'ok -' intx unmask
events mask-end-event 1
acknowledge mask-end 01
gives loopback 'ok -' intx loopback
events loopback-event 1

# The end of interrupt by an eventfd.
gives resample 'ok -' intx resample
gives resample-twice 'errno 16' intx resample
check resample-request request
events resample-first 1
gives resample-unread 'ok -' resample
events resample-again 1
gives resample-isr 'ok 01' read 0 19 1
gives resample-read 'ok -' resample
events resample-none 0
gives resample-off 'ok -' intx resample-off
# One eventfd for both: each signal is the end of the interrupt and brings the next one, until ISR Status is read.
gives same-eventfd 'ok -' intx resample-same
signals=$(intx 5)
signalled_often() { [ "$(intx 5)" -gt $((signals + 10)) ]; }
check same-eventfd-request request
check same-eventfd-signals within event signalled_often
gives same-eventfd-isr 'ok 01' read 0 19 1
sleep 0.2
signals=$(intx 5)
sleep 0.2
same same-eventfd-end "$signals" "$(intx 5)"
gives same-eventfd-off 'ok -' intx resample-off
poke events 0 >/dev/null
gives same-eventfd-unmask 'ok -' intx unmask
interrupt after-same-eventfd
gives stream 'ok 200,0' stream 200 10

# refused STEP ERRNO IRQS...: VFIO_DEVICE_SET_IRQS fails.
refused() {
	local _errno=$2 _step=$1
	shift 2
	gives "$_step" "errno $_errno" irqs "$@"
}
# Flags: none 1, bool 2, eventfd 4; mask 8, unmask 16, trigger 32.
taken() {
	local _step=$1
	shift
	gives "$_step" 'ok -' irqs "$@"
}
taken bool-loopback 0 34 0 1 byte=1
events bool-loopback-event 1
taken bool-no-loopback 0 34 0 1 byte=0
events bool-no-loopback-event 0
taken bool-mask 0 10 0 1 byte=1
check bool-mask-request request
events bool-mask-none 0
taken bool-no-unmask 0 18 0 1 byte=0
events bool-no-unmask-none 0
taken bool-unmask 0 18 0 1 byte=1
events bool-unmask-event 1
acknowledge bool-unmask 01
taken no-listener 0 36 0 1 fd=-1
check no-listener-request request
events no-listener-none 0
taken listener 0 36 0 1 trigger
events listener-event 1
acknowledge listener 01
taken no-resample 0 20 0 1 fd=-1
refused mask-eventfd 25 0 12 0 1 trigger
refused start 22 0 33 1 1
refused count 22 0 33 0 2
refused count-max 22 0 33 0 4294967295
refused start-max 22 0 33 4294967295 1
# vfio-pci-core judges other indices while the driver's vectors are away. The guest has to look for what it missed.
refused index 22 99 33 0 1
events index-event 1
acknowledge index 03
refused argsz-header 22 argsz=8 0 33 0 1
refused argsz-data 22 argsz=20 0 36 0 1 trigger
refused argsz-bool 22 argsz=20 0 34 0 1 byte=1
refused no-data 22 0 32 0 1
refused two-data 22 0 35 0 1 trigger
refused no-action 25 0 1 0 1
refused two-actions 25 0 25 0 1
refused flag 22 0 97 0 1
refused bool-count 22 0 34 0 0
refused eventfd-count 22 0 36 0 0
refused closed-fd 9 0 36 0 1 closed
refused other-fd 22 0 36 0 1 file
refused closed-resample 9 0 20 0 1 closed
refused other-resample 22 0 20 0 1 file
interrupt after-refused
same messages "$(outer sum "$PF" members.1.messages)" "$(intx 4)"

# MSI-X and INTx exclude each other. Over a live queue the vectors of the one do not stay for the other.
gives msix-refused 'errno 22' msix 1
interrupt after-msix-refused
gives off 'ok -' intx off
intx_is off-state 'off 0'
check off-vectors no_vectors
check off-request request
for word in off mask unmask loopback; do gives "off-$word" 'errno 22' intx "$word"; done
gives on-again 'ok -' intx on
intx_is on-again-state 'armed 2'
events on-again-event 1
acknowledge on-again 03
interrupt on-again-request
gives switch-off 'ok -' intx off
gives msix 'ok -' msix 2
gives msix-on 'errno 22' intx on
gives msix-enable 'ok 2' write 7 $((cap + 2)) 0080
gives msix-no-vector 'ok ffff' read 0 22 2
check msix-unmapped request
gives msix-none 'ok 0' vector-events 1 300
gives msix-map 'ok 2' write 0 22 0100
gives msix-mapped 'ok 0100' read 0 22 2
check msix-request request
gives msix-event 'ok 1' vector-events 1 5000
gives msix-status 'ok 10' read 7 6 1
gives msix-disable 'ok 2' write 7 $((cap + 2)) 0000
gives msix-off 'ok -' msix 0
gives back 'ok -' intx on
intx_is back-state 'armed 2'
poke events 5000 >/dev/null
poke read 0 19 1 >/dev/null
gives back-unmask 'ok -' intx unmask
interrupt back-request
same back-vectors 2 "$(host_vectors virtio_legacy-intx "$bdf")"
same back-no-others 0 "$(host_vectors vfio-msix "$bdf")"

# Resets keep the vectors, and the device's next life has interrupts.
for kind in vfio function; do
	if [ "$kind" = vfio ]; then
		check "$kind-reset" test "$(poke reset)" = 'ok -'
	else
		ends_within "$kind-reset" reset reset_function "$bdf"
	fi
	gives "$kind-isr" 'ok 00' read 0 19 1
	must "$kind-ring" begin_ring
	intx_is "$kind-state" 'armed 2'
	check "$kind-hardware" hardware_msix
	interrupt "$kind-request"
done
# A reset of the PF switches MSI-X off behind the kernel's back. The kernel's PF driver does not get its device back.
if [ "$PF_DRIVER" = virtio_owner ]; then
	must drop outer set "$PF" drop-msix true
	ends_within pf-reset reset reset_function "$(pf_bdf "$PF")"
	check pf-ring within event begin_ring
	intx_is pf-state 'armed 2'
	same pf-failures 0 "$(intx 6)"
	check pf-hardware hardware_msix
	interrupt pf-request
	must drop-off outer set "$PF" drop-msix false
fi

# A device that takes no vector: the guest polls, and another life may have interrupts again.
for kind in member-refused-vectors member-absent-vectors; do
	failures=$(intx 6)
	must "$kind" outer set "$PF" "$kind" queues
	must "$kind-ring" begin_ring
	intx_is "$kind-state" 'given-up 0'
	same "$kind-failures" $((failures + 1)) "$(intx 6)"
	check "$kind-request" request
	events "$kind-none" 0
	check "$kind-vectors" no_vectors
	must "$kind-off" outer set "$PF" "$kind" none
	sleep 1.2
	must "$kind-ring-again" begin_ring
	say "$kind: the ring took $(cat /run/poke.ms) ms"
	intx_is "$kind-armed" 'armed 2'
	interrupt "$kind-again"
done

# The trigger's descriptor is closed while INTx is on. The VMM is killed. Nothing is left, and the next one works.
gives close 'ok -' intx close
check closed-request request
gives closed-off 'ok -' intx off
poke_close
for number in $(seq 6); do
	must "life$number" poke_open "$bdf"
	poke intx on >/dev/null
	begin_ring
	interrupt "life$number-request"
	[ "$number" != 6 ] || echo stream 1000000 0 >&6
	[ "$number" = 6 ] || poke_close
done
sleep 1
kill -9 "$poke_pid"
poke_close
check killed-vectors within event no_vectors
same killed-state 'emulated closed 0' "$(intx_state "$bdf")"
must next poke_open "$bdf"
gives next-decode 'ok 2' write 7 4 0100
gives next-on 'ok -' intx on
must next-ring begin_ring
interrupt next-request
poke_close

# A change of the configuration sets both bits of ISR Status. A driver without queues gets it, too.
must change-pf pf_setup balloon "$PF_DRIVER" 1
must change-vf vf_setup balloon 1 "$VF_DRIVER"
must change-open poke_open "$(vf_bdf balloon 1)"
gives change-on 'ok -' intx on
gives change-decode 'ok 2' write 7 4 0500
for status in 00 01 03 07; do gives "change-status-$status" 'ok 1' write 0 18 "$status"; done
change() { outer set balloon member-pages "$2" && events "$1" 1; }
check no-queue-change change no-queue-change-event 1
acknowledge no-queue-change 03
must change-ring begin_ring
check queue-change change queue-change-event 2
acknowledge queue-change 03
gives queue-change-pages 'ok 02000000' read 0 20 4
poke_close

# The administrator wants none.
must none sh -c "echo none >$pci/$(vf_bdf "$PF" 2)/virtio_legacy/intx"
must none-open poke_open "$(vf_bdf "$PF" 2)"
gives none-pin 'ok 00' read 7 61 1
gives none-info 'ok 0,7' intx-info
gives none-on 'errno 22' intx on
must none-ring begin_ring
check none-request request
poke_close
for pf in $used_pfs; do obeyed_spec "$pf-violations" "$pf"; done
