#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What programs add up in tables, on this machine's own kernel: the same, to the nanosecond, as what
# the model makes of a record of each interruption; the same counts as qpwlat record has at the same
# time, and as the load made; and nothing silent about what finds no place in a table. Needs root.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/guest/tap.bash
trap 'end_children; rm -rf "$scratch"' EXIT

QPWLAT=${QPWLAT:-build/qpwlat}
# Names of their own: others may make such loads, too.
load=$scratch/live-load caller=$scratch/live-caller
works=500 ipis=500 calls=500 names=400
# Not on the watched CPU, which it would disturb.
live=(taskset -c 0 "${BUILD:-build}/load/live")

busy='' sleeper=''
end_children() {
	[[ -z $busy ]] || kill "$busy" "$sleeper" 2>/dev/null
}

needs_root live
needs_two_cpus live

cp "${BUILD:-build}/overhead/load" "$load"
cp "${BUILD:-build}/load/caller" "$caller"

# same NAME FILTER: what the filter makes of the records it makes of the tables, too.
same() {
	jq -S "$2" "$scratch/records.json" >"$scratch/a"
	jq -S "$2" "$scratch/tables.json" >"$scratch/b"
	check "$1" "$(diff "$scratch/a" "$scratch/b" | head -n 12 | tr -d '\n')" cmp -s "$scratch/a" "$scratch/b"
}

# watch COMMAND…
watch() {
	run "$@"
	check "$what-watched" "exit code $rc: $(tail -n 3 "$scratch/stderr")" test "$rc" = 0
	check "$what-all-recorded" "lost $(jq .lost_events "$scratch/records.json")" \
		json_holds "$scratch/records.json" '.lost_events == 0'
}

# ------------------------------------------------------------------ six loads, three observers

what=loads
# by_record COMMAND…: while it runs; its exit code.
by_record() {
	local recorder

	# shellcheck disable=SC2016 # the other shell's variables
	"$QPWLAT" record -c 1 -q --victim none -o "$scratch/t.qpw" -- \
		sh -c '"$@"; echo $? >"$0.part"; mv "$0.part" "$0"; sleep 600' "$scratch/rc" "$@" &
	recorder=$!
	while [[ ! -e $scratch/rc ]] && kill -0 "$recorder" 2>/dev/null; do
		sleep 0.1
	done
	kill -INT "$recorder"
	wait "$recorder" && return "$(<"$scratch/rc")"
}

# IPIs go to a thread that is running: nothing else is to run instead of it, least of all what is
# hidden on a virtual machine used for development, and with it what interrupts it. The caller ends with 3
# if there are no counters whose readings it could have made there.
watch by_record "${live[@]}" 1 "$scratch/records.json" "$scratch/tables.json" sh -c \
	"'$load' switch 1 0 400 && '$load' softirq 1 0 400 && '$load' timer 1 0 300 &&
	'$load' work 1 0 $works && chrt -f 98 '$load' ipi 1 0 $ipis &&
	{ chrt -f 98 '$caller' 1 0 $calls || { [ \$? = 3 ] && touch '$scratch/no-counters'; }; }"
[[ $rc == 0 ]] || finish_tests
run "$QPWLAT" report --json -i "$scratch/t.qpw"
mv "$scratch/stdout" "$scratch/report.json"
same interruptions-by-class .interruptions
# it has real-time priority, and a run that began before the window has time in it
for observer in records tables; do
	check "early-task-$observer" "$(jq -c '.causes[] | select(.class == "thread")' "$scratch/$observer.json" | tail -n 4)" \
		json_holds "$scratch/$observer.json" '[.causes[] | select(.name == "live-early") | .total_ns] | add > 0'
