# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# apt for other suites without touching the machine's own package sources: a
# private root with lists and a cache of its own. Source this file after
# progress.sh and mirrors.sh.

# apt_root DIR SUITE...: make such a root in DIR and fetch the lists.
apt_root() {
	local dir=$1
	shift
	mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
	: >"$dir/status"
	debian_sources "$@" >"$dir/sources.list"
	run_logged "$dir/log" apt_in "$dir" apt-get update
}

# apt_in DIR COMMAND...: apt-get or apt-cache in that root.
apt_in() {
	local dir=$1 command=$2
	shift 2
	"$command" -qq \
		-o "Dir::Etc::sourcelist=$dir/sources.list" -o Dir::Etc::sourceparts=/dev/null \
		-o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
		-o "Dir::State::lists=$dir/lists" -o "Dir::State::status=$dir/status" \
		-o "Dir::Cache=$dir/cache" -o "APT::Sandbox::User=$(id -un)" \
		-o Acquire::Languages=none -o Acquire::Retries=3 \
		-o Acquire::AllowInsecureRepositories=false \
		-o Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled=false \
		-o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false "$@"
}
