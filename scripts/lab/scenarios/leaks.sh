# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# After all scenarios of the boot: what the kernel's leak detector finds goes to the console, which is checked.

for module in ${MODULES:-}; do check "unload-$module" rmmod "$module"; done
# A block counts only once it has been without a reference for some seconds.
sleep 6
for scan in 1 2; do check "scan$scan" sh -c 'echo scan >/sys/kernel/debug/kmemleak'; done
cat /sys/kernel/debug/kmemleak
