#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# How exact the recorder is, in both modes: every record on the isolated CPU against two ftrace
# instances, one by one (tests/exact/match.awk), and what qpw_noise says it made against what was
# recorded: counts, classes, functions, origins, lengths (tests/exact/pieces.awk).

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/guest/tap.bash
trap 'rm -rf "$scratch"' EXIT

find_lab exact
judge=(awk -v cpu=1 -f tests/exact/records.awk -f tests/exact/ftrace.awk
	-f tests/exact/intervals.awk)

counter() {
	sed -n "s/^$1 //p" "$dir/counters.txt"
}

# records KIND [COLUMN=VALUE]…: how many records on CPU 1 have these values; flag=NAME: among its flags.
records() {
	awk -v wanted="kind=$1 cpu=1 ${*:2}" '
		BEGIN { FS = ","; nr_wanted = split(wanted, want, " ") }
		NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
		{ for (i = 1; i <= nr_wanted; i++) {
			split(want[i], part, "=")
			if (part[1] == "flag" ? !index("|" $column["flags"] "|", "|" part[2] "|") : \
				$column[part[1]] != part[2])
				next
		} n++ }
		END { print n + 0 }' <(sed 's/ \[qpw_noise\]//g' "$dir/records.csv")
}

# equals NAME WHAT IS WANTED
equals() {
	check "$mode-$1" "$2: '$3' instead of '$4'" test "$3" = "$4"
}

check_matched() {
	local kind n

	equals observers-complete "lost events" "$(grep -vc ' 0$' "$dir/ftrace-lost.txt")" 0
	run "${judge[@]}" -f tests/exact/match.awk stream=A role=raw "$dir/before.raw" \
		role=text "$dir/before.txt" stream=B role=raw "$dir/after.raw" role=text "$dir/after.txt" \
		role=csv "$dir/records.csv"
	sed 's/^/# /' "$scratch/stdout" | head -n 40
	check "$mode-as-ftrace-saw-it" "$(head -n 3 "$scratch/stdout"; cat "$scratch/stderr")" test "$rc" = 0
	check "$mode-ftrace-lacks-nothing" "switches are missing" \
		grep -qx "in gaps 0" "$scratch/stdout"
	n=$(sed -n 's/^call sites //p' "$scratch/stdout")
	check "$mode-call-sites-compared" "only ${n:-0}" test "${n:-0}" -ge 8
	for kind in $1; do
		n=$(sed -n "s/^matched $kind \([0-9]*\) .*/\1/p" "$scratch/stdout")
		check "$mode-$kind-compared" "only ${n:-0}" test "${n:-0}" -ge 8
	done
}

check_pieces() {
	local kind

	run "${judge[@]}" -v polled="$(counter ipi_polled)" -f tests/exact/pieces.awk \
		stream=A role=raw "$dir/before.raw" role=text "$dir/before.txt" \
		stream=B role=raw "$dir/after.raw" role=text "$dir/after.txt" \
		role=csv "$dir/records.csv" role=pieces "$dir/pieces.txt"
	sed 's/^/# /' "$scratch/stdout" | head -n 40
	check "$mode-as-long-as-made" "$(grep ERROR "$scratch/stdout"; cat "$scratch/stderr")" \
		test "$rc" = 0
	equals kinds-of-pieces kinds "$(sed -n 's/^pieces \([a-z_]*\) 8 .*/\1/p' "$scratch/stdout" |
		sort | paste -sd' ')" "$1"
}

