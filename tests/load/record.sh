#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# qpwlat record on this machine's own kernel, CPU 1: its counts against cyclictest's and against
# an ftrace instance (no code of ours) over the same window, in every way in which tracepoints can
# be attached, and noise made on purpose. Needs root.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/guest/tap.bash
. tests/load/await.bash
trap 'stop_witness; rm -rf "$scratch" "$on_disk"' EXIT

QPWLAT=${QPWLAT:-build/qpwlat}
load=${BUILD:-build}/overhead/load
on_disk=${BUILD:-build}/written-$$
tracing=/sys/kernel/tracing
witness=

stop_witness() {
	[[ -z $witness ]] || rmdir "$witness"
	witness=
}

start_witness() {
	local event

	mountpoint -q $tracing || mount -t tracefs tracefs $tracing || return
	mkdir "$tracing/instances/qpwlat-test" || return
	witness=$tracing/instances/qpwlat-test
	echo 0 >"$witness/tracing_on"
	echo mono >"$witness/trace_clock"
	echo 2 >"$witness/tracing_cpumask"
	echo 16384 >"$witness/buffer_size_kb"
	for event in workqueue/workqueue_execute_start irq/irq_handler_exit irq/softirq_exit \
		irq_vectors/local_timer_exit; do
		echo 1 >"$witness/events/$event/enable" || return
	done
	echo 1 >"$witness/tracing_on"
}

