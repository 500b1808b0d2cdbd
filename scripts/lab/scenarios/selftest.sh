# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# Misbehaves on purpose, in the way KIND says: the runner must notice each.

ok before
case $KIND in
step) same wrong 1 2 ;;
status) exit 3 ;;
report) echo '<4>WARNING: CPU: 0 PID: 1 at selftest.c:1 on purpose' >/dev/kmsg ;;
request) outer nonsense || not_ok refused "$(outer nonsense)" ;;
unset) echo "$no_such_variable" ;;
hang) sleep 1000 ;;
panic) poweroff -f ;;
none) same text "it's \$HOME" "$TEXT" ;;
esac
