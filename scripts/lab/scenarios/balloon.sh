# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# A balloon: the guest gives pages and takes them back, and tells how many. The device looks at none of them.

outer set "$PF" member-pages 0
type_guest
same empty 0 "$(stat "$PF" members.1.actual)"
data=$(guest 1 'random_file /tmp/kept 8192')
balloon_size inflate "$PF" 1 2048
same inflated 2048 "$(stat "$PF" members.1.inflated)"
same guest-says 2048 "$(guest 1 'sed -n "s/^balloon_inflate //p" /proc/vmstat')"
balloon_size deflate "$PF" 1 512
same deflated 1536 "$(stat "$PF" members.1.deflated)"
same kept "$data" "$(guest 1 'sum </tmp/kept')"
balloon_size again "$PF" 1 0
type_end
