#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The job that takes the watched CPU away while it is recorded and gives it back: once for a while,
# then FLAPS times at once, then once for good. plug.txt: "off BEFORE AFTER" or "on BEFORE AFTER" a
# step, in seconds since boot. Afterwards RUNS programs of a known name run there. When it is gone,
# another recording is tried: offline.txt, offline.qpw. Before all that it goes and comes while qpwtop
# looks on: top.json. Uses ISOLATED, a single CPU.

FLAPS=4
RUNS=10
ONLINE=/sys/devices/system/cpu/cpu$ISOLATED/online

# shellcheck source=lab/guest/functions
. /lab/functions

uptime() {
	cut -d ' ' -f 1 /proc/uptime
}

plug() {
	before=$(uptime)
	echo "$1" >"$ONLINE" || return
	echo "$1 $before $(uptime)" >>/results/plug.txt
}

plug_and_run() {
	# cyclictest has to find its CPU when it starts
	sleep 2
	plug 0 && sleep 1 && plug 1 || return
	i=0
	while [ $i -lt $FLAPS ]; do
		plug 0 && plug 1 || return
		i=$((i + 1))
	done
	cp /usr/bin/busybox /tmp/qpw_after
	i=0
	while [ $i -lt $RUNS ]; do
		taskset "$(mask_of_list "$ISOLATED")" /tmp/qpw_after 2>/dev/null
		i=$((i + 1))
	done
	plug 0 && touch /results/done
	# end the recording
	kill -INT "$PPID"
	sleep 60
}

if [ "${1:-}" = plug ]; then
	plug_and_run
	exit
fi
say "qpwtop"
: >/results/top.json
qpwtop -c "$ISOLATED" -d 0.5 --json --victim none >/results/top.json &
top=$!
wait_lines /results/top.json 1
echo 0 >"$ONLINE"
more_lines /results/top.json 3
echo 1 >"$ONLINE"
more_lines /results/top.json 4
kill -INT $top
wait $top
say "recording"
qpwlat record -c "$ISOLATED" -d 60s -o /results/trace.qpw --victim cyclictest -- \
	sh /lab/hotplug.sh plug >/results/record.log 2>&1
status=$?
sed 's/^/lab: /' /results/record.log
qpwlat record -c "0,$ISOLATED" -d 1s -o /results/offline.qpw >/results/offline.txt 2>&1
echo "exit code $?" >>/results/offline.txt
echo 1 >"$ONLINE"
[ $status = 0 ] || exit $status
qpwlat report --json=/results/report.json --text=/results/report.txt --top 1000 /results/trace.qpw
