# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# What the kernel said.

log_lines() { dmesg | wc -l; }

# said SINCE PATTERN: the kernel's log has it, behind that many lines.
said() { dmesg | tail -n +$(($1 + 1)) | grep -q "$2"; }

# Complaints on the console count, wanted ones do not: these are read from the log alone.
console_off() { dmesg -n 1; }
console_on() { dmesg -n 7; }
