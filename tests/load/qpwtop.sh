#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# qpwtop on this machine's own kernel: batch blocks against a planted load, a replay without
# privilege, victims, metrics, errors. On a terminal: qpwtop_terminal.sh.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/load/qpwtop.bash
. tests/load/disturb.bash
trap 'end_top; end_disturber; rm -rf "$out"' EXIT

# says NAME EXIT_CODE TEXT ARGUMENT... : the exit code, TEXT on stderr, nothing on stdout.
says() {
	local name=$1 rc=$2 text=$3 got
	shift 3
	"$@" >"$out/stdout" 2>"$out/stderr" </dev/null
	got=$?
	if [ "$got" -eq "$rc" ] && grep -qF -- "$text" "$out/stderr" && [ ! -s "$out/stdout" ]; then
		ok "$name"
	else
		not_ok "$name" "exit code $got, stderr: $(cat "$out/stderr")"
	fi
}

found() { [ -n "$(jq -c "$2 | .state" "$1" 2>/dev/null)" ]; }

# holds NAME FILE FILTER: within a minute the jq filter finds a line of the growing file.
holds() {
	if within_a_minute found "$2" "$3"; then
		ok "$1"
		return
	fi
	not_ok "$1" "no line for $3; the last: $(tail -n 1 "$2" | jq -c '[.host.victim, .latency_ns.count]')"
}

# ------------------------------------------------------------------ usage

"$QPWTOP" --help >"$out/help" 2>&1
is "--help shows an example" "0 1" "$? $(grep -c '^example: qpwtop ' "$out/help")"
says "wrong option" 129 'try qpwtop --help' "$QPWTOP" --nonsense
says "wrong list of CPUs" 129 "-c: '1-'" "$QPWTOP" -c 1-
says "wrong delay" 129 "-d: '0'" "$QPWTOP" -d 0
says "wrong count" 129 "-n: '0'" "$QPWTOP" -n 0
says "stray argument" 129 "'stray'" "$QPWTOP" stray
says "wrong threshold" 129 "--threshold: 'x'" "$QPWTOP" --threshold x
says "wrong column" 129 "-s: 'name'" "$QPWTOP" -s name
says "wrong filter" 129 "--filter: 'cpu=x'" "$QPWTOP" --filter cpu=x
says "wrong table" 129 "--view: 'caus'" "$QPWTOP" --view caus
says "wrong victim" 129 "--victim: 'x'" "$QPWTOP" --victim x
says "no victim of a recording" 129 "--victim: 'x.qpw'" "$QPWTOP" --victim none --replay x.qpw
says "wrong size" 129 "--print: '80x0'" "$QPWTOP" --print 80x0
says "wrong key" 129 "--keys: '<Nope>'" "$QPWTOP" --print 80x24 --keys '<Nope>'
is "--help into what is full" 1 "$("$QPWTOP" --help 2>/dev/null >/dev/full; echo $?)"
says "keys without a screen" 129 "--keys: 'q'" "$QPWTOP" --keys q
says "text or JSON" 129 '--json' "$QPWTOP" --json -b
says "a name is no address" 129 'localhost:9' "$QPWTOP" --openmetrics localhost:9 --replay x
says "no such recording" 1 'No such file' "$QPWTOP" -b --replay "$out/none.qpw"
echo "this is text, and long enough to be a header of something else" >"$out/text.qpw"
says "not a recording" 1 'is no recording' "$QPWTOP" -b --replay "$out/text.qpw"

if [ "$(id -u)" -ne 0 ]; then
	says "needs privilege and says so" 1 'root' "$QPWTOP" -b -n 1 -c 0
	echo "skip qpwtop: the rest needs root"
	finish_tests
fi
cpu=$(($(getconf _NPROCESSORS_ONLN) - 1))
says "a CPU that is not there" 1 'CPU 4000 is not online' "$QPWTOP" -b -n 1 -c 4000
if ! grep -q '[0-9]' /sys/devices/system/cpu/{isolated,nohz_full} 2>/dev/null; then
	says "no CPU is isolated: says what to do" 1 '-c LIST' "$QPWTOP" -b -n 1
