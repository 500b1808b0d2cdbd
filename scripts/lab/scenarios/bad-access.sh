# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# Accesses of every width and place to BAR0 and config space, straight through VFIO.

must pf pf_setup "$PF" "$PF_DRIVER" 1
must vf vf_setup "$PF" 1 "$VF_DRIVER"
must open poke_open "$(vf_bdf "$PF" 1)"
size=$(poke size 0 | cut -d' ' -f2)
say "BAR0 has $size bytes"
check bar0-size test "$size" -ge 32 -a "$size" -le 256

# ones COUNT: so many bytes of all ones, as the tool prints them.
ones() { printf "%0$(($1 * 2))d" 0 | tr 0 f; }
offs=$((size - 2))

# With I/O decoding off nothing answers and nothing is written.
gives off-read "ok $(ones 4)" read 0 0 4
gives off-write 'ok 4' write 0 4 00000000
gives off-page "ok $(ones 4096)" read 0 0 4096
gives decode-on 'ok 2' write 7 4 0500

features=$(poke read 0 0 4)
say "device features: $features"
check features-real test "$features" != "ok $(ones 4)"
gives none 'ok -' read 0 0 0
gives none-write 'ok 0' write 0 0
gives driver 'ok 1' write 0 18 01
gives status 'ok 01' read 0 18 1

# In device configuration wide reads are the bytes one by one.
# same_widths STEP REGION SIZE HOLE-BEGIN HOLE-END
same_widths() {
	local _got
	_got=$(poke widths "$2" "$3" "$4" "$5")
	say "$1: $_got"
	case $_got in
	*:* | 'ok -' | 'ok 0') not_ok "$1" "$_got" ;;
	ok*) ok "$1" ;;
	*) not_ok "$1" "$_got" ;;
	esac
}
same_widths wide-reads 0 "$size" 0 20

# The address alone names the register: a wide read is zero-extended, and one that starts in the middle of a register
# gives ones. Other lengths are aligned parts: one byte in the middle of queue size, queue select, a byte of queue notify.
gives status-dword 'ok 01000000' read 0 18 4
gives status-word 'ok 0100' read 0 18 2
gives middle "ok $(ones 2)" read 0 13 2
gives middle-dword "ok $(ones 4)" read 0 2 4
gives three-bytes 'ok ff0000' read 0 13 3
gives no-queue 'ok 2' write 0 14 ff03
gives no-queue-size 'ok 00000000' read 0 12 4
gives select-back 'ok 4' write 0 14 00000000

# Past the end: all ones, whatever part of the access lies inside.
gives past-end "ok $(ones 4)" read 0 "$size" 4
gives far-past "ok $(ones 8)" read 0 100000 8
gives past-write 'ok 4' write 0 "$size" 00000000
page=$(poke read 0 0 4096 | cut -d' ' -f2)
same page-length 8192 "$(printf %s "$page" | wc -c)"
same page-start "$(echo "$features" | cut -d' ' -f2)" "$(echo "$page" | cut -c1-8)"
same page-tail "$(ones 8)" "$(echo "$page" | cut -c8177-8192)"
check end-straddle test "$(poke read 0 "$offs" 4 | cut -d' ' -f1)" = ok

# Three bytes are one in the middle of queue size, and a word of queue select. Four bytes at queue size are queue size.
gives select-3 'ok 3' write 0 13 000100
gives select-reads 'ok 0100' read 0 14 2
gives size-4 'ok 4' write 0 12 00000000
gives select-stays 'ok 0100' read 0 14 2
gives select-1 'ok 1' write 0 14 00
gives select-zero 'ok 0000' read 0 14 2
gives write-page 'ok 8' write 0 20 ffffffffffffffff
gives reset 'ok 1' write 0 18 00
gives is-reset 'ok 00' read 0 18 1

# Config space: any width and alignment gives the same bytes.
whole=$(poke read 7 0 64 | cut -d' ' -f2)
same_widths config-reads 7 64 0 0
same vendor-device f41a0010 "$(echo "$whole" | cut -c1-8)"
same revision 00 "$(echo "$whole" | cut -c17-18)"
same subsystem f41a0100 "$(echo "$whole" | cut -c89-96)"

# BAR sizing: in one write, byte by byte, and straddling the register's start.
mask=$(printf '%02x%02x%02x%02x' $(((256 - size) & 255 | 1)) 255 255 255)
gives bar-write 'ok 4' write 7 16 ffffffff
gives bar-mask "ok $mask" read 7 16 4
gives bar-zero 'ok 4' write 7 16 00000000
gives bar-zero-reads 'ok 01000000' read 7 16 4
for at in 16 17 18 19; do poke write 7 "$at" ff >/dev/null; done
gives bar-bytes "ok $mask" read 7 16 4
gives bar-straddle-write 'ok 4' write 7 14 00000000
check bar-straddle test "$(poke read 7 16 4)" = "ok 0100ffff"
gives bar-other 'ok 4' write 7 16 00000000
gives command-byte 'ok 1' write 7 4 00
gives off-again "ok $(ones 4)" read 0 0 4
gives on-again 'ok 1' write 7 4 05
gives correct-after "$features" read 0 0 4

# With MSI-X on, the device's own configuration begins four bytes later.
mac=$(poke read 0 20 6)
same mac 'ok 525400aa0001' "$mac"
gives msix-on 'ok -' msix 2
gives mac-msix "$mac" read 0 24 6
gives msix-off 'ok -' msix 0
gives mac-back "$mac" read 0 20 6

# A function reset resets the device. What VFIO shows of config space stays, and so do BAR0's place and decoding.
gives place 'ok 4' write 7 16 00c00000
gives driver-again 'ok 1' write 0 18 03
gives driver-reads 'ok 03' read 0 18 1
resets=$(stat "$PF" members.1.function-resets)
gives function-reset 'ok -' reset
check function-was-reset test "$(stat "$PF" members.1.function-resets)" -gt "$resets"
gives place-after-reset 'ok 01c00000' read 7 16 4
gives decode-after-reset 'ok 0500' read 7 4 2
gives status-after-reset 'ok 00' read 0 18 1
gives features-after-reset "$features" read 0 0 4
poke_close

# A guest's writes of the command register, beside bus mastering that the driver enables for it.
command_register() {
	local _status=0
	timeout "$(limit tool)" vfio-command "$(vf_bdf "$PF" 1)" 10000 >/run/command 2>&1 || _status=$?
	while read -r _line; do say "$_line"; done </run/command
	return $_status
}
check command-register command_register
obeyed_spec violations "$PF"