# Lines of one event inside the window of report.json, without those of the tasks that the
# reference machine hides from programs but not from ftrace: the threads of process 1.
witness_count() {
	local hidden start end
	hidden=$(cd /proc/1/task && echo -- *)
	start=$(jq .window_start_ns "$scratch/report.json")
	end=$((start + $(jq .window_ns "$scratch/report.json")))
	awk -v event="$1:" -v start="$start" -v end="$end" -v hidden="$hidden" '
		BEGIN { n = split(hidden, h, " "); for (i = 1; i <= n; i++) skip[h[i]] = 1 }
		/^#/ { next }
		{ match($0, /-[0-9]+ +\[/); pid = substr($0, RSTART + 1) + 0
		  if (pid in skip) next
		  for (i = 2; i < NF; i++) if ($(i + 1) == event) {
			t = substr($i, 1, length($i) - 1) * 1e9
			if (t >= start && t <= end) count++ } }
		END { print count + 0 }' "$scratch/trace.txt"
}

class_count() {
	jq --arg c "$1" '[.interruptions[] | select(.class == $c) | .count] | add' \
		"$scratch/report.json"
}

# near NAME OURS THEIRS: equal but for what is under way at the two edges of the window, and for
# what the recording says that it lost. Some of an interruption lies before the edge by our clock,
# which is read first, and after it by ftrace's.
near() {
	local diff=$(($2 - $3)) allowed
	allowed=$((3 + $(jq .lost_events "$scratch/report.json")))

	check "$1" "recorded $2, ftrace saw $3" test "$3" -gt 0 -a "${diff#-}" -le "$allowed"
}

# Whether the kernel counts what programs of plain tracepoints miss, as it does since 6.7.
counts_misses() {
	printf '%s\n' 6.7 "$(uname -r)" | sort -C -V
}

# near_but_missed NAME OURS THEIRS: not more than ftrace saw, where nobody counts what was missed.
near_but_missed() {
	check "$1" "recorded $2, ftrace saw $3" test "$2" -gt 0 -a "$2" -le $(($3 + 3))
}

# recorded NAME OPTION...: record and make report.json; false after a "not ok".
recorded() {
	local name=$1
	shift
	run "$QPWLAT" record -c 1 -q -o "$scratch/t.qpw" "$@"
	if [[ $rc != 0 ]]; then
		not_ok "$name" "record ended with $rc: $(tail -n 3 "$scratch/stderr")"
		return 1
	fi
	run "$QPWLAT" report --json -i "$scratch/t.qpw"
	if [[ $rc != 0 ]]; then
		not_ok "$name" "report ended with $rc: $(tail -n 3 "$scratch/stderr")"
		return 1
	fi
	mv "$scratch/stdout" "$scratch/report.json"
}

# shellcheck disable=SC2016 # jq's variables
test_samples() {
	local samples cycles diff all all_min all_us inside inside_min theirs_ns
	recorded samples -d 3s --victim-json "$scratch/ct.json" || return
	samples=$(jq .samples "$scratch/report.json")
	cycles=$(jq '.thread["0"].cycles' "$scratch/ct.json")
	# cyclictest goes on until it is told to end, which is behind the window, and so do records
	read -r all all_min all_us inside inside_min < <("$QPWLAT" export -f csv "$scratch/t.qpw" |
		awk -F, -v start="$(jq .window_start_ns "$scratch/report.json")" -v cycles="$cycles" \
			-v length_ns="$(jq .window_ns "$scratch/report.json")" '
		$1 == "sample" {
			us = ($4 - $3) / 1000
			if (n < cycles) sum += int(us)
			if (!n++ || us < least) least = us
			if ($3 < start || $3 > start + length_ns) next
			if (!inside++ || us < inside_least) inside_least = us
		}
		END { print n + 0, int(least), sum + 0, inside + 0, int(inside_least) }')
	diff=$((all - cycles))
	check samples "$all recorded, cyclictest counts $cycles" \
		test "$cycles" -gt 500 -a "${diff#-}" -le $((cycles / 100 + 3))
	check samples-of-the-window "$samples reported, $inside of $all lie in it" \
		test "$samples" -gt 500 -a "$samples" = "$inside"
	check nothing-lost "$(jq .lost_events "$scratch/report.json") lost" \
		json_holds "$scratch/report.json" '.lost_events == 0'
	check start-is-told "'$(jq -r .host.started_utc "$scratch/report.json")', now $(date -u)" \
		json_holds "$scratch/report.json" \
		'(.host.started_utc | fromdate) as $t | $t <= now and $t > now - 120'
	check window-is-closed "it is not" json_holds "$scratch/report.json" \
		'.window_closed and .truncated == false and .window_ns > 3000000000'
	# cyclictest rounds down to whole microseconds; the way to user space comes on top of ours
	theirs_ns=$((($(jq '.thread["0"].max' "$scratch/ct.json") + 1) * 1000))
	check latency-below-cyclictest \
		"max $(jq .latency_ns.max "$scratch/report.json") ns, cyclictest's $theirs_ns ns" \
		json_holds "$scratch/report.json" ".latency_ns.max < $theirs_ns"
	# the same run in cyclictest's own shape: from the timer to the switch is less than to user
	# space, in whole microseconds, to which each is rounded down, it is not more; its average
	# has two digits
	"$QPWLAT" export -f rt-tests-json -o "$scratch/ours.json" "$scratch/t.qpw"
	check cyclictests-shape "$(jq -c '.thread["0"] | del(.histogram)' "$scratch/ours.json" \
		"$scratch/ct.json" | paste -sd' ')" jq -e -n --slurpfile ours "$scratch/ours.json" \
		--slurpfile theirs "$scratch/ct.json" --argjson samples "$samples" \
		--argjson all_min "$all_min" --argjson all_us "$all_us" --argjson min "$inside_min" \
		'($ours[0].thread["0"]) as $o | ($theirs[0].thread["0"]) as $t |
		$ours[0].num_threads == $theirs[0].num_threads and $o.cpu == $t.cpu and
		$o.cycles == $samples and ([$o.histogram[]] | add) == $samples and
		$o.min == $min and $all_min <= $t.min and $all_us <= ($t.avg + 0.005) * $t.cycles and $o.max <= $t.max'
	check missing-probes-are-named "none is" json_holds "$scratch/report.json" \
		'[.missing_probes[].name] | contains(["qpw_queue"])'
}

# As the recorder's command: again and again what makes works and softirqs on CPU 1, has kworkers run
# there and the disk interrupt, all of which may be long in coming on a quiet machine.
# shellcheck disable=SC2016 # the command's own variables
DISTURBING=(sh -c 'while :; do
		cat /proc/sys/vm/stat_refresh
		"$0" softirq 1 0 20
		taskset -c 1 dd if=/dev/zero of="$1" bs=4k count=1 conv=fsync
		sleep 0.01
	done' "$load" "$on_disk")

# As the recorder's command, with a number behind it: until its victim has gone to sleep that often.
# shellcheck disable=SC2016 # the command's own variables
AWAITING=(bash -c '. tests/load/await.bash && await_victim "$PPID" "$0"')

# test_witness KIND OPTION...: with the options that leave tracepoints this way of attaching.
test_witness() {
	local kind=$1 works near=near
	shift
	[[ $kind != tracepoint ]] || counts_misses || near=near_but_missed
	if ! start_witness; then
		echo "skip $kind-against-ftrace: no ftrace instance here"
		return
	fi
	recorded "$kind-against-ftrace" -d 3s "$@" -- "${DISTURBING[@]}"
	if [[ $rc != 0 ]]; then
		stop_witness
		return
	fi
	echo 0 >"$witness/tracing_on"
	cat "$witness/trace" >"$scratch/trace.txt"
	$near "$kind-softirqs-as-ftrace" "$(class_count softirq)" "$(witness_count softirq_exit)"
	$near "$kind-timers-as-ftrace" "$(($(class_count tick) + $(class_count timer)))" \
		"$(witness_count local_timer_exit)"
	works=$(jq '[.remote_work[].executed] | add' "$scratch/report.json")
	if [[ $kind == tracepoint ]]; then
		# without sched_switch one that sleeps while another begins is not seen to end
		check "$kind-works-not-more-than-ftrace" "recorded $works" \
			test "$works" -gt 0 -a "$works" -le $(($(witness_count workqueue_execute_start) + 3))
	else
		check "$kind-nothing-lost" "$(jq .lost_events "$scratch/report.json") lost" \
			json_holds "$scratch/report.json" '.lost_events == 0'
		near "$kind-works-as-ftrace" "$works" "$(witness_count workqueue_execute_start)"
		if [[ "$(class_count irq) $(witness_count irq_handler_exit)" == "0 0" ]]; then
			echo "skip $kind-irqs-as-ftrace: no device interrupts CPU 1 here, the disk included"
		else
			near "$kind-irqs-as-ftrace" "$(class_count irq)" "$(witness_count irq_handler_exit)"
		fi
		check "$kind-threads-and-samples" "$(class_count thread), $(jq .samples "$scratch/report.json")" \
			json_holds "$scratch/report.json" '.samples > 500 and
			any(.causes[]; .class == "thread" and (.name | startswith("kworker/1")))'
	fi
	check "$kind-origins" "$(jq -c '[.remote_work[] | [.function, .executed, .unknown]]' \
		"$scratch/report.json")" json_holds "$scratch/report.json" \
		'[.remote_work[] | .executed - .unknown] | add > 0'
	stop_witness
}

# How it was recorded is in the recording, and only what was counted is a number.
test_settings() {
	local hz
	recorded settings -d 200ms -p 500 -P 80 --stacks none --without fentry,kprobe --buffer-size 1M -- sleep 4711 ||
		return
	check settings "$(jq -c .host "$scratch/report.json")" json_holds "$scratch/report.json" \
		'.host | .housekeeping == "0" and .command == "sleep 4711" and .stacks == "none" and
		.duration_ns == "200000000" and .warm_up_ns == "0" and .priority == "f:80" and
		.period_us == "500" and .threshold_ns == "0" and .on_threshold == "" and
		.system_calls == "not counted" and .without == "fentry,kprobe" and
		.buffer_bytes == "1048576"'
	check calls-not-counted "$(jq -c .self_inflicted "$scratch/report.json")" \
		json_holds "$scratch/report.json" '.self_inflicted.system_calls == null'
	hz=$({ zcat /proc/config.gz || cat "/boot/config-$(uname -r)"; } 2>/dev/null |
		sed -n 's/^CONFIG_HZ=/HZ=/p')
	check kernel-config "$(jq -c .host.kernel_config "$scratch/report.json"), not '$hz'" \
		json_holds "$scratch/report.json" ".host.kernel_config | startswith(\"$hz\")"
	# each sleep is a call
	recorded settings --system-calls --victim cyclictest -T 900000 --on-threshold stop -- "${AWAITING[@]}" 200 ||
		return
	check settings-of-a-threshold "$(jq -c .host "$scratch/report.json")" json_holds "$scratch/report.json" \
		'.host | .threshold_ns == "900000000" and .on_threshold == "stop" and .duration_ns == "0"'
	check calls-counted "$(jq -c .self_inflicted "$scratch/report.json")" \
		json_holds "$scratch/report.json" '.self_inflicted.system_calls >= 200'
}

# What was left out is missing in the recording, for that reason; nothing else of its kind is.
test_without() {
	recorded without -d 1s --victim none --without fentry,kprobe,tp_btf,raw_tp || return
	check without-leaves-out "$(jq -c .missing_probes "$scratch/report.json")" \
		json_holds "$scratch/report.json" '[.missing_probes[] | select(.error == -125) | .name] |
		contains(["__flush_work", "sched_switch", "sched_waking", "irq_handler_exit"]) and
		all(.[]; IN("softirq_exit", "workqueue_execute_end", "hrtimer_expire_entry") | not)'
}

# How often the threads of process 1 have been run, which the reference machine hides from programs:
# a run that follows one of them has no known start and is left out.
runs_of_hidden() {
	awk '/ctxt_switches:/ { n += $2 } END { print n }' /proc/1/task/*/status
}

# may_lack MADE HIDDEN: how many of them, at most one for each of the hidden runs, and a tenth.
may_lack() {
	echo $(($2 < $1 / 10 ? $2 : $1 / 10))
}

# Runs of a program with a name of its own, and nothing of it that was not made.
test_thread_noise() {
	local runs=40 count hidden
	hidden=$(runs_of_hidden)
	cp "$(type -P true)" "$scratch/qpw_known_run"
	# as long as the command runs, however slow that is
	recorded known-thread --victim none -- sh -c \
		"for i in \$(seq $runs); do chrt -f 10 taskset -c 1 '$scratch/qpw_known_run'; done" ||
		return
	count=$(jq '[.causes[] | select(.class == "thread" and .name == "qpw_known_run") | .count] |
		add // 0' "$scratch/report.json")
	hidden=$(($(runs_of_hidden) - hidden))
	# one that sleeps for a page makes two runs; real-time priority keeps others from cutting it
	check known-thread "$runs runs made, $count recorded, $hidden hidden" \
		test "$count" -ge $((runs - $(may_lack $runs $hidden))) -a "$count" -le $((runs * 3))
	check no-victim-no-samples "there are some" json_holds "$scratch/report.json" '.samples == 0'
}

# What can't be run is named, and steers no terminal.
# shellcheck disable=SC2016 # for eval
test_bad_command() {
	local command=$scratch/$'bad\e[31mone'
	echo '#!/no/such/interpreter' >"$command"
	chmod +x "$command"
	run "$QPWLAT" record -q -c 1 --victim none -o "$scratch/t.qpw" -- "$command"
	check bad-command "exit code $rc: $(cat -v "$scratch/stderr")" test "$rc" = 1
	check bad-command-harmless "$(cat -v "$scratch/stderr")" eval \
		'grep -qF "bad\x1b[31mone: No such file" "$scratch/stderr" && ! grep -q "[[:cntrl:]]" "$scratch/stderr"'
}

# A command that has ended while the recording goes on keeps its number until its group has been
# killed: that is to hit nobody else.
test_number_kept() {
	local recorder pid state
	# shellcheck disable=SC2016 # the command's own variables
	"$QPWLAT" record -q -c 1 -d 600s --victim none -o "$scratch/t.qpw" -- \
		sh -c 'echo $$ >"$0.part"; mv "$0.part" "$0"' "$scratch/number" 2>"$scratch/err" &
	recorder=$!
	await_file "$scratch/number" && pid=$(<"$scratch/number")
	# long enough for the recorder to look
	sleep 2
	state=$(ps -o ppid=,stat= -p "${pid:-0}")
	check number-kept "'$state', the recorder is $recorder: $(cat "$scratch/err")" \
		grep -qE "^ *$recorder Z" <<<"$state"
	kill -INT "$recorder"
	wait "$recorder"
	check number-given-back "exit code $?: $(ps -o stat= -p "${pid:-0}")" test ! -e "/proc/${pid:-0}"
}

# Victims that run already: each sleep that begins and ends in the window is a sample. The
# recorder's command is in the window from its beginning to its end and counts them meanwhile, by
# the kernel's figure; a tenth may be lacking (a virtual machine used for development hides some).
# shellcheck disable=SC2016 # the command's own variables
COUNTING=(bash -c '. tests/load/await.bash && from=$(nr_sleeps "$0") && sleep 1 && await_sleeps "$0" 100 &&
	echo $(($(nr_sleeps "$0") - from)) >"$1"')

test_victim_by_pid() {
	local pid tid slept every_ms
	# a name of its own: who else runs cyclictest on this machine is none of this
	cp "$(type -P cyclictest)" "$scratch/qpw_victim"
	"$scratch/qpw_victim" -q -p 80 -t 1 -a 1 --mainaffinity=0 -i 1000 -D 600 >/dev/null 2>&1 &
	pid=$!
	tid=$(realtime_thread "$pid")
	for by in pid:"$pid" comm:qpw_victim; do
		recorded "victim-by-${by%:*}" --victim "$by" -- "${COUNTING[@]}" "$tid" "$scratch/slept" || continue
		slept=$(<"$scratch/slept")
		every_ms="(.window_ns / 1e6) as \$ms | .samples >= 0.9 * ($slept - 2) and .samples < \$ms + 3"
		check "victim-by-${by%:*}" "$(jq -c '[.samples, .window_ns]' "$scratch/report.json"), it slept $slept times" \
			json_holds "$scratch/report.json" "$every_ms"
	done
	kill "$pid"
	wait "$pid"
}

# Runs of qpw_taker in the recording that lie within no time that the CPU was taken, then how many
# lie within one, and how many begin one, as "NONE SOME FIRST".
taker_runs() {
	"$QPWLAT" export -f csv "$scratch/t.qpw" | awk -F, '
		NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i }
		$1 == "taken" { n++; from[n] = $column["start_ns"]; to[n] = $column["end_ns"] }
		$1 == "thread" && $column["comm"] == "qpw_taker" {
			m++; begun[m] = $column["start_ns"]; ended[m] = $column["end_ns"] }
		END { for (i = 1; i <= m; i++) {
				for (k = 1; k <= n && !(from[k] <= begun[i] && to[k] >= ended[i]); k++)
					;
				inside += k <= n
				first += k <= n && from[k] == begun[i] }
			print m - inside, inside + 0, first + 0 }'
}

# Sleeps, and tells how many of its runs that was: a sleep that is over before it begins ends none.
# shellcheck disable=SC2016 # perl's variables
TAKER='
sub sleeps { open my $f, "<", "/proc/self/status"; my ($n) = map { /^voluntary_ctxt_switches:\s+(\d+)/ } <$f>; $n }
my $n = sleeps; select undef, undef, undef, 0.01; print sleeps() - $n + 1, "\n"'

# A victim that never sleeps: each time that its CPU is taken is told, with the one that took it. The
# sleeper wakes with a higher priority than oslat's each time. Once a second the kernel may have other
# tasks run instead of real-time ones, for a while: a wake-up of the sleeper that falls into that time
# takes nothing from oslat, as another has taken it already.
test_oslat() {
	local runs=20 made alone within first ours_ns theirs_ns hidden
	hidden=$(runs_of_hidden)
	cp "$(type -P perl)" "$scratch/qpw_taker"
	echo "$TAKER" >"$scratch/taker.pl"
	# as long as the command runs, however slow that is; the recorder looks for records every
	# 50 ms, so that it has the warming up behind it, in which oslat sleeps
	recorded oslat --victim oslat --warm-up 5s --victim-json "$scratch/ol.json" -- bash -c \
		". tests/load/await.bash; await_sleeps \$PPID 106; for i in \$(seq $runs); do chrt -f 10 taskset -c 1 '$scratch/qpw_taker' '$scratch/taker.pl'; done >'$scratch/made'" ||
		return
	hidden=$(($(runs_of_hidden) - hidden))
	made=$(awk '{ n += $1 } END { print n + 0 }' "$scratch/made")
	read -r alone within first < <(taker_runs)
	# who comes first has taken it: on a quiet CPU that is the sleeper, else it may be another;
	# before it has its own name it is taskset
	check oslat-taken "$(jq -c .taken "$scratch/report.json"), $first times by a run of the taker" \
		json_holds "$scratch/report.json" "([.taken[] | select(.by == \"qpw_taker\") | .count] | add // 0) as \$by |
		\$by > 0 and \$by <= $first and \$by + ([.taken[] | select(.by == \"taskset\") | .count] | add // 0) >= $first and
		.samples == 0"
	# each of the sleeper's runs has taken the CPU or came while it was taken; it runs before it sleeps
	# and afterwards
	check oslat-taken-each-time "$within runs of the taker while the CPU was taken, $alone else, made $made, $hidden hidden" \
		test "$alone" = 0 -a "$made" -gt $runs -a "$within" -ge $((made - $(may_lack "$made" $hidden)))
	check oslat-victim-is-told "$(jq -c .host.victim "$scratch/report.json")" \
		json_holds "$scratch/report.json" '.host.victim == "oslat" and .latency_ns == null'
	check oslat-report "it does not tell the same" grep -q "^  taken  *the CPU from the victim $(
		jq '[.taken[].count] | add' "$scratch/report.json") times," <("$QPWLAT" report "$scratch/t.qpw")
	check oslat-gone "it still runs" test -z "$(pgrep -f "oslat.*$scratch")"
	# oslat has measured on that CPU for longer than the window: nothing in it was longer than what it saw
	ours_ns=$(jq '[.taken[].max_ns, .interruptions[].max_ns] | max' "$scratch/report.json")
	theirs_ns=$(jq '.thread["0"] | (.max + 1) * 1010' "$scratch/ol.json")
	check oslat-saw-it-too "longest $ours_ns ns, oslat's $theirs_ns ns" \
		test "$ours_ns" -gt 0 -a "$ours_ns" -lt "$theirs_ns"
}

needs_root record
needs_two_cpus record
test_samples
test_witness tp_btf
test_witness raw_tp --without tp_btf
test_witness tracepoint --without tp_btf,raw_tp
test_settings
test_without
test_thread_noise
test_bad_command
test_number_kept
test_victim_by_pid
test_oslat
finish_tests
