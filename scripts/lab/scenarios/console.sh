# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# A serial line: its name, and data both ways.

type_guest
must port within event guest 1 '[ -c /dev/vport0p1 ]'
same name "${PF}n1" "$(guest 1 'cat /sys/class/virtio-ports/vport0p1/name')"
line_transfer line 1 /dev/vport0p1 1024
type_end
