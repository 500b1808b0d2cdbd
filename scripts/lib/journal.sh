# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Lines of the journal of a run, see journal.py. Source this file.

# journal_now: milliseconds since the epoch.
journal_now() {
	local now=${EPOCHREALTIME//[!0-9]/}
	printf '%s\n' "${now%???}"
}

# journal_build NAME START: a cache entry was built since START, of journal_now.
# The line is short, so printf appends it with a single write().
journal_build() {
	local spent
	[[ -n ${VLV_JOURNAL-} ]] || return 0
	spent=$(($(journal_now) - $2))
	printf '{"kind": "build", "name": "%s", "seconds": %d.%03d}\n' \
		"$1" $((spent / 1000)) $((spent % 1000)) 2>/dev/null >>"$VLV_JOURNAL" || true
}
