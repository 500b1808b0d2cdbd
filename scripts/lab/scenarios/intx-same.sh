# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154 # the library sets variables
# INTx of an entropy VF beside that of QEMU's own transitional device, which has a real line: the same requests to VFIO
# and the same accesses have the same answers. Each line is a step and a command of vfio-poke. A request while INTx is
# off is left out: vfio-pci-core has no event when INTx comes on again, which loses that interrupt. So is a function
# reset, which QEMU's device lacks. Answers of "settle" are not compared: after the driver's vectors were away, while a
# device is in use, the guest gets an interrupt, because nothing tells whether it missed one.
commands='
info intx-info
pin read 7 61 1
line write 7 60 0b
line-read read 7 60 1
decode write 7 4 0500
off-off intx off
off-mask intx mask
off-unmask intx unmask
off-loopback intx loopback
on intx on
on-events events 150
ring ring MEMORY
idle-isr read 0 19 1
idle-status read 7 6 1
idle-events events 150
one-request ring-again
one-event events 5000
one-status read 7 6 1
one-command-and-status read 7 4 4
two-request ring-again
two-masked events 150
one-isr read 0 19 1
one-isr-cleared read 0 19 1
one-status-cleared read 7 6 1
one-read-unmask intx unmask
one-read-events events 150
between-request ring-again
between-event events 5000
between-isr read 0 19 1
between-second ring-again
between-masked events 150
between-unmask intx unmask
between-second-event events 5000
between-unread-unmask intx unmask
between-unread-event events 5000
between-unread-isr read 0 19 1
between-unread-end intx unmask
between-end-events events 150
disable write 7 5 04
disabled-request ring-again
disabled-events events 150
disabled-status read 7 4 4
disabled-loopback intx loopback
disabled-loopback-events events 150
disabled-unmask intx unmask
disabled-unmask-events events 150
enable write 7 5 00
enable-event events 5000
enable-isr read 0 19 1
enable-unmask intx unmask
enable-end-events events 150
mask intx mask
mask-request ring-again
mask-events events 150
mask-status read 7 6 1
mask-again intx mask
mask-end intx unmask
mask-end-event events 5000
mask-isr read 0 19 1
mask-unmask intx unmask
loopback intx loopback
loopback-event events 5000
loopback-unmask intx unmask
resample intx resample
resample-twice intx resample
resample-request ring-again
resample-event events 5000
resample-unread resample
resample-unread-event events 5000
resample-isr read 0 19 1
resample-end resample
resample-end-events events 150
resample-off intx resample-off
resample-off-twice intx resample-off
replace intx replace
replace-request ring-again
replace-event events 5000
replace-isr read 0 19 1
replace-unmask intx unmask
stream stream 50 5
bool-loopback irqs 0 34 0 1 byte=1
bool-loopback-event events 5000
bool-no-loopback irqs 0 34 0 1 byte=0
bool-no-loopback-events events 150
bool-mask irqs 0 10 0 1 byte=1
bool-no-unmask irqs 0 18 0 1 byte=0
bool-unmask irqs 0 18 0 1 byte=1
trigger-again irqs 0 36 0 1 trigger
start irqs 0 33 1 1
count irqs 0 33 0 2
count-max irqs 0 33 0 4294967295
start-max irqs 0 33 4294967295 1
argsz-header irqs argsz=8 0 33 0 1
argsz-data irqs argsz=20 0 36 0 1 trigger
argsz-bool irqs argsz=20 0 34 0 1 byte=1
no-data irqs 0 32 0 1
two-data irqs 0 35 0 1 trigger
no-action irqs 0 1 0 1
two-actions irqs 0 25 0 1
flag irqs 0 97 0 1
mask-eventfd irqs 0 12 0 1 trigger
mask-count-0 irqs 0 9 0 0
unmask-count-0 irqs 0 17 0 0
bool-count-0 irqs 0 34 0 0
eventfd-count-0 irqs 0 36 0 0
closed-fd irqs 0 36 0 1 closed
other-fd irqs 0 36 0 1 file
closed-resample irqs 0 20 0 1 closed
other-resample irqs 0 20 0 1 file
refused-request ring-again
refused-event events 5000
refused-isr read 0 19 1
refused-unmask intx unmask
no-listener irqs 0 36 0 1 fd=-1
listener irqs 0 36 0 1 trigger
listener-request ring-again
listener-event events 5000
listener-isr read 0 19 1
listener-unmask intx unmask
msix-refused msix 1
index irqs 99 33 0 1
settle events 150
settle read 0 19 1
settle intx unmask
index-events events 150
index-isr read 0 19 1
off intx off
off-twice intx off
off-events events 150
on-again intx on
settle events 150
settle read 0 19 1
settle intx unmask
on-again-request ring-again
on-again-second-event events 5000
status-0 write 0 18 00
status-0-isr read 0 19 1
status-0-status read 7 6 1
status-0-unmask intx unmask
status-0-events events 150
ring-again-after ring
after-request ring-again
after-event events 5000
after-isr read 0 19 1
after-unmask intx unmask
end intx off
msix msix 2
msix-on intx on
msix-loopback intx loopback
msix-mask intx mask
msix-unmask intx unmask
msix-intx-off intx off
msix-off msix 0
last-on intx on
last-off intx off
'

# answers BDF MEMORY: a line for each command.
answers() {
	must "$1-open" poke_open "$1"
	printf '%s' "$commands" | while read -r _step _command; do
		case $_command in
		'') continue ;;
		*MEMORY) _command="${_command%MEMORY}$2" ;;
		esac
		# shellcheck disable=SC2086 # words
		echo "$_step $(poke $_command </dev/null)"
	done >"/run/answers.$1"
	poke_close
}

is_nobodys() { grep -q "^$1 : Reserved\$" /proc/iomem; }
must memory is_nobodys 12300000-123fffff
must pf pf_setup "$PF" "$PF_DRIVER" 1
must vf vf_setup "$PF" 1 "$VF_DRIVER"
reference=$(reference_bdf "$PF") vf=$(vf_bdf "$PF" 1)
must reference bind "$reference" vfio-pci
answers "$reference" /dev/mem
answers "$vf" ''
while read -r step answer; do
	[ "$step" != settle ] || continue
	same "$step" "$answer" "$(sed -n "s/^$step //p" "/run/answers.$vf")"
done <"/run/answers.$reference"
same number "$(wc -l <"/run/answers.$reference")" "$(wc -l <"/run/answers.$vf")"
obeyed_spec violations "$PF"
