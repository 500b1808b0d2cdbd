# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The kernel's own source checkers, from Debian's linux-source package. Source
# this file after progress.sh and cache.sh.

_kernelscripts_tarball=/usr/src/linux-source-6.12.tar.xz

_kernelscripts_unpack() {
	step "unpacking checkpatch and kernel-doc"
	# They are near the archive's end, so all of it is read (10 seconds).
	tar -xf "$_kernelscripts_tarball" -C "$1" --strip-components=1 --wildcards \
		'*/scripts/checkpatch.pl' '*/scripts/spelling.txt' \
		'*/scripts/const_structs.checkpatch' '*/scripts/kernel-doc'
}

# kernel_scripts: print the folder that holds checkpatch.pl and kernel-doc.
kernel_scripts() {
	[[ -r $_kernelscripts_tarball ]] ||
		die "$_kernelscripts_tarball is missing; run scripts/setup/install first"
	local key entry
	key=$(cache_key "$(dpkg-query -W -f '${Version}' linux-source-6.12)" 1)
	entry=$(cache_build kernel-scripts "$key" _kernelscripts_unpack)
	printf '%s/scripts\n' "$entry"
}

# c_files TREE [FOLDER]: our C sources, headers of both languages included.
c_files() {
	if [[ -e $1/.git ]]; then
		git -C "$1" ls-files -c -o --exclude-standard -- include drivers kunit
	else
		(cd "$1" && find . -type f -printf '%P\n')
	fi | grep -E '\.[ch]$' | grep -vE '^include/base/shim/|\.mod\.c$' | sort -u |
		while IFS= read -r file; do
			[[ ! -f $1/$file ]] || printf '%s\n' "$file"
		done
}
