#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What qpwtop has allocated does not depend on how often it has looked: the most that it had at one
# time is, to the byte, the same after some looks, when all rows and rings are full, and after
# several times as many; and at its end it has given everything back. Told by recordings that say
# the same again and again, in text, as JSON, on a screen; by tables as programs fill them, on each
# page of the screen. In the live view names come and go, and loading its programs takes more than
# all the rest: there it is the end that tells. tests/load/soak.sh looks at the process as the
# system sees it.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/guest/tap.bash
suite=top-growth

BUILD=${BUILD:-build}
QPWTOP=${QPWTOP:-$BUILD/qpwtop}
# So many that what is kept of the latest intervals of a CPU (nest.h) has all of its room.
some=75 many=240
# Numbers have more digits then: the text of metrics is longer, in a buffer that grows by steps.
longer_text=1024
tmux=(tmux -L "qpwtop-growth-$$" -f /dev/null)
counting=(valgrind --tool=dhat --dhat-out-file=/dev/null)

finish() {
	"${tmux[@]}" kill-server 2>/dev/null
	rm -rf "$scratch"
}
trap finish EXIT

# counted LOG: "BYTES BLOCKS END-BYTES END-BLOCKS": the most at one time, and at the end.
counted() {
	awk '/At t-gmax:/ { most = $4 " " $7 } /At t-end:/ { end = $4 " " $7 }
		END { text = most " " end; gsub(",", "", text); print text }' "$1"
}

# heap COMMAND…: what it had. The limit cuts nothing short: it ends what hangs.
heap() {
	timeout 300 "${counting[@]}" --log-file="$scratch/log" "$@" >"$scratch/stdout" 2>"$scratch/stderr"
	counted "$scratch/log"
}

# same NAME SOME MANY MORE LEFT: as counted; so many bytes more are no growth, and so many blocks at
# the end, if they are as many each time, no loss.
same() {
	local bytes blocks end bytes_of_many blocks_of_many end_of_many

	read -r bytes blocks end <<<"$2"
	read -r bytes_of_many blocks_of_many end_of_many <<<"$3"
	echo "# $1: $bytes bytes in $some looks, $bytes_of_many in $many"
	check "$1: it does not grow" "of some looks and of many: '$2', '$3'" \
		test "${bytes:-0}" -gt 100000 -a "$((bytes_of_many - bytes))" -le "$4" \
		-a "$blocks" = "$blocks_of_many"
	check "$1: all is given back" "of some looks and of many: '$2', '$3'" \
		test "${end:-none}" = "${end_of_many}" -a "${end#* }" -le "$5"
}

# grows NAME MORE COMMAND…: with the number of looks in place of LOOKS.
grows() {
	local name=$1 more=$2
	shift 2

	same "$name" "$(heap "${@/#LOOKS/$some}")" "$(heap "${@/#LOOKS/$many}")" "$more" 0
}

has_ended() { grep -q 'At t-end' "$1" 2>/dev/null; }

# on_screen LOOKS: of the recording, as fast as can be. Keys for other pages would come at any time,
# before and after all that they show is there.
on_screen() {
	local log=$scratch/screen-$1.log

	"${tmux[@]}" new-session -d -x 120 -y 40 "exec ${counting[*]} --log-file='$log' '$QPWTOP' -d 0.7 -n $1 \
		--replay '$scratch/again.qpw' 2>'$scratch/stderr'"
	"${tmux[@]}" send-keys + + + + + +
	within_a_minute has_ended "$log"
	counted "$log"
}

command -v valgrind >/dev/null || skip all "no valgrind to see what is allocated"
"$BUILD/golden/make_trace" again "$scratch/again.qpw"
replay=(-d 0.7 -n LOOKS --replay "$scratch/again.qpw")
grows text 0 "$QPWTOP" -b "${replay[@]}" --view causes,origins,waits,work,latency,events
grows json 0 "$QPWTOP" --json "${replay[@]}"
grows metrics $longer_text "$QPWTOP" -b "${replay[@]}" --openmetrics "$scratch/metrics"
keys=$(printf '%s<Enter><Esc>' 1 2 3 4 5 6)
grows tables 0 "$BUILD/live/refresh" 2 LOOKS "$keys?<Esc>c"
if command -v tmux >/dev/null; then
	# delscreen() of ncurses keeps four
	same screen "$(on_screen $some)" "$(on_screen $many)" 0 16
else
	echo "skip $suite screen: no tmux for a session in a terminal"
fi
if [[ $(id -u) == 0 ]]; then
	heap "$QPWTOP" -b -c 0 -d 0.1 -n 10 --victim none >"$scratch/live"
	read -r bytes blocks end <"$scratch/live"
	check "live: all is given back" "$(cat "$scratch/live") $(tail -n 3 "$scratch/stderr")" \
		test "${bytes:-0}" -gt 100000 -a "${blocks:-0}" -gt 0 -a "${end:-1}" = "0 0"
else
	echo "skip $suite live: needs root"
fi
finish_tests