done
same interruptions-by-cause '.causes | sort_by(.class, .name)'
same origins .origins
# what is queued is a point: no record is made of it beside a table
same works '[.remote_work[] | {function, executed, remote, unknown, run_ns, origins} | select(.executed > 0)]'
# A sleep that ends in the interrupt of the tick has none of its own, as when a hypervisor had held
# the CPU meanwhile: each of the 301 is in one of the two.
check enough-of-each-class "$(jq -c '[.interruptions[] | [.class, .count]]' "$scratch/tables.json")" \
	json_holds "$scratch/tables.json" '[.interruptions[] | {key: .class, value: .count}] | from_entries |
	.thread > 1500 and .softirq > 400 and .timer > 0 and .timer + .tick > 300 and .work > 500 and .ipi >= 500'
# ipis_of CAUSE COMM OBSERVER: how many this task on CPU 0 caused.
ipis_of() {
	jq "[.origins[] | select(.class == \"ipi\" and .cause == \"$1\" and .comm == \"$2\" and .cpu == 0) |
		.count] | add // 0" "$scratch/$3.json"
}

# check_call_sites NAME CAUSE COMM PATTERN OBSERVER: this task's have one each, in a function that
# is named so.
check_call_sites() {
	check "$1" "$(jq -c '[.origins[] | select(.class == "ipi") | [.cause, .comm, .call_site]]' "$scratch/$5.json")" \
		json_holds "$scratch/$5.json" "[.origins[] | select(.class == \"ipi\" and .cause == \"$2\" and
			.comm == \"$3\") | .call_site] |
		length >= 1 and all(. != null and test(\"$4[a-z_.0-9]*[+]0x[0-9a-f]+$\"))"
}

# one more work and membarrier() to begin with
for observer in tables report; do
	check "works-as-made-$observer" "$(jq -c '.remote_work[] | select(.function == "aio_fsync_work")' "$scratch/$observer.json")" \
		json_holds "$scratch/$observer.json" "[.remote_work[] | select(.function == \"aio_fsync_work\") |
		.unknown, (.origins[] | select(.comm == \"live-load\" and .cpu == 1) | .count)] == [0, $((works + 1))]"
	# membarrier() leaves out a CPU that runs anything else at that moment, and so it does when
	# ordinary tasks get their share of a CPU that real-time ones would have for themselves: for
	# most there is no reason to be left out
	n=$(ipis_of ipi_mb live-load "$observer")
	check "ipis-as-made-$observer" "$n of $((ipis + 1))" test "$n" -ge $((ipis / 2)) -a "$n" -le $((ipis + 1))
	# The kernel tells who called smp_call_function_many_cond(): what membarrier() is made of,
	# or itself where the call of that is a jump.
	check_call_sites "ipis-call-site-$observer" ipi_mb live-load '^(membarrier_|smp_call_function|on_each_cpu)' \
		"$observer"
	[[ ! -e $scratch/no-counters ]] || continue
	# each call is made; but one that meets another in its interrupt may be there under that
	# one's name
	n=$(ipis_of __perf_event_read live-caller "$observer")
	unnamed=$(jq .calls_unnamed "$scratch/${observer/tables/records}.json")
	check "calls-as-made-$observer" "$n of $calls, $unnamed by another name: $(jq -c '[.origins[] |
		select(.class == "ipi") | [.cause, .comm, .cpu, .count]]' "$scratch/$observer.json")" \
		test "$n" -le "$calls" -a $((n + unnamed)) -ge "$calls"
	# of a call to one CPU it is the function that puts it into the queue
	check_call_sites "calls-call-site-$observer" __perf_event_read live-caller \
		'^(generic_exec_single|smp_call_function_single)' "$observer"
done
[[ ! -e $scratch/no-counters ]] || echo "skip calls-as-made, calls-call-site: no perf counters on CPU 1"
check works-are-queued-first "$(jq -c '.remote_work[] | select(.function == "aio_fsync_work")' "$scratch/tables.json")" \
	json_holds "$scratch/tables.json" '.remote_work[] | select(.function == "aio_fsync_work") | .queued >= .executed'

# ------------------------------------------------------------------ more names than places

what=names
# shellcheck disable=SC2016 # the shell's own variables
watch "${live[@]}" 1 "$scratch/records.json" "$scratch/tables.json" taskset -c 1 sh -c 'for i in $(seq "$1"); do (echo "name-$i" >/proc/self/comm); done' - "$names"
same names-by-class .interruptions
check names-not-silent "$(jq -c '[.causes[] | select(.class == "thread")] | length' "$scratch/tables.json")" \
	json_holds "$scratch/tables.json" '[.causes[] | select(.class == "thread" and .name == "(other)") | .count] | add >= 1'
# A name is one of the records' or it is that of the rest: none is counted twice, none is missing.
# IPIs have a place for each call site: of these a name may have found some of its places, and the
# rest of it is in the rest of its class.
jq -n --slurpfile a "$scratch/records.json" --slurpfile b "$scratch/tables.json" '
	($a[0].causes | map({key: "\(.class) \(.name)", value: .count}) | from_entries) as $recorded |
	[$b[0].causes[] | select(.name != "(other)") | {key: "\(.class) \(.name)", count}] as $named |
	def of($class): [.[] | select(.class == $class) | .count] | add // 0;
	[$b[0].causes[] | select(.name == "(other)")] as $other |
	{wrong: [$named[] | select(if .key | startswith("ipi ") then ($recorded[.key] // 0) < .count
		else $recorded[.key] != .count end)],
	 rest: [$a[0].causes[].class] | unique | map(. as $class | {key: $class, value: (($a[0].causes | of($class)) -
		($b[0].causes | map(select(.name != "(other)")) | of($class)))}) | from_entries,
	 other: [$a[0].causes[].class] | unique | map(. as $class | {key: $class, value: ($other | of($class))}) |
		from_entries}' >"$scratch/names.json"
check names-that-have-a-place-are-right "$(jq -c .wrong "$scratch/names.json")" \
	json_holds "$scratch/names.json" '.wrong == []'
check the-rest-is-the-rest "$(jq -c '[.rest, .other]' "$scratch/names.json")" \
	json_holds "$scratch/names.json" '.rest == .other and .other.thread > 0'
# ------------------------------------------------------------------ begun before the window

# The window opens while a hog has the CPU: it was taken from one victim, by the hog or by the other
# victim, and that one would have woken up.
what=window
cp "$(command -v yes)" "$scratch/live-hog"
cp "$(command -v perl)" "$scratch/live-sleeper"
cat >"$scratch/before" <<-'END'
	taskset -c 1 chrt -f 20 "$1/live-hog" >/dev/null &
	echo $! >"$1/hog"
	until grep -q live-hog "/proc/$!/comm" && [ "$(awk '{ print $14 + $15 }' "/proc/$!/stat")" -ge 20 ]; do
		sleep 0.01
	done
END
# All that the sleeper gets to know in the window is that it is to end.
cat >"$scratch/within" <<-'END'
	kill -KILL "$2" && kill "$(cat "$1/hog")" && while [ -d "/proc/$(cat "$1/hog")" ]; do sleep 0.01; done
END
taskset -c 1 chrt -f 10 yes >/dev/null &
busy=$!
taskset -c 1 chrt -f 11 "$scratch/live-sleeper" -e 'select undef, undef, undef, 0.01 while 1' &
sleeper=$!
disown "$busy" "$sleeper"
watch "${live[@]}" -b "sh '$scratch/before' '$scratch'" -v "$busy" -v "$sleeper" \
	1 "$scratch/records.json" "$scratch/tables.json" sh "$scratch/within" "$scratch" "$sleeper"
# by the name of that moment
check window-nothing-taken-before-it "$(jq -c .taken "$scratch/tables.json")" \
	json_holds "$scratch/tables.json" 'all(.taken[]; .by | IN("live-hog", "taskset", "chrt", "live-sleeper") | not)'
check window-no-sample-from-before-it "$(jq -c '[.samples, .latency_ns.max]' "$scratch/tables.json")" \
	json_holds "$scratch/tables.json" '.samples == 0'
end_children
finish_tests
