#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The collector on kernels that it was not made for: those of Debian's releases as they are shipped,
# and the lab's in both modes. Each boots once with an isolated CPU, and lab/guest/classes.sh makes
# events of every class there: each must be seen with its cause and origin, and each probe must be
# attached or said to be missing. What is expected of a kernel is a row of the table.
# KERNELS='NAME…' or all; the default are those of `make check`.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/guest/tap.bash
trap 'rm -rf "$scratch"' EXIT

ALL='6.1 6.12 6.12-rt 7.2 7.3 7.2-qpw0 7.2-qpw1 7.2-rt-qpw0 7.2-rt-qpw1'
names=${KERNELS:-6.1 7.2-qpw0 7.2-qpw1}
[[ $names != all ]] || names=$ALL
# How often lab/guest/classes.sh does each thing.
TIMES=10

# ------------------------------------------------------------------ what is expected
# Probes that a kernel does not have; it must have every other one.
CSD='csd_function_entry csd_function_exit csd_queue_cpu'
SHEAVES=flush_rcu_sheaves_on_cache
# For lack of CONFIG_X86_MCE in the lab's configuration.
MCE='deferred_error_apic_entry deferred_error_apic_exit threshold_apic_entry threshold_apic_exit'
QPW='qpw_flush_begin qpw_flush_end qpw_inline_begin qpw_inline_end qpw_lock_contended_begin
	qpw_lock_contended_end qpw_queue'
declare -A absent=(
	[6.1]="$CSD $SHEAVES hrtimer_start_expired ipi_send_cpu $QPW"
	[6.12]="$SHEAVES hrtimer_start_expired $QPW"
	[6.12-rt]="$SHEAVES hrtimer_start_expired $QPW"
	[7.2]="$QPW"
	[7.3]="$QPW"
	[7.2-qpw0]="$MCE"
	[7.2-qpw1]="$MCE"
	[7.2-rt-qpw0]="$MCE"
	[7.2-rt-qpw1]="$MCE"
)
# Probes whose programs have to copy what they read, on every kernel that has them.
COPIES='csd_function_entry csd_function_exit workqueue_execute_end'
# Works that churn makes the isolated CPU run. The memcg drain of later kernels leaves out CPUs that
# are isolated from the scheduler's domains.
declare -A works=(
	[6.1]='lru_add_drain_per_cpu flush_cpu_slab drain_local_stock'
	[6.12]='lru_add_drain_per_cpu flush_cpu_slab'
	[6.12-rt]='lru_add_drain_per_cpu flush_cpu_slab'
	[7.2]='lru_add_drain_per_cpu flush_cpu_sheaves'
	[7.3]='lru_add_drain_per_cpu flush_cpu_sheaves'
	[7.2-qpw0]='lru_add_drain_per_cpu flush_cpu_sheaves'
	[7.2-qpw1]=''
	[7.2-rt-qpw0]='lru_add_drain_per_cpu flush_cpu_sheaves'
	[7.2-rt-qpw1]=''
)
# Those that it runs itself instead.
declare -A inlined=(
	[7.2-qpw1]='lru_add_drain_per_cpu flush_cpu_sheaves'
	[7.2-rt-qpw1]='lru_add_drain_per_cpu flush_cpu_sheaves'
)
# Interrupts that CPUs sent. The functions called in them are known with the csd events, since 6.5.
# On PREEMPT_RT a wake-up is no function call.
declare -A ipis=(
	[6.1]='reschedule irq_work call_function call_function_single'
	[6.12-rt]='reschedule irq_work do_sync_core'
	[7.2-rt-qpw0]='reschedule irq_work do_sync_core'
	[7.2-rt-qpw1]='reschedule irq_work do_sync_core'
)
IPIS='reschedule irq_work do_sync_core sched_ttwu_pending'
# The function of the tick was another before 6.9.
declare -A tick=([6.1]=tick_sched_timer)
# Events that the kernel may skip a program for, in some ten seconds: docs/collector.md, "Loss". It
# counts those of CPUs that are not watched, too.
declare -A may_lose=([6.12-rt]=3)
# Where flush_work() stands in for __flush_work(), waits inside of kernel/workqueue.c are not seen.
declare -A waited_for=([6.1]=lru_add_drain_per_cpu)
WAITS='lru_add_drain_all lru_cache_disable __kmem_cache_shrink drain_all_stock'

