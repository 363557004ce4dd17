# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the tests of qpwtop share: where things are, ending what runs. To be sourced with the
# repository as the working directory.

. tests/tap.bash
# shellcheck disable=SC2034 # here and below: read by those that source this
suite=qpwtop

BUILD=${BUILD:-build}
QPWTOP=${QPWTOP:-$PWD/$BUILD/qpwtop}
# shellcheck disable=SC2034
{
	QPWLAT=${QPWLAT:-$PWD/$BUILD/qpwlat}
	out=$(mktemp -d)
}
top_pid=

# end_top: the one that runs in the background, if any.
end_top() {
	[ -z "$top_pid" ] || kill "$top_pid" 2>/dev/null
}
