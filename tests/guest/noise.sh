#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# qpw_noise against two independent observers, in both modes: what its counters say must be what
# ftrace saw, on the right CPU and in the right context, and what qpwlat recorded. Then its
# manners: requests that are refused, interrupted or concurrent, and unloading.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/guest/tap.bash
trap 'rm -rf "$scratch"' EXIT

find_lab noise

# The kinds that keep a CPU busy for a given time, and those of them that need qpw=1.
TIMED='work percpu_work ipi irq_work hrtimer timer irqoff preemptoff'
REMOTE='lock contend'

# counter NAME [FILE]: a counter of the module, as it was after the noise.
counter() {
	sed -n "s/^$1 //p" "$dir/${2:-counters.txt}"
}

# wanted KIND: how many pieces were asked for.
wanted() {
	sed -n "s/^.*|$1 .*count=\([0-9]*\).*/\1/p" "$dir/requests.txt"
}

# seen CPU FLAGS TEXT: lines of the witness: a CPU or '.*', the column of flags and what follows
# the time, as regular expressions.
seen() {
	grep -cE "\[0*$1\] $2 +[0-9.]+: $3" "$dir/witness.txt"
}

# sent_from: where in the kernel each of the module's IPIs was sent from, as ftrace saw it.
sent_from() {
	sed -nE 's/.* csd_queue_cpu: cpu=1 callsite=(.*) func=qpw_noise_ipi_fn .*/\1/p' "$dir/witness.txt" |
		sed 's|/0x[0-9a-f]*||'
}

# reported FILTER: a number from what qpwlat recorded.
reported() {
	jq "$1 // 0" "$dir/report.json"
}

# equals NAME WHAT IS WANTED
equals() {
	check "$mode-$1" "$2: '$3' instead of '$4'" test "$3" = "$4"
}

at_least() {
	check "$mode-$1" "$2: $3 instead of at least $4" test "$3" -ge "$4"
}

check_counters() {
	local kind

	for kind in $possible; do
		equals "$kind-done" "requested, done" "$(counter "${kind}_requested") $(counter "${kind}_done")" \
			"$(wanted "$kind") $(wanted "$kind")"
	done
	for kind in $TIMED; do
		equals "$kind-asked" asked_ns "$(counter "${kind}_asked_ns")" $(($(wanted "$kind") * 50000))
		at_least "$kind-spent" spent_ns "$(counter "${kind}_spent_ns")" $(($(wanted "$kind") * 50000))
	done
	for kind in work cache ipi irq_work hrtimer timer irqoff preemptoff; do
		equals "$kind-at-home" away "$(counter "${kind}_away")" 0
	done
	equals accepted "accepted, refused, failed" \
		"$(counter accepted) $(counter refused) $(counter failed)" "$1"
	equals mode qpw "$(counter qpw)" "${mode#qpw}"
}

# Where and how each piece ran: h is hard interrupt, s softirq, d interrupts off, the number is
# the depth of disabled preemption.
check_witness() {
	local spent='qpw_noise_spend <-qpw_noise_'

	equals witness-complete "lost events" "$(grep -vc ' 0$' "$dir/witness-lost.txt")" 0
	equals work-seen workqueue_execute_start \
		"$(seen 1 '.{5}' 'workqueue_execute_start: .*function qpw_noise_work_fn')" "$(wanted work)"
	equals ipi-seen csd_function_entry \
		"$(seen 1 '.{5}' 'csd_function_entry: func=qpw_noise_ipi_fn')" "$(wanted ipi)"
	equals ipi-interrupts "csd_function_entry in hard interrupts" \
		"$(seen 1 '..h..' 'csd_function_entry: func=qpw_noise_ipi_fn')" \
		$(($(wanted ipi) - $(counter ipi_polled)))
	equals irq_work-seen "qpw_noise_irq_work_fn in hard interrupts" \
		"$(seen 1 'd.h..' 'qpw_noise_irq_work_fn <-')" "$(wanted irq_work)"
	at_least irq_work-interrupts irq_work_entry "$(seen 1 '..h..' 'irq_work_entry:')" "$(wanted irq_work)"
	equals hrtimer-seen "hrtimer_expire_entry in hard interrupts" \
		"$(seen 1 'd.h..' 'hrtimer_expire_entry: .*function=qpw_noise_hrtimer_fn')" "$(wanted hrtimer)"
	equals timer-seen "timer_expire_entry in softirqs" \
		"$(seen 1 '..s..' 'timer_expire_entry: .*function=qpw_noise_timer_fn')" "$(wanted timer)"
	equals irqoff-seen "stretches with interrupts off" "$(seen 1 'd....' "${spent}irqoff_fn")" "$(wanted irqoff)"
	equals preemptoff-seen "stretches with preemption off and interrupts on" \
		"$(seen 1 '\...[1-9].' "${spent}preemptoff_fn")" "$(wanted preemptoff)"
	equals nothing-else "pieces that ftrace saw begin" "$(seen '.*' '.{5}' 'qpw_noise_spend <-')" \
		"$(for kind in $TIMED lock; do counter "${kind}_done"; done | awk '{n += $1} END {print n}')"
}

