# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# A cache of built things, keyed by what they are built from. Source this file.
#
#   key=$(cache_key some/file some/folder/ "text, such as a package version")
#   dir=$(cache_build name "$key" builder)      # builder DIR fills DIR
#
# An entry appears only when complete. It replaces those of its name that were
# not used for a while: a run in another tree may be using them. The journal of
# the run says how long it took.

# shellcheck source=scripts/lib/journal.sh
source "${BASH_SOURCE[0]%/*}/journal.sh"

# cache_dir: the folder of all entries (VLV_CACHE overrides it).
cache_dir() {
	local dir=${VLV_CACHE:-${XDG_CACHE_HOME:-${HOME:?set HOME or VLV_CACHE}/.cache}/virtio-legacy-vfio}
	mkdir -p -- "$dir"
	(cd -- "$dir" && pwd -P)
}

_cache_digest() {
	local item file
	for item in "$@"; do
		if [[ -d $item ]]; then
			while IFS= read -r file; do
				printf 'file %s\n' "${file#"${item%/}"/}"
				sha256sum <"$file"
			done < <(find "$item" -type f -not -name '*.pyc' | LC_ALL=C sort)
		elif [[ -f $item ]]; then
			printf 'file %s\n' "${item##*/}"
			sha256sum <"$item"
		elif [[ $item == /* ]]; then
			printf 'cache_key: no such file: %s\n' "$item" >&2
			return 1
		else
			printf 'text %s\n' "$item"
		fi
	done
}

# cache_key FILE|FOLDER|TEXT...: a digest of the files' names and contents and
# of the texts. An argument that starts with / must exist.
cache_key() {
	local all
	all=$(_cache_digest "$@") || return 1
	sha256sum <<<"$all" | cut -c1-16
}

# cache_entry NAME KEY: where that entry is, or would be.
cache_entry() {
	printf '%s/%s-%s\n' "$(cache_dir)" "$1" "${2:0:16}"
}

# Longer than any run lasts. An entry's time stamp is that of its last use.
_cache_unused_minutes=240

_cache_drop_old() {
	local name=$1 keep=$2
	local hex='[0-9a-f][0-9a-f][0-9a-f][0-9a-f]'
	find "$(cache_dir)" -mindepth 1 -maxdepth 1 -name "$name-$hex$hex$hex$hex" ! -path "$keep" \
		-mmin +"$_cache_unused_minutes" -exec rm -rf -- {} +
}

# errexit is off in whatever a condition calls, subshells included, so the
# builder runs in a new shell that is given our functions and variables.
# Assigning bash's own read-only variables fails there, and may.
_cache_fill() {
	local temp=$1 builder=$2
	"$BASH" -c '
		source /dev/fd/3 2>/dev/null
		exec 3<&-
		set -euo pipefail
		"$@"' "$0" "$builder" "$temp" 3< <(declare -p; declare -f) >&2
}

# cache_build NAME KEY FUNCTION: call FUNCTION with an empty folder to fill,
# unless the entry exists; print the entry's path. FUNCTION's stdout goes to
# stderr; if it fails there is no entry. A second caller waits for the first.
cache_build() {
	local name=$1 key=$2 builder=$3 entry temp lock began
	entry=$(cache_entry "$name" "$key")
	if [[ -d $entry ]]; then
		touch -c -- "$entry"
		printf '%s\n' "$entry"
		return 0
	fi
	exec {lock}>"$(cache_dir)/.$name.lock"
	if ! flock -n "$lock"; then
		printf 'waiting for another process that builds %s\n' "$name" >&2
		flock "$lock"
	fi
	if [[ ! -d $entry ]]; then
		rm -rf -- "$(cache_dir)/.$name.tmp".*
		temp=$(mktemp -d -- "$(cache_dir)/.$name.tmp.XXXXXX")
		chmod 755 -- "$temp"
		began=$(journal_now)
		if ! _cache_fill "$temp" "$builder"; then
			rm -rf -- "$temp"
			exec {lock}>&-
			printf 'building %s failed\n' "$name" >&2
			return 1
		fi
		mv -T -- "$temp" "$entry"
		journal_build "$name" "$began"
		_cache_drop_old "$name" "$entry"
	fi
	exec {lock}>&-
	printf '%s\n' "$entry"
}
