# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What golden tests share: a scratch directory to be in, the traces that make_trace writes, TAP lines.
# To be sourced with the repository as the working directory, and the name that lines are to begin with.

suite=$1
top=$PWD
build=${BUILD:?}
[[ $build == /* ]] || build=$top/$build
# shellcheck disable=SC2034 # used by who sources this
expected=$top/tests/golden
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
bad=0

# result NAME [LOG]: not ok when the log, or the file of that name, has anything to say.
result() {
	if [ -s "${2:-log}" ]; then
		echo "not ok $suite $1"
		head -n 60 "${2:-log}"
		# shellcheck disable=SC2034 # the exit code
		bad=1
	else
		echo "ok $suite $1"
	fi
}

# is NAME WANTED GOT
is() {
	if [ "$2" = "$3" ]; then
		: >log
	else
		echo "wanted '$2', got '$3'" >log
	fi
	result "$1"
}

# make_traces NAME...: NAME.qpw each.
make_traces() {
	local trace

	for trace; do
		"$build/golden/make_trace" "$trace" "$trace.qpw"
	done
}
