# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC1090,SC1091,SC2154 # paths in the host VM; status is set by the trap
# Runs one scenario with the library loaded; whatever happens, guests are ended and devices given back.
set -u
. /run/settings
. /lab/lib/report.sh
. /lab/lib/wait.sh
. /lab/lib/log.sh
. /lab/lib/pci.sh
. /lab/lib/virtio.sh
. /lab/lib/guest.sh
. /lab/lib/tiny.sh
. /lab/lib/root.sh
. /lab/lib/libvirt.sh
. /lab/lib/transfer.sh
. /lab/lib/net.sh
. /lab/lib/device.sh
. /lab/lib/poke.sh
. /lab/lib/types.sh
. /lab/lib/background.sh
. /lab/lib/intx.sh
. /lab/lib/load.sh
. /lab/lib/bench.sh
. /lab/lib/crash.sh
trap 'status=$?; trap - EXIT; clean_up; exit $status' EXIT
. "/lab/scenarios/$1.sh"
