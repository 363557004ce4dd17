# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the tests of qpwtop share: where things are, TAP lines, waiting for what is to come. To be
# sourced with the repository as the working directory.

BUILD=${BUILD:-build}
QPWTOP=${QPWTOP:-$PWD/$BUILD/qpwtop}
# shellcheck disable=SC2034 # here and below: read by those that source this
{
	QPWLAT=${QPWLAT:-$PWD/$BUILD/qpwlat}
	out=$(mktemp -d)
	failed=0
}
top_pid=

ok() { echo "ok qpwtop $1"; }
not_ok() {
	echo "not ok qpwtop $1: $2"
	# shellcheck disable=SC2034
	failed=1
}

# is NAME WANTED GOT
is() {
	if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1" "wanted '$2', got '$3'"; fi
}

# within_a_minute COMMAND...: until it succeeds, a minute at most.
within_a_minute() {
	local i
	for ((i = 0; i < 600; i++)); do
		! "$@" || return 0
		sleep 0.1
	done
	return 1
}

# end_top: the one that runs in the background, if any.
end_top() {
	[ -z "$top_pid" ] || kill "$top_pid" 2>/dev/null
}