# ------------------------------------------------------------------ getting and booting them

# find_kernel NAME: sets kernel, modules (a directory, or nothing) and mode; fails after a "not ok".
find_kernel() {
	local version=${1%%-*} get

	modules='' mode=none
	case $1 in
	*-rt-qpw[01])
		mode=qpw=${1#*-qpw}
		run kernel/build --config lab --config rt --linux "$version"
		kernel=$(sed -n 's/^KERNEL=//p' "$scratch/stdout")
		check "$1-kernel" "$(tail -n 3 "$scratch/stderr")" test "$rc" = 0
		return "$rc"
		;;
	*-qpw[01])
		mode=qpw=${1#*-qpw}
		kernel=${KERNEL:-$(find_image KERNEL)}
		check "$1-kernel" "no lab kernel; run 'make lab'" test -n "$kernel"
		return
		;;
	*-rt) get=(kernel/stock --linux "$version" --rt) ;;
	*) get=(kernel/stock --linux "$version") ;;
	esac
	run "${get[@]}"
	kernel=$(sed -n 's/^KERNEL=//p' "$scratch/stdout")
	modules=$(sed -n 's/^MODULES_DIR=//p' "$scratch/stdout")
	check "$1-kernel" "${get[*]}: exit code $rc: $(tail -n 3 "$scratch/stderr")" test "$rc" = 0
	return "$rc"
}

# Three CPUs, as an interrupt for several CPUs at once takes two others.
boot_kernel() {
	run lab/boot --kernel "$kernel" ${modules:+--modules "$modules"} --initramfs "$initramfs" \
		--backend "${BACKEND:-auto}" --timeout "$BOOT_LIMIT_S" --mode "$mode" --vcpus 3 --isolated 1 --job classes --out "$dir"
	check "$name-boot" "exit code $rc: $(tail -n 25 "$scratch/stderr")" test "$rc" = 0
	return "$rc"
}

# ------------------------------------------------------------------ what is checked

# reported FILTER: what jq makes of the report.
reported() {
	jq -r "$1" "$dir/report.json"
}

# caused CLASS NAME: how often.
caused() {
	reported "[.causes[] | select(.class == \"$1\" and .name == \"$2\") | .count] | add // 0"
}

# work FUNCTION MEMBER: of the row of that function.
work() {
	reported "[.remote_work[] | select(.function == \"$1\") | .$2] | add // 0"
}

