# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What golden tests share: a scratch directory to be in, the traces that make_trace writes.
# To be sourced with the repository as the working directory, and the name that lines are to begin with.

. tests/tap.bash
suite=$1
top=$PWD
build=${BUILD:?}
[[ $build == /* ]] || build=$top/$build
# shellcheck disable=SC2034 # used by who sources this
expected=$top/tests/golden
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1

# result NAME [LOG]: not ok when the log, or the file of that name, has anything to say.
result() {
	if [ -s "${2:-log}" ]; then
		not_ok "$1" "$(head -n 60 "${2:-log}")"
	else
		ok "$1"
	fi
}

# make_traces NAME...: NAME.qpw each.
make_traces() {
	local trace

	for trace; do
		"$build/golden/make_trace" "$trace" "$trace.qpw"
	done
}