# Exactly what was made, by class and function, and by whom.
check_counts() {
	local writer n alone all

	writer="origin_cpu=0 origin_comm=sh origin_pid=$(cat "$dir/writer")"
	n=$(counter work_done)
	equals works "queued, begun, ended" "$(records work_queue function=qpw_noise_work_fn) $(
		records work function=qpw_noise_work_fn flag=begin) $(
		records work function=qpw_noise_work_fn flag=end)" "$n $n $n"
	# shellcheck disable=SC2086 # two words
	equals work-origins "queued, executed for the writer" "$(
		records work_queue function=qpw_noise_work_fn flag=origin $writer) $(
		records work function=qpw_noise_work_fn flag=begin flag=origin $writer)" "$n $n"
	n=$(records ipi function=qpw_noise_ipi_fn)
	read -r alone all < <(calls_seen "$dir/before.txt")
	equals ipis-made "in interrupts, by ftrace" "$all" "$(($(counter ipi_done) - $(counter ipi_polled)))"
	check "$mode-ipis" "$n, ftrace saw $all, $alone of them alone" test "$n" -ge "$alone" -a "$n" -le "$all"
	equals ipis-alone "alone in their interrupt" \
		"$(records ipi function=qpw_noise_ipi_fn name=call_function_single count=1)" "$alone"
	check "$mode-ipis-are-alone" "$alone of $all" test $((alone * 2)) -ge "$all"
	# shellcheck disable=SC2086 # two words
	equals ipi-origins "IPIs sent by the writer" \
		"$(records ipi function=qpw_noise_ipi_fn flag=origin $writer)" "$n"
	n=$(records timer function=qpw_noise_hrtimer_fn)
	read -r alone all < <(timers_seen "$dir/before.txt")
	check "$mode-hrtimers" "$n, ftrace saw $all, $alone of them alone" test "$n" -ge "$alone" -a "$n" -le "$all"
	check "$mode-hrtimers-alone" "$alone of $(counter hrtimer_done)" \
		test "$alone" -ge $(($(counter hrtimer_done) / 3))
	n=$(counter percpu_work_done)
	equals percpu_works "executed, run by the writer, flushed" "$(
		records work function=qpw_noise_percpu_work_fn flag=begin) $(
		records qpw_inline function=qpw_noise_percpu_work_fn from_cpu=0 comm=sh) $(
		records qpw_flush function=qpw_noise_percpu_work_fn from_cpu=0 comm=sh)" "${1//N/$n}"
	equals contended "waits of the owner" \
		"$(($(records qpw_contended from_cpu=1 comm=qpw_noise/1) - $(
		records qpw_contended from_cpu=1 comm=qpw_noise/1 flag=remote)))" "$(counter contend_done)"
}

# Works whose queuer is easily mistaken: each run has its own, and what was cancelled never ran.
check_odd_works() {
	local writer made n=40

	writer="origin_cpu=0 origin_comm=sh origin_pid=$(cat "$dir/writer")"
	made="$(counter requeue_done) $(counter delayed_done) $(counter freed_done) $(counter cancelled_done)"
	equals odd-works "requeued, delayed, freed, cancelled" "$made" "$n $n $n $n"
	# shellcheck disable=SC2086 # several words
	equals requeued "runs; for the writer, for themselves" "$(
		records work function=qpw_noise_requeue_fn flag=begin) $(
		records work function=qpw_noise_requeue_fn flag=begin flag=origin $writer) $(
		records work function=qpw_noise_requeue_fn flag=begin flag=origin origin_cpu=1)" \
		"$((2 * n)) $n $n"
	equals delayed "queued, run; by a timer, which is a housekeeping CPU's with nohz_full=" "$(
		records work_queue function=qpw_noise_delayed_fn) $(
		records work function=qpw_noise_delayed_fn flag=begin) $(
		records work function=qpw_noise_delayed_fn flag=begin flag=origin origin_cpu=0)" "$n $n $n"
	# shellcheck disable=SC2086 # several words
	equals freed "runs of both functions; for the writer" "$(
		records work function=qpw_noise_freed_fn flag=begin) $(
		records work function=qpw_noise_reused_fn flag=begin) $(
		records work function=qpw_noise_freed_fn flag=begin flag=origin $writer) $(
		records work function=qpw_noise_reused_fn flag=begin flag=origin $writer)" \
		"$((n / 2)) $((n / 2)) $((n / 2)) $((n / 2))"
	# shellcheck disable=SC2086 # several words
	equals cancelled "queued and run of the cancelled; of those in their place; for the writer" "$(
		records work_queue function=qpw_noise_cancelled_fn) $(
		records work function=qpw_noise_cancelled_fn) $(
		records work_queue function=qpw_noise_kept_fn) $(
		records work function=qpw_noise_kept_fn flag=begin) $(
		records work function=qpw_noise_kept_fn flag=begin flag=origin $writer)" "$n 0 $n $n $n"
}

for mode in qpw0 qpw1; do
	dir=$scratch/$mode
	boot_guest "$dir" --job exact --mode "${mode/qpw/qpw=}"
	booted "$mode-boot" || continue
	kinds="hrtimer ipi irq_work irqoff percpu_work preemptoff timer work"
	classes="thread work work_queue ipi timer softirq qpw_queue qpw_flush flush"
	if [[ $mode == qpw0 ]]; then
		check_matched "$classes"
		check_pieces "$kinds"
		check_counts "N 0 N"
	else
		check_matched "$classes qpw_inline qpw_contended"
		check_pieces "contend $kinds"
		check_counts "0 N N"
	fi
	check_odd_works
done
finish_tests
