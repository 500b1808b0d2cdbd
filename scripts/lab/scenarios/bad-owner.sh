# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# PFs whose administration queue or capability list is wrong: the owner driver refuses them, and says why.

modprobe "$PF_DRIVER"
for bad in $PFS; do
	bdf=$(pf_bdf "$bad")
	before=$(dmesg | wc -l)
	echo "$PF_DRIVER" >"$pci/$bdf/driver_override"
	ends_within "$bad-probe" reset sh -c "echo $bdf >/sys/bus/pci/drivers_probe || true"
	same "$bad-refused" '' "$(driver_of "$bdf")"
	check "$bad-says-why" sh -c "dmesg | tail -n +$((before + 1)) | grep -q '$PF_DRIVER $bdf'"
	echo >"$pci/$bdf/driver_override"
done

# A good one beside them still works.
must good pf_setup "$PF" "$PF_DRIVER" 1
must vf vf_setup "$PF" 1 "$VF_DRIVER"
must open poke_open "$(vf_bdf "$PF" 1)"
gives decode-on 'ok 2' write 7 4 0500
gives mac 'ok 525400aa0001' read 0 20 6
poke_close
