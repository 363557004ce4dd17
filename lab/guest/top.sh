#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The job that has qpw_noise disturb the first isolated CPU while qpwtop looks on, and keeps book of
# how many pieces had happened when. Judges nothing. Uses ISOLATED.

NOISE=/sys/kernel/debug/qpw_noise
CPU=${ISOLATED%%[-,]*}

# shellcheck source=lab/guest/functions
. /lab/functions

# note KIND: ten times a second, "UPTIME PIECES"; of pieces that came by no interrupt nothing is seen.
note() {
	while :; do
		read -r up _ </proc/uptime
		while read -r name value; do
			case $name in
			"${1}_done") pieces=$value ;;
			"${1}_polled") pieces=$((pieces - value)) ;;
			esac
		done <"$NOISE/counters"
		echo "$up $pieces"
		sleep 0.1
	done
}

# plant KIND: asked for by a task called planter, whose number is written down.
plant() {
	note "$1" >"/results/$1.txt" &
	noter=$!
	sleep 0.3
	sh -c "printf planter >/proc/self/comm
		echo '$1 cpu=$CPU count=400 us=50 gap=8000' >$NOISE/run" &
	echo "$!" >"/results/$1.planter"
	wait "$!" || say "$1 was refused or did not end"
	sleep 0.3
	kill "$noter"
}

if ! insmod /lab/modules/qpw_noise.ko; then
	say "qpw_noise.ko cannot be loaded"
	exit 1
fi
# Text does not tell when its blocks end: a line "@ UPTIME" before each does.
stamp() {
	while IFS= read -r line; do
		case $line in
		"qpwtop "*)
			read -r up _ </proc/uptime
			echo "@ $up"
			;;
		esac
		printf '%s\n' "$line"
	done
}

mkfifo /results/pipe
stamp </results/pipe >/results/top.txt &
stamper=$!
: >/results/top.json
qpwtop -c "$CPU" -d 1 --json --victim none >/results/top.json &
top=$!
qpwtop -c "$CPU" -d 0.5 -b --view causes,origins,work --victim none >/results/pipe &
text=$!
if ! wait_lines /results/top.json 1 || ! wait_lines /results/top.txt 1; then
	say "qpwtop shows nothing after a minute"
	exit 1
fi
for kind in work ipi percpu_work; do
	say "planting $kind"
	plant "$kind"
done
# all of it is within an interval that has ended
sleep 1.5
cat "$NOISE/counters" >/results/counters.txt
kill -INT "$top" "$text"
wait "$stamper"
rm /results/pipe
wait "$top"