check_recorder() {
	local timers calls alone all sites of='[.remote_work[] | select(.function | startswith("qpw_noise_work_fn")) |'

	equals recorder-complete "lost events" "$(reported .lost_events)" 0
	equals work-recorded "queued, executed" \
		"$(reported "$of .queued] | add") $(reported "$of .executed] | add")" "$(wanted work) $(wanted work)"
	calls=$(reported '[.causes[] | select(.class == "ipi" and (.name | startswith("qpw_noise_ipi_fn"))) | .count] | add')
	read -r alone all < <(calls_seen "$dir/witness.txt")
	equals ipi-made "in interrupts, by ftrace" "$all" $(($(wanted ipi) - $(counter ipi_polled)))
	check "$mode-ipi-recorded" "$calls, ftrace saw $all, $alone of them alone" \
		test "$calls" -ge "$alone" -a "$calls" -le "$all"
	check "$mode-ipi-alone" "$alone of $all" test $((alone * 2)) -ge "$all"
	sites=$(sent_from)
	equals ipi-sites-seen csd_queue_cpu "$(wc -l <<<"$sites")" "$(wanted ipi)"
	equals ipi-call-site "sent from" \
		"$(jq -r '[.origins[] | select(.class == "ipi" and (.cause | startswith("qpw_noise_ipi_fn"))) |
			.call_site] | unique | .[]' "$dir/report.json")" "$(sort -u <<<"$sites")"
	timers=$(reported '[.causes[] | select(.class == "timer" and (.name | startswith("qpw_noise_hrtimer_fn"))) | .count] | add')
	read -r alone all < <(timers_seen "$dir/witness.txt")
	check "$mode-hrtimer-recorded" "$timers, ftrace saw $all, $alone of them alone" \
		test "$timers" -ge "$alone" -a "$timers" -le "$all"
	at_least hrtimer-alone "interrupts by nothing else" "$alone" $(($(wanted hrtimer) / 3))
	at_least thread-recorded "runs of the module's thread" \
		"$(reported '[.causes[] | select(.class == "thread" and .name == "qpw_noise/1") | .count] | add')" 1
}

recorded_work() {
	reported "[.remote_work[] | select(.function | startswith(\"$1\")) | .$2] | add"
}

# What QPW is about: the same requests, works of CPU 1 with qpw=0, runs in the writer with qpw=1.
check_qpw0() {
	local kind n

	n=$(wanted percpu_work)
	equals percpu_work-away away "$(counter percpu_work_away)" 0
	equals percpu_work-executed workqueue_execute_start \
		"$(seen 1 '.{5}' 'workqueue_execute_start: .*function qpw_noise_percpu_work_fn')" "$n"
	equals percpu_work-recorded "executed, inline" \
		"$(recorded_work qpw_noise_percpu_work_fn executed) $(recorded_work qpw_noise_percpu_work_fn inline)" "$n 0"
	equals percpu_work-inline qpw_inline_begin "$(seen '.*' '.{5}' 'qpw_inline_begin:')" 0
	equals flushes-waited "qpw_flush_end, skipped" \
		"$(seen '.*' '.{5}' 'qpw_flush_end: cpu=1 .*skipped=1')" 0
	at_least cache-executed flush_rcu_sheaf \
		"$(seen 1 '.{5}' 'workqueue_execute_start: .*function flush_rcu_sheaf')" "$(wanted cache)"
	for kind in $REMOTE; do
		equals "$kind-refused" "possible, requested, answer" \
			"$(counter "${kind}_possible") $(counter "${kind}_requested") $(sed -n "s/|$kind .*//p" "$dir/requests.txt")" \
			"0 0 Operation not supported"
		check "$mode-$kind-says-why" "the log does not" \
			grep -q "qpw_noise: $kind needs qpw=1" "$dir/kernel.log"
	done
}

