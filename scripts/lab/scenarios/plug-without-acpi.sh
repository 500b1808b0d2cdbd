# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154 # the library sets variables
# A VF is plugged into a guest that does not use ACPI. The machine "pc" tells guests of it by ACPI only, so the guest finds
# it when it looks at the bus again. With MSI-X the VF works then: no firmware has to write its Interrupt Line.

must pf pf_setup "$PF" "$PF_DRIVER" 1
must vf vf_setup "$PF" 1 "$VF_DRIVER"
must boot guest_start 1 no-acpi
must plug qmp 1 device_add "\"driver\":\"vfio-pci\",\"host\":\"$(vf_bdf "$PF" 1)\",\"id\":\"vf\",\"addr\":\"0x6\""
sleep 3
check not-noticed has_none 1 6
check rescan guest 1 'echo 1 >/sys/bus/pci/rescan'
check found within release has_device 1 6
guest_online guest 1 6
guest_transfer guest 1
check legacy-driver legacy_driver 1
obeyed_spec violations "$PF"
check end guest_kill 1
