# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The TAP lines of tests that are shell scripts, and what a test can do without. To be sourced.
# Knows nothing of what is tested.

suite='' # what lines begin with, where the names of a script's tests don't tell whose they are
nr_failed=0

ok() {
	echo "ok ${suite:+$suite }$*"
}

not_ok() {
	echo "not ok ${suite:+$suite }$1: ${*:2}"
	nr_failed=$((nr_failed + 1))
}

# is NAME WANTED GOT
is() {
	if [[ $2 == "$3" ]]; then ok "$1"; else not_ok "$1" "wanted '$2', got '$3'"; fi
}

# check NAME WHY COMMAND…: one line, by the command's exit code.
check() {
	local name=$1 why=$2
	shift 2

	if "$@"; then
		ok "$name"
	else
		not_ok "$name" "$why"
	fi
}

# skip NAME WHY: the test of this name ends here.
skip() {
	echo "skip ${suite:+$suite }$1: $2"
	exit 0
}

# needs_root NAME, needs_two_cpus NAME: or the test of this name ends here. The second CPU is number
# 1.
needs_root() {
	[[ $(id -u) == 0 ]] || skip "$1" "needs root"
}

needs_two_cpus() {
	[[ -d /sys/devices/system/cpu/cpu1 ]] || skip "$1" "needs two CPUs"
}

# within_a_minute COMMAND…: until it succeeds, a minute at most.
within_a_minute() {
	local i

	for ((i = 0; i < 600; i++)); do
		! "$@" || return 0
		sleep 0.1
	done
	return 1
}

finish_tests() {
	exit $((nr_failed > 0))
}