fi
cp "$QPWTOP" "$out/qpwtop" && chmod 755 "$out" "$out/qpwtop"
says "needs privilege and says so" 1 'root' setpriv --reuid=65534 --clear-groups "$out/qpwtop" \
	-b -n 1 -c 0

# ------------------------------------------------------------------ batch, with a planted load

# churn makes the kernel run a work item on the CPU 40 times, while the view looks on.
planted=' flush_cpu_(sheaves|slab)'
"$QPWTOP" -b -c "$cpu" -d 1 >"$out/batch" 2>"$out/stderr" &
top_pid=$!
within_a_minute test -s "$out/batch"
"$BUILD/churn" --isolated "$cpu" --housekeeping 0 --families sheaves --interval 50 --rounds 40 \
	--output "$out/triggers.json"
# all of it is in blocks of a whole interval
blocks=$(grep -c '^qpwtop ' "$out/batch")
has_blocks() { [ "$(grep -c '^qpwtop ' "$out/batch")" -ge "$1" ]; }
within_a_minute has_blocks $((blocks + 2))
kill -INT "$top_pid"
wait "$top_pid"
is "batch: SIGINT ends it in order and without a message" "0 0" "$? $(wc -c <"$out/stderr")"
top_pid=
blocks=$(grep -c '^qpwtop ' "$out/batch")
"$QPWTOP" -b -c "$cpu" -d 0.2 -n 3 >"$out/three"
is "batch: -n counts the blocks" "0 3" "$? $(grep -c '^qpwtop ' "$out/three")"

is "batch: the row of the CPU in every block" "$blocks" "$(grep -cE "^$cpu +[0-9.]+ " "$out/batch")"
is "batch: it has a cell for every column" 0 "$(awk -v cpu="$cpu" '/^CPU / { n = NF }
	$1 == cpu && n { if (NF != n) print; n = 0 }' "$out/batch" | wc -l)"
is "batch: rates of the classes add up to that of all" 0 "$(awk -v cpu="$cpu" '/^CPU / { n = 1 }
	$1 == cpu && n { for (i = 3; i <= 10; i++) $2 -= $i; n = 0
		if ($2 > 0.5 || $2 < -0.5) print }' "$out/batch" | wc -l)"

# caught PID SIGNAL: it is caught, as it is from the end of the start on, and by qpwtop: until it is
# that, it is a shell that has the signals of this one, and the end of this one to go through.
caught() {
	local mask
	[ "$(cat "/proc/$1/comm" 2>/dev/null)" = qpwtop ] || return 1
	mask=$(awk '/^SigCgt:/ { print $2 }' "/proc/$1/status" 2>/dev/null)
	[ "$((0x${mask:-0} >> ($2 - 1) & 1))" -ne 0 ]
}

"$QPWTOP" -b -c "$cpu" -d 100 >"$out/part" 2>"$out/stderr" &
top_pid=$!
within_a_minute caught "$top_pid" 2
kill -INT "$top_pid"
wait "$top_pid"
is "batch: SIGINT in the first interval shows what there is of it" "0 1 1" \
	"$? $(grep -c '^qpwtop ' "$out/part") $(grep -cE "^$cpu +[0-9.]+ " "$out/part")"
# It can't come to the end of its start, as nobody writes to what it reads on the way.
if unshare --mount true 2>/dev/null; then
	mkfifo "$out/kallsyms"
	# shellcheck disable=SC2016 # the other shell's
	unshare --mount sh -c 'mount --bind "$1" /proc/kallsyms && exec "$2" -b -c "$3" -d 100' sh "$out/kallsyms" \
		"$QPWTOP" "$cpu" >"$out/part" 2>"$out/stderr" &
	top_pid=$!
	is_named() { [ "$(cat "/proc/$1/comm")" = "$2" ]; }
	within_a_minute is_named "$top_pid" qpwtop
	kill -TERM "$top_pid"
	wait "$top_pid" 2>/dev/null
	is "batch: a signal while it starts ends it at once" "143 0" "$? $(wc -c <"$out/part")"
	top_pid=
else
	echo "skip qpwtop: a signal while it starts: no mount namespace here"
