# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# A folder of the outside world.

type_guest
folder_transfer guest 1 "${PF}n1"
type_end
