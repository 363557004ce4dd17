#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The manual pages and --help name the same options, and the pages refer to pages that exist.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

QPWLAT=${QPWLAT:-${BUILD:-build}/qpwlat}
QPWTOP=${QPWTOP:-${BUILD:-build}/qpwtop}
failed=0

# is NAME WANTED GOT
is() {
	if [ "$2" = "$3" ]; then
		echo "ok man $1"
	else
		echo "not ok man $1: $(diff <(echo "$2") <(echo "$3") | grep '^[<>]' | paste -sd' ')"
		failed=1
	fi
}

# Every option that begins a line of the OPTIONS section of a page, macros and fonts removed.
page_options() {
	sed -n '/^\.SH OPTIONS/,/^\.SH EXIT/p' "$1" | sed 's/\\f[A-Z]//g; s/\\-/-/g' |
		grep -E '^\.(BR|BI|B) "?-' | grep -oE '(^| |")-(-[a-z-]+|[A-Za-z])' |
		grep -oE -- '-.*' | sort -u
}

# Every option that begins a line of --help.
help_options() {
	"$@" --help | grep -E '^ +-' | sed -E 's/^ +//; s/  .*//' |
		grep -oE '(^|, )-(-[a-z-]+|[A-Za-z])' | grep -oE -- '-.*' | sort -u
}

for command in record report compare export probes; do
	is "qpwlat-$command has the options of --help" "$(help_options "$QPWLAT" "$command")" \
		"$(page_options "man/qpwlat-$command.1")"
	is "qpwlat.1 names $command" 1 "$(grep -c "^\.BR qpwlat.-$command (1)\$" man/qpwlat.1)"
done
is "qpwtop has the options of --help" "$(help_options "$QPWTOP")" "$(page_options man/qpwtop.1)"

while read -r page; do
	is "$page.1 exists" yes "$([ -f "man/$page.1" ] && echo yes)"
done < <(grep -ohE '\.BR qpw[a-z\-]+ \(1\)' man/*.1 | sed 's/\\//g; s/\.BR //; s/ .*//' | sort -u)
exit "$failed"
