# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# A device that answers wrongly: each access comes back in time with a defined value, the next correct one works.

must pf pf_setup "$PF" "$PF_DRIVER" 1
must vf vf_setup "$PF" 1 "$VF_DRIVER"
# A shorter limit than usual: several of these accesses use it up.
limit_file=/sys/module/virtio_owner/parameters/command_timeout_ms
usual=$(cat "$limit_file")
must short-limit sh -c "echo $TIMEOUT_MS >$limit_file"
must open poke_open "$(vf_bdf "$PF" 1)"
gives decode-on 'ok 2' write 7 4 0500
gives acknowledge 'ok 1' write 0 18 01
gives reference 'ok 525400aa0001' read 0 20 6
limit=$(promised "$TIMEOUT_MS")

mac_reads() { [ "$(poke read 0 20 6)" = 'ok 525400aa0001' ]; }

# A guest's reset, and its first step after it.
anew() {
	poke write 0 18 00 >/dev/null
	poke write 0 18 01 >/dev/null
}

# wrong STEP FAULT WANTED [REPAIR]: one access under a fault, then, after REPAIR, correct ones again.
wrong() {
	outer fault "$PF" "$2"
	got=$(poke read 0 20 6)
	ms=$(cat /run/poke.ms)
	say "$1: $got after $ms ms"
	outer clear-fault "$PF"
	# shellcheck disable=SC2254 # a pattern
	case $got in
	$3) ok "$1" ;;
	*) not_ok "$1" "read gave '$got'" ;;
	esac
	check "$1-in-time" test "$ms" -le "$limit"
	${4:-}
	check "$1-recovered" within reset mac_reads
}

ones='ok ffffffffffff' mac='ok 525400aa0001'
# Statuses by the spec's table, a reserved one and the highest.
for status in 6 16 28; do
	wrong "status-$status" "0x5,1,status,$status,count=1" "$ones"
done
# EINVAL, and what counts as it: the device has no such field, and what lies outside every field reads zero. The field is
# not asked for again before the guest's reset.
for status in 22 1 99 65535; do
	wrong "status-$status" "0x5,1,status,$status" 'ok 000000000000' anew
done
# These two are tried again until the deadline.
for status in 11 12; do
	wrong "again-$status" "0x5,1,status,$status,count=3" "$mac"
done
wrong always-again "0x5,1,status,11" "$ones"
wrong short "0x5,1,short,count=1" 'ok *'
wrong long "0x5,1,long,count=1" 'ok *'
wrong garbage "0x5,1,garbage,count=1" 'ok *'
wrong late "0x5,1,late,200,count=1" "$mac"
wrong too-late "0x5,1,late,$((TIMEOUT_MS + 1000)),count=1" "$ones"
wrong never "0x5,1,never,count=1" "$ones"
wrong twice "0x5,1,twice,count=1" 'ok *'
# A write under a fault is swallowed, never an error.
outer fault "$PF" "0x2,1,status,22,count=1"
gives write-fault 'ok 1' write 0 18 03
outer clear-fault "$PF"
anew
check write-recovered within reset mac_reads
# A thousand failing accesses: a few messages at most.
lines=$(dmesg | wc -l)
outer fault "$PF" "0x5,1,status,22"
poke burst 0 20 6 1000 >/dev/null
outer clear-fault "$PF"
check rate-limited test $(($(dmesg | wc -l) - lines)) -le 20
poke_close
echo "$usual" >"$limit_file"
client_works serves "$(vf_bdf "$PF" 1)"