fi
rc=$("$QPWTOP" -b -c "$cpu" -d 0.2 2>"$out/stderr" | head -n 1 >/dev/null; echo "${PIPESTATUS[0]}")
is "batch: whoever reads goes away: as others do then" "141 0" "$rc $(wc -c <"$out/stderr")"

# What was planted, by its count, its rates (times the length of each interval) and its origin.
wanted=$(jq '.triggers[0].count' "$out/triggers.json")
sed -n '/ INLINE\/S /,/^$/p' "$out/batch" >"$out/works"
# Where many others run on the CPU, what finds no row is told as a number; and a row that had
# nothing to count for two looks may have to make room and begins anew.
got=$(awk -v p="$planted" '$0 ~ p { n += $5 >= last ? $5 - last : $5; last = $5 } END { print n + 0 }' "$out/works")
without=$(sed -n 's/.*tables full: \([0-9]*\) events.*/\1/p' "$out/batch" | tail -n 1)
if [ "$wanted" -eq 40 ] && [ "$got" -gt 0 ] && [ "$got" -le 42 ] && [ $((got + ${without:-0})) -ge 39 ]; then
	ok "batch: counts the planted work"
else
	not_ok "batch: counts the planted work" "$got of $wanted, ${without:-0} events without a row"
fi
by_rate=$(awk -v p="$planted" '/^qpwtop / { span = $3 - t; t = $3; works = 0 }
	/ INLINE\/S / { works = 1 }
	works && $0 ~ p { n += $1 * span } END { printf "%.0f", n }' "$out/batch")
if [ "$by_rate" -ge $((got * 9 / 10 - 1)) ] && [ "$by_rate" -le $((got * 11 / 10 + 1)) ]; then
	ok "batch: its rates add up to its count"
else
	not_ok "batch: its rates add up to its count" "$by_rate, counted $got"
fi
last=$(grep -E "$planted" "$out/works" | tail -n 1)
if [[ $last =~ \ churn(/[0-9]+)?@0$ ]]; then
	ok "batch: names who queued it"
else
	not_ok "batch: names who queued it" "$last"
fi
is "batch: shows what is lost and which probes work" "$blocks" \
	"$(grep -cE '^lost [0-9]+ \(\+[0-9]+\)  probes [0-9]+ of [0-9]+' "$out/batch")"

# ------------------------------------------------------------------ replay

"$QPWLAT" record -q -c "$cpu" -d 2 --victim none -o "$out/trace.qpw" 2>"$out/stderr" ||
	not_ok "recording to replay" "$(cat "$out/stderr")"
chmod 644 "$out/trace.qpw"
setpriv --reuid=65534 --clear-groups "$out/qpwtop" -b -d 0.5 --replay "$out/trace.qpw" \
	>"$out/replay" 2>"$out/stderr"
is "replay needs no privilege" "0 0" "$? $(wc -c <"$out/stderr")"
blocks=$(grep -c '^qpwtop ' "$out/replay")
is "replay: a block for each half second, and for the rest" \
	"$("$QPWLAT" report --json "$out/trace.qpw" | jq '.window_ns / 5e8 | ceil')" "$blocks"
"$QPWTOP" -b -d 0.5 --replay "$out/trace.qpw" >"$out/again"
is "replay gives the same output again" "" "$(cmp "$out/replay" "$out/again" 2>&1)"
is "replay: the last counts are those of the report" \
	"$("$QPWLAT" report --json "$out/trace.qpw" | jq '[.interruptions[].count] | add')" \
	"$(awk '/^CPU / { n = 1; next } n { last = $NF; n = 0 } END { print last }' "$out/replay")"
head -c $(($(stat -c %s "$out/trace.qpw") / 2)) "$out/trace.qpw" >"$out/half.qpw"
"$QPWTOP" -b -d 0.5 --replay "$out/half.qpw" >"$out/stdout" 2>"$out/stderr"
is "replay: a broken trace is shown and said to be broken" "0 1 1" \
	"$? $(tail -n +1 "$out/stdout" | grep -c 'the trace broke off') $(wc -l <"$out/stderr")"
"$QPWLAT" record -q -c "$cpu" -d 1 --victim none -o "$out/damaged.qpw" -- \
	sh -c "taskset -c $cpu sh -c 'for i in \$(seq 3000); do /bin/true; done'" 2>"$out/stderr" ||
	not_ok "recording to damage" "$(cat "$out/stderr")"
printf x | dd of="$out/damaged.qpw" bs=1 conv=notrunc \
	seek=$(($(stat -c %s "$out/damaged.qpw") * 3 / 4)) 2>/dev/null
"$QPWTOP" -b -d 0.1 --replay "$out/damaged.qpw" >"$out/stdout" 2>"$out/stderr"
is "replay: what is before a damage is shown, and where that is" "0 1 1 1" \
	"$? $(grep -c 'the trace broke off' "$out/stdout" | sed 's/^[1-9][0-9]*$/1/') \
$(grep -c 'damaged.qpw: block [0-9]* is corrupt (checksum);' "$out/stderr") $(wc -l <"$out/stderr")"
"$QPWTOP" -b -d 0.5 --replay - <"$out/trace.qpw" >"$out/stdin"
is "replay: - is stdin" "" "$(cmp "$out/replay" "$out/stdin" 2>&1)"

"$QPWTOP" -b -d 0.5 --replay "$out/trace.qpw" >"$out/stdin" <&-
is "replay: without a stdin, too" "0 " "$? $(cmp "$out/replay" "$out/stdin" 2>&1)"
"$QPWTOP" -b -c "$cpu" -d 0.3 -n 2 >"$out/stdout" 2>"$out/stderr" <&-
is "live without a stdin" "0 2 0" \
	"$? $(grep -c '^qpwtop  live  ' "$out/stdout") $(wc -c <"$out/stderr")"

is "replay: JSON, an object a line" "$blocks" \
	"$("$QPWTOP" --json -d 0.5 --replay "$out/trace.qpw" | jq -c 'select(.schema == "qpwtop")' | wc -l)"
is "replay: other CPUs than it has are refused" 1 \
	"$("$QPWTOP" -b -c 4000 --replay "$out/trace.qpw" >/dev/null 2>&1; echo $?)"

# One of its threads has real-time priority, as those of cyclictest have when they measure.
measures() { grep -q FF < <(ps -L -o cls= -p "$1"); }

# A victim of our own, that begins when it is watched: each of its wake-ups, which it counts itself,
# is a sample, and no others are. One that is over before it sleeps is none, as few are where a cycle
# is longer than what a host takes of a CPU at once; its main thread may have slept before the other
# was there.
if command -v cyclictest >/dev/null; then
	mkfifo "$out/go"
	sh -c 'read -r _ <"$1"; exec cyclictest -q -t 1 -a "$2" -p 50 -i 4000 -l 500' sh "$out/go" "$cpu" \
		>"$out/cyclictest" 2>&1 &
	victim=$!
	"$QPWTOP" --json -c "$cpu" -d 0.3 --victim "$victim" >"$out/victim" 2>"$out/stderr" &
	top_pid=$!
	holds "victim: watched before it begins" "$out/victim" '.'
	echo >"$out/go"
	wait "$victim"
	kill -INT "$top_pid"
	wait "$top_pid"
	top_pid=
	cycles=$(sed -n 's/.* C: *\([0-9]*\).*/\1/p' "$out/cyclictest" | tail -n 1)
	got=$(tail -n 1 "$out/victim" | jq .latency_ns.count)
	if [ "${cycles:-0}" -eq 500 ] && [ "${got:-0}" -ge 490 ] && [ "$got" -le 505 ]; then
		ok "victim: its wake-ups are measured"
	else
		not_ok "victim: its wake-ups are measured" "$got of $cycles; $(cat "$out/stderr")"
	fi

	# Found without being named: what has real-time priority there when the view begins, cyclictest
	# that comes later. The same program under another name, and without priority, is none.
	cp "$(command -v cyclictest)" "$out/timer" && cp "$out/timer" "$out/other"
	"$out/timer" -q -t 1 -a "$cpu" -p 50 -i 1000 -D 600 >/dev/null 2>&1 &
	timer=$!
	"$out/other" -q -t 1 -a "$cpu" -i 1000 -D 600 >/dev/null 2>&1 &
	other=$!
	within_a_minute measures "$timer"
	"$QPWTOP" --json -c "$cpu" -d 0.5 >"$out/found" 2>"$out/stderr" &
	top_pid=$!
	found_victim() { echo "(.host.victim | split(\" \") | index(\"$1\"))"; }
	holds "victim: found when the view begins" "$out/found" \
		"select($(found_victim "timer/$timer") and .latency_ns.count > 300)"
	cyclictest -q -t 1 -a "$cpu" -p 51 -i 1000 -D 600 >/dev/null 2>&1 &
	victim=$!
	holds "victim: found when it comes" "$out/found" \
		"select($(found_victim "timer/$timer") and $(found_victim "cyclictest/$victim"))"
	kill "$timer"
	holds "victim: forgotten when it ends" "$out/found" \
		"select(($(found_victim "timer/$timer") | not) and $(found_victim "cyclictest/$victim"))"
	before=$(tail -n 1 "$out/found" | jq .latency_ns.count)
	holds "victim: measured all the same" "$out/found" "select(.latency_ns.count > $before + 300)"
	is "victim: not without priority" 0 "$(jq -r .host.victim "$out/found" | grep -c "other/$other")"
	"$QPWTOP" --json -c "$cpu" -d 0.5 -n 1 --victim none >"$out/nobody"
	is "victim: none when that is asked for" "none null" \
		"$(jq -r '"\(.host.victim) \(.latency_ns)"' "$out/nobody")"
	kill "$top_pid" "$victim" "$other"
	wait "$top_pid" "$victim" "$other"
	top_pid=
else
	echo "skip qpwtop: no cyclictest to measure"
fi
says "victim: no such process" 1 'no process of that number' \
	"$QPWTOP" -b -n 1 -c "$cpu" --victim 2147483647

# ------------------------------------------------------------------ its own cost

# is_counted: whether the kernel counts runs of programs, some of which are qpwtop's at work.
runs_counted() { bpftool -j prog show | jq '[.[].run_cnt // 0] | add // 0'; }
is_counted() {
	local before
	before=$(runs_counted)
	sleep 1
	[ "$(runs_counted)" -gt "$before" ]
}

# As long as the kernel counts it: between a clock's reading and what no program of ours takes.
stats=/proc/sys/kernel/bpf_stats_enabled
was=$(cat "$stats" 2>/dev/null)
if echo 1 2>/dev/null >"$stats"; then
	"$QPWTOP" --json -c "$cpu" -d 0.3 >"$out/cost" 2>"$out/stderr" &
	top_pid=$!
	holds "cost: an event's, when the kernel counts it" "$out/cost" \
		"select(.ns_per_run != null and .ns_per_run > 10 and .ns_per_run < 100000)"
	echo 0 >"$stats"
	# another process of this machine may have it counted all the same
	if is_counted; then
		holds "cost: an event's, as others have it counted" "$out/cost" "select(.ns_per_run != null)"
	else
		holds "cost: not known else" "$out/cost" \
			"select(.ns_per_run == null and .cpu_percent != null)"
	fi
	kill "$top_pid"
	wait "$top_pid"
	top_pid=
	echo "$was" >"$stats"
else
	echo "skip qpwtop: $stats can't be written: what programs cost is not known"
fi

# ------------------------------------------------------------------ more names than rows

# What comes after all rows were taken has one all the same, once others have made room.
"$QPWTOP" --json -c "$cpu" -d 0.3 --victim none >"$out/rows" 2>"$out/stderr" &
top_pid=$!
holds "rows: it has begun" "$out/rows" 'select(.events_without_row == 0)'
# shellcheck disable=SC2016 # the shell's own variables
taskset -c "$cpu" sh -c 'for i in $(seq 600); do (printf "row-$i" >/proc/self/comm); done'
holds "rows: it is told that there were none left" "$out/rows" 'select(.events_without_row > 0)'
taskset -c "$cpu" sh -c 'printf new-cause >/proc/self/comm; while :; do sleep 0.02; done' &
busy=$!
holds "rows: a new cause has one" "$out/rows" \
	'select(any(.causes[]; .cause == "new-cause" and .count > 10 and .per_s > 1))'
kill "$busy" "$top_pid"
wait "$busy" "$top_pid" 2>/dev/null
top_pid=

# ------------------------------------------------------------------ threshold, metrics

start_disturber "$cpu"
"$QPWTOP" -b -c "$cpu" -d 0.3 -n 50 --threshold 1ns >"$out/stdout" 2>"$out/stderr"
is "threshold: ends with 2 and says where" "2 1" \
	"$? $(grep -c "^qpwtop: threshold: CPU $cpu was interrupted for " "$out/stderr")"
end_disturber
"$QPWTOP" -b -c "$cpu" -d 0.3 -n 2 --threshold 1h >"$out/stdout" 2>"$out/stderr"
is "threshold: not reached is 0" "0 0" "$? $(wc -c <"$out/stderr")"

"$QPWTOP" -b -d 0.5 --openmetrics "$out/qpw.prom" --replay "$out/trace.qpw" >/dev/null
is "metrics: a whole file, and nothing beside it" "1 1" \
	"$(tail -n 1 "$out/qpw.prom" | grep -c '^# EOF$') $(find "$out" -name 'qpw.prom*' | wc -l)"
says "metrics: a file that can't be written" 1 'No such file' \
	"$QPWTOP" --json --openmetrics "$out/none/qpw.prom" --replay "$out/trace.qpw"

# Free with high probability; the next one is tried when it is not.
serve() {
	local i
	for ((i = 0; i < 5; i++)); do
		port=$((20000 + RANDOM % 20000))
		"$QPWTOP" -b -c "$cpu" -d 0.3 --openmetrics ":$port" >"$out/served" 2>"$out/stderr" &
		top_pid=$!
		for ((j = 0; j < 600; j++)); do
			[ ! -s "$out/served" ] || return 0
			kill -0 "$top_pid" 2>/dev/null || break
			sleep 0.1
		done
		end_top
	done
	return 1
}

# get PATH: status line and body, with nothing but the shell.
get() {
	exec 3<>"/dev/tcp/127.0.0.1/$port" || return 1
	printf 'GET %s HTTP/1.0\r\n\r\n' "$1" >&3
	timeout 5 cat <&3 | tr -d '\r'
	exec 3>&-
}

if serve; then
	get /metrics >"$out/got"
	is "metrics: served on this machine" "HTTP/1.1 200 OK # EOF" \
		"$(head -n 1 "$out/got") $(tail -n 1 "$out/got")"
	is "metrics: with the CPU that is watched" 8 \
		"$(grep -c "^qpw_interruptions_total{cpu=\"$cpu\"" "$out/got")"
	get /other >"$out/got"
	is "metrics: there is nothing else" "HTTP/1.1 404 Not Found" "$(head -n 1 "$out/got")"
	is "metrics: nobody else can ask" 1 "$(awk -v p=":$(printf %04X "$port")" \
		'$4 == "0A" && index($2, p) && $2 ~ /^0100007F:/ { n++ } END { print n + 0 }' \
		/proc/net/tcp)"
	silent=() # those who never ask are forgotten after some seconds
	for ((i = 0; i < 8; i++)); do
		exec {fd}<>"/dev/tcp/127.0.0.1/$port"
		silent+=("$fd")
	done
	for ((i = 0; i < 12; i++)); do
		get /metrics >"$out/got"
		[ ! -s "$out/got" ] || break
	done
	is "metrics: connections that say nothing keep nobody out" "HTTP/1.1 200 OK" \
		"$(head -n 1 "$out/got")"
	for fd in "${silent[@]}"; do exec {fd}>&-; done
	says "metrics: an address that is taken" 1 'in use' "$QPWTOP" --json \
		--openmetrics "127.0.0.1:$port" --replay "$out/trace.qpw"
	kill -TERM "$top_pid"
	wait "$top_pid"
	top_pid=
else
	not_ok "metrics: served on this machine" "$(cat "$out/stderr")"
fi
finish_tests