# queued_by FUNCTION COMM: how many executions this task queued on CPU 0.
queued_by() {
	reported "[.remote_work[] | select(.function == \"$1\") | .origins[] |
		select(.comm == \"$2\" and .cpu == 0) | .count] | add // 0"
}

equals() {
	check "$name-$1" "$2: '$3' instead of '$4'" test "$3" = "$4"
}

at_least() {
	check "$name-$1" "$2: $3 instead of at least $4" test "$3" -ge "$4"
}

sorted() {
	tr -s ' \t\n' '\n' | sed '/^$/d' | sort | paste -s -d ' '
}

# raw_programs NAME: of record or top.
raw_programs() {
	sed -n "s/^$1 //p" "$dir/raw-programs"
}

# That the verifier takes every program in its best way: these alone copy what they read, as the
# list has it and as the recorder's own programs tell. Since 7.0 there are two for the end of a work
# item.
check_ways() {
	local probe raw=() twice=1

	for probe in $COPIES; do
		[[ " ${absent[$name]} " == *" $probe "* ]] || raw+=("$probe")
	done
	[[ $name != 6.* ]] || twice=0
	equals probes-at-their-best "loaded as raw_tp" \
		"$(jq -r '.probes[] | select(.state == "raw_tp") | .name' "$dir/probes.json" | sorted)" "${raw[*]}"
	equals recorder-at-its-best "programs that are raw_tp" "$(raw_programs record)" $((${#raw[@]} + twice))
}

# Against the table, and against the kernel's own list of its events.
check_probes() {
	local json=$dir/probes.json probe state wrong=

	equals probes-missing "not attached" "$(jq -r '.probes[] | select(.state == "missing") | .name' "$json" | sorted)" \
		"$(sorted <<<"${absent[$name]}")"
	equals probes-have-reasons "missing without a reason or a consequence" \
		"$(jq -r '.probes[] | select(.state == "missing" and
			(.why != "not in this kernel" or (.gives | length) == 0)) | .name' "$json" | sorted)" ''
	while read -r probe state; do
		[[ $state != fentry && $state != kprobe ]] || continue
		if grep -q ":$probe\$" "$dir/events"; then
			[[ $state != missing ]] || wrong+=" $probe"
		elif [[ $state != missing ]]; then
			wrong+=" $probe"
		fi
	done < <(jq -r '.probes[] | "\(.name) \(.state)"' "$json")
	equals probes-as-the-kernel-lists-them "others" "$wrong" ''
}

check_classes() {
	local class ipi

	for class in irq softirq ipi tick timer thread work nmi; do
		at_least "class-$class" events \
			"$(reported ".interruptions[] | select(.class == \"$class\") | .count")" 1
	done
	# The driver may print several lines for one interrupt.
	at_least irq-ttyS0 interrupts "$(caused irq ttyS0)" 1
	at_least softirq-NET_RX softirqs "$(caused softirq NET_RX)" $TIMES
	for ipi in ${ipis[$name]:-$IPIS}; do
		at_least "ipi-$ipi" interrupts "$(caused ipi "$ipi")" $TIMES
	done
	at_least tick ticks "$(caused tick "${tick[$name]:-tick_nohz_handler}")" 1
	at_least thread runs "$(caused thread ping)" $TIMES
	equals nmi-backtrace "handlers run" "$(caused nmi nmi_cpu_backtrace_handler)" $TIMES
}

check_works() {
	local function

	equals work-known "refresh_vm_stats queued, executed, by whom we know, without origin" \
		"$(work refresh_vm_stats queued) $(work refresh_vm_stats executed) $(queued_by refresh_vm_stats classes.sh) $(work refresh_vm_stats unknown)" \
		"$TIMES $TIMES $TIMES 0"
	for function in ${works[$name]}; do
		at_least "work-$function" "executions that churn queued on CPU 0" "$(queued_by "$function" churn)" 1
		equals "work-$function-here" "run by the caller" "$(work "$function" inline)" 0
	done
	for function in ${inlined[$name]:-}; do
		at_least "inline-$function" "run by churn on CPU 0" "$(queued_by "$function" churn)" 1
		equals "inline-$function-only" executed "$(work "$function" executed)" 0
	done
}

# origin CLASS CAUSE COMM: how many of them were brought about by this task on CPU 0.
origin() {
	reported "[.origins[] | select(.class == \"$1\" and .cause == \"$2\" and .comm == \"$3\" and .cpu == 0) |
		.count] | add // 0"
}

# has_stack CLASS CAUSE FUNCTION: one of them was, by way of this function.
has_stack() {
	check "$name-stack-$3" "$(reported "[.origins[] | select(.cause == \"$2\") | .stack] | tostring" | cut -c 1-300)" \
		json_holds "$dir/report.json" "any(.origins[] | select(.class == \"$1\" and .cause == \"$2\") | .stack // [];
			any(.[]; startswith(\"$3+\")))"
}

check_origins() {
	at_least origin-of-a-thread "runs of cat that the job woke" "$(origin thread cat classes.sh)" $TIMES
	has_stack thread cat ksys_write
	equals origin-of-a-work "works that the job queued" "$(origin work refresh_vm_stats classes.sh)" $TIMES
	has_stack work refresh_vm_stats schedule_on_each_cpu
	[[ " ${absent[$name]} " == *" ipi_send_cpu "* ]] ||
		at_least origin-of-a-reschedule "senders known" \
			"$(reported '[.origins[] | select(.class == "ipi" and .cause == "reschedule") | .count] | add // 0')" 1
	equals senders-without-a-call-site "origins of IPIs" \
		"$(reported '[.origins[] | select(.class == "ipi" and .call_site == null)] | length')" 0
	[[ " ${absent[$name]} " == *" csd_queue_cpu "* ]] ||
		at_least call-sites "functions called from where is known" \
			"$(reported '[.origins[] | select(.class == "ipi" and .call_site != null and .cause != "reschedule") |
				.count] | add // 0')" 1
	at_least tick-stops "times that the tick was stopped" "$(reported .tick.stops)" 1
	at_least moves "tasks moved there" "$(reported '[.moves[].count] | add // 0')" 1
}

check_waits() {
	local function

	function=${waited_for[$name]:-refresh_vm_stats}
	at_least wait-for-a-work "waits for $function" \
		"$(reported "[.flush_waits[] | select(.function == \"__flush_work\" and .work == \"$function\") | .count] | add // 0")" 1
	for function in $WAITS; do
		at_least "wait-$function" waits \
			"$(reported "[.flush_waits[] | select(.function == \"$function\") | .count] | add // 0")" 1
	done
	# with each of its rounds churn makes a memory cgroup drain
	at_least wait-memcg "drains by churn" \
		"$(reported '[.flush_waiters[] | select(.function == "drain_all_stock" and .comm == "churn") | .count] | add // 0')" 6
	equals wait-memcg-probe "what is probed" \
		"$(jq -r '.probes[] | select(.name | startswith("drain_all_stock")) | "\(.name) \(.state)"' "$dir/probes.json")" \
		"drain_all_stock.part.0 kprobe"
	at_least wait-whose "waits for works of CPU 1 by name" \
		"$(reported "[.flush_waiters[] | select(.function == \"__flush_work\" and .target_cpu == 1) | .count] | add // 0")" 1
}

# in_top FILTER: what jq makes of qpwtop's last look.
in_top() {
	tail -n 1 "$dir/top.json" | jq -r "$1"
}

check_top() {
	at_least top-looks "looks of qpwtop" "$(wc -l <"$dir/top.json")" 3
	check "$name-top-lost" "$(in_top '[.lost_events, .malformed_records] | tostring')" \
		test "$(in_top .lost_events)" -le "${may_lose[$name]:-0}"
	equals top-work "refresh_vm_stats, by whom" "$(in_top '[.work[] | select(.function == "refresh_vm_stats") |
		"\(.count) \(.from | sub("[/@].*"; ""))"] | join(",")')" "$TIMES sh"
	equals top-origin "works that the job queued" "$(in_top '[.origins[] | select(.class == "work" and
		.cause == "refresh_vm_stats" and (.by | test("^sh[/@]"))) | .count] | add')" $TIMES
	at_least top-thread "runs of ping" \
		"$(in_top '[.causes[] | select(.class == "thread" and .cause == "ping") | .count] | add // 0')" $TIMES
	# A program that the verifier takes from the recorder and not from qpwtop would have to copy.
	check "$name-top-programs" "$(paste -s -d ' ' "$dir/raw-programs") have to copy" \
		test "$(raw_programs top)" -gt 0 -a "$(raw_programs top)" -le "$(raw_programs record)"
	equals top-cpu "its row: number, state, whether the tick is known" \
		"$(in_top '.cpus[0] | "\(.cpu) \(.state) \(.tick != null)"')" "1 online true"
}

# The kernel may let a sleep end on a CPU that is not watched: these samples are there, too, without
# the time of an interrupt, and most of this recording's are such.
check_elsewhere() {
	local recorded remote timed cycles diff

	read -r recorded remote timed < <("${QPWLAT:-build/qpwlat}" export -f csv "$dir/elsewhere.qpw" | awk -F, '
		NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i }
		$1 != "sample" { next }
		{ n++ }
		$column["flags"] ~ /remote/ { remote++; timed += $column["irq_ns"] != "" && $column["irq_ns"] != 0 }
		END { print n + 0, remote + 0, timed + 0 }')
	cycles=$(jq '.thread["0"].cycles' "$dir/elsewhere.json")
	diff=$((recorded - cycles))
	check "$name-elsewhere-samples" "$recorded recorded, cyclictest counts $cycles" \
		test "$cycles" -gt 20 -a "${diff#-}" -le 3
	check "$name-elsewhere-remote" "$remote of $recorded" test $((remote * 2)) -gt "$recorded"
	equals elsewhere-no-interrupt "remote samples with the time of an interrupt" "$timed" 0
}

# shared FILTER: what jq makes of the report on the victim that shares its CPU.
shared() {
	jq -r "$1" "$dir/shared.json"
}

check_shared() {
	at_least shared-page-faults "of the victim" "$(shared .self_inflicted.page_faults)" 1
	at_least shared-system-calls "of the victim" "$(shared .self_inflicted.system_calls)" 1
	at_least shared-taken "times that the busy task took the CPU" \
		"$(shared '[.taken[] | select(.by == "taker") | .count] | add // 0')" 1
	at_least shared-lock-waits "waits of those that write a file" \
		"$(shared '[.lock_waits[] | select(.comm == "dd") | .count] | add // 0')" 1
}

# The recording as a whole. cyclictest counts what we record, but for what began at either end; what it
# does until it is told to end lies behind the window, but is in the file.
check_recording() {
	local recorded samples cycles diff

	equals made "things that were made" "$(wc -l <"$dir/made.txt")" 11
	check "$name-version" "$(reported .kernel)" \
		test "$(reported '.kernel | match("^[0-9]+[.][0-9]+").string')" = "${name%%-*}"
	equals complete "closed, cut off" "$(reported '"\(.window_closed) \(.truncated)"')" "true false"
	check "$name-lost" "$(grep '^lost' "$dir/record.log"), at most ${may_lose[$name]:-0} may be" \
		test "$(reported .lost_events)" -le "${may_lose[$name]:-0}"
	check "$name-buffer" "$(grep '^lost' "$dir/record.log")" \
		test -z "$(grep '^lost.*buffer' "$dir/record.log")"
	samples=$(reported .samples)
	recorded=$("${QPWLAT:-build/qpwlat}" export -f csv "$dir/trace.qpw" |
		awk -F, '$1 == "sample" { n++ } END { print n + 0 }')
	cycles=$(jq '.thread["0"].cycles' "$dir/cyclictest.json")
	diff=$((recorded - cycles))
	check "$name-samples" "$recorded recorded, $samples of them in the window, cyclictest counts $cycles" \
		test "$cycles" -gt 500 -a "${diff#-}" -le 3 -a "$samples" -gt 500 -a "$samples" -le "$recorded"
	if [[ $name == *-rt* ]]; then
		check "$name-is-rt" "$(reported .host.kernel_version)" \
			test "$(reported '.host.kernel_version | contains("PREEMPT_RT")')" = true
	fi
}

initramfs=${INITRAMFS:-$(find_image INITRAMFS)}
if [[ -z $initramfs ]]; then
	not_ok kernels "no guest image; run 'make lab'"
	finish_tests
fi
for name in $names; do
	if [[ ! -v absent[$name] ]]; then
		not_ok "$name" "no such kernel here; there are: $ALL"
		continue
	fi
	dir=$scratch/$name
	SECONDS=0
	if find_kernel "$name" && boot_kernel; then
		check_recording
		check_elsewhere
		check_shared
		check_ways
		check_probes
		check_classes
		check_works
		check_origins
		check_waits
		check_top
		echo "# $name: $(reported .kernel), $SECONDS s"
	fi
done
finish_tests
