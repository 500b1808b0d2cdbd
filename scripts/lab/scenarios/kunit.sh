# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154 # settings
# Loads a module with suites, unloads it, and lets the kernel look for leaks. The console has the results (vmlab/ktap.py).
leaks=/sys/kernel/debug/kmemleak

# A block is a suspect once it has been without a reference for five seconds, and two scans agree on its contents.
suspects() {
	sleep 6
	for _ in 1 2; do echo scan >$leaks; done
}

must kunit modprobe kunit
must load modprobe "$SUITES"
check unload rmmod "$SUITES"
suspects
cat $leaks
check end true
