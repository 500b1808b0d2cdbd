# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Where packages of other Debian suites come from: the mirrors of this machine's
# own apt configuration, because each serves the other suites, too. Source this
# file; it needs a function die.

debian_keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# debian_mirror SUITE: address of the archive that has it. Security updates are in
# an archive of their own, if this machine uses it; all else is beside its release.
debian_mirror() {
	local own uri
	# shellcheck source=/dev/null
	own=$(source /etc/os-release && printf '%s\n' "${VERSION_CODENAME-}")
	case $1 in *-security) own+=-security ;; esac
	# shellcheck disable=SC2016 # apt's placeholders, not the shell's
	uri=$(apt-get indextargets --format '$(ORIGIN) $(CODENAME) $(COMPONENT) $(REPO_URI)' \
		'Created-By: Packages' 2>/dev/null |
		awk -v own="$own" '$1 == "Debian" && $2 == own && $3 == "main" { print $4; exit }')
	[[ -n $uri ]] || return 1
	printf '%s\n' "$uri"
}

# debian_sources SUITE...: lines of an apt source list.
debian_sources() {
	local suite uri kind
	[[ -r $debian_keyring ]] || die "no $debian_keyring: install the debian-archive-keyring package"
	for suite in "$@"; do
		uri=$(debian_mirror "$suite") ||
			die "apt's configuration names no mirror with fetched lists for $suite: run apt-get update"
		for kind in deb deb-src; do
			printf '%s [signed-by=%s] %s %s main\n' "$kind" "$debian_keyring" "$uri" "$suite"
		done
	done
}