check_qpw1() {
	local n

	n=$(wanted percpu_work)
	equals percpu_work-away away "$(counter percpu_work_away)" "$n"
	equals percpu_work-executed workqueue_execute_start \
		"$(seen '.*' '.{5}' 'workqueue_execute_start: .*function qpw_noise_percpu_work_fn')" 0
	equals percpu_work-inline qpw_inline_begin \
		"$(seen 0 '.{5}' 'qpw_inline_begin: cpu=1 .*func=qpw_noise_percpu_work_fn')" "$n"
	equals percpu_work-recorded "executed, inline" \
		"$(recorded_work qpw_noise_percpu_work_fn executed) $(recorded_work qpw_noise_percpu_work_fn inline)" "0 $n"
	equals cache-executed "flushes of sheaves" \
		"$(seen 1 '.{5}' 'workqueue_execute_start: .*function flush_(rcu_sheaf|cpu_sheaves)')" 0
	at_least cache-inline flush_rcu_sheaf \
		"$(seen 0 '.{5}' 'qpw_inline_begin: cpu=1 .*func=flush_rcu_sheaf')" "$(wanted cache)"
	equals lock-remote "away, held on CPU 0" "$(counter lock_away) $(seen 0 '.{5}' 'qpw_noise_spend <-qpw_noise_lock_fn')" \
		"$(wanted lock) $(wanted lock)"
	equals contend-seen qpw_lock_contended_begin \
		"$(grep -cE '^ *qpw_noise/1-[0-9]+ .*: qpw_lock_contended_begin: cpu=1 .*remote=0' "$dir/witness.txt")" \
		"$(wanted contend)"
	at_least contend-recorded "contended locks" "$(reported .contended.local.count)" "$(wanted contend)"
	at_least contend-spent spent_ns "$(counter contend_spent_ns)" 1
}

# Each refusal has the errno of its kind, one line in the log and no effect.
check_refusals() {
	local want n=0 said lines why request

	while IFS='|' read -r said lines why request; do
		n=$((n + 1))
		case $why in
		*'is not within'* | *'count * (us + gap)'*) want='Numerical result out of range' ;;
		*'is not online'*) want='No such device' ;;
		*'is longer than'*) want='Argument list too long' ;;
		*'writer runs on that CPU'*) want='Invalid cross-device link' ;;
		*) want='Invalid argument' ;;
		esac
		equals "refusal-$n" "'$request' ($why): answer, lines in the log" "$said, $lines" "$want, 1"
	done <"$dir/refusals.txt"
	at_least refusals requests "$n" 30
	equals refusals-no-effect "counters changed" \
		"$(diff "$dir/before-refusals.txt" "$dir/after-refusals.txt" | sed -n 's/^> \([a-z_]*\) .*/\1/p' | tr '\n' ' ')" \
		"accepted refused failed ipi_requested ipi_asked_ns "
}

check_manners() {
	equals reset "counters other than 0" "$(grep -vE '^qpw |_possible | 0$' "$dir/reset.txt")" ''
	equals interrupted-counted "accepted, failed, requested" \
		"$(counter accepted interrupted.txt) $(counter failed interrupted.txt) $(counter irqoff_requested interrupted.txt)" \
		"1 1 50"
	at_least interrupted-begun "pieces done" "$(counter irqoff_done interrupted.txt)" 1
	equals interrupted-ends "counters changed after the end" \
		"$(diff "$dir/interrupted.txt" "$dir/interrupted-later.txt")" ''
	check "$mode-interrupted-soon" "$(cat "$dir/events.txt")" grep -qE '^seconds-to-end [0-4]$' "$dir/events.txt"
	check "$mode-busy-stays-loaded" "$(cat "$dir/events.txt")" grep -qx 'rmmod-busy 1' "$dir/events.txt"
	equals meeting-writers "works, stretches, timers" \
		"$(counter work_done met.txt) $(counter irqoff_done met.txt) $(counter hrtimer_done met.txt)" "80 40 40"
	equals unloads "reloads" "$(grep -cE '^(rmmod|insmod) 0$' "$dir/events.txt")" 6
	check "$mode-nothing-left" "$(cat "$dir/events.txt")" test -z "$(grep -E '^/sys|writer-failed' "$dir/events.txt")"
}

for mode in qpw0 qpw1; do
	dir=$scratch/$mode
	boot_guest "$dir" --job noise --mode "${mode/qpw/qpw=}"
	booted "$mode-boot" || continue
	possible="$TIMED cache"
	if [[ $mode == qpw0 ]]; then
		check_counters "9 2 0"
	else
		possible+=" $REMOTE"
		check_counters "11 0 0"
	fi
	check_witness
	check_recorder
	"check_$mode"
	check_refusals
	check_manners
done
finish_tests
