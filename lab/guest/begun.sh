#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The job that has a task spin on the isolated CPU while a recording begins and ends, and while the
# live view looks on: trace.csv, report.json; view.json, an object a line for each look. Judges
# nothing. Uses ISOLATED, a single CPU.

# shellcheck source=lab/guest/functions
. /lab/functions

: >/tmp/began
# shellcheck disable=SC2016 # that shell's own
taskset -c "$ISOLATED" sh -c 'printf qpw_begun >/proc/$$/comm
	echo >/tmp/began
	while :; do :; done' &
spinner=$!
wait_lines /tmp/began 1 || exit
qpwlat record -c "$ISOLATED" -d 2s --victim none -o /tmp/trace.qpw 2>/results/record.log || exit
qpwlat export -o /results/trace.csv /tmp/trace.qpw || exit
qpwlat report --json=/results/report.json /tmp/trace.qpw >/dev/null || exit
qpwtop -c "$ISOLATED" -d 0.5 -n 4 --json >/results/view.json 2>/results/view.log
status=$?
kill -KILL $spinner
exit $status
