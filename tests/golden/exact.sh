#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The judges of tests/exact/ on a small story told by hand: they accept what is right, and refuse it
# as soon as one record is missing, is there twice, or differs in one thing.
set -uo pipefail
cd "$(dirname "$0")/../exact" || exit 1
. ../tap.bash
suite=exact
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# What happens: ns, CPU, task, event. Each observer notes it: A at that time, the recorder up to
# 500 ns and B 1000 ns later.
story() {
	cat <<-'END'
	1000000 0 30 sh tracing_mark_write: exact-begin
	1002000 1 0 <idle> sched_switch: prev_comm=swapper/1 prev_pid=0 prev_prio=120 prev_state=R ==> next_comm=app next_pid=40 next_prio=120
	1010000 0 50 churn workqueue_queue_work: work struct=00000000000000aa function=drain workqueue=events req_cpu=1 cpu=1
	1015000 0 50 churn csd_queue_cpu: cpu=1 callsite=smp_call+0x10/0x40 [net] func=flush_tlb csd=00000000000000bb
	1020000 1 40 app call_function_single_entry: vector=251
	1022000 1 40 app csd_function_entry: func=flush_tlb, csd=00000000000000bb
	1024000 1 40 app csd_function_exit: func=flush_tlb, csd=00000000000000bb
	1026000 1 40 app call_function_single_exit: vector=251
	1030000 1 40 app sched_switch: prev_comm=app prev_pid=40 prev_prio=120 prev_state=R ==> next_comm=kworker/1:1 next_pid=60 next_prio=120
	1032000 1 60 old workqueue_execute_start: work struct 00000000000000aa: function drain
	1034000 1 60 old local_timer_entry: vector=236
	1035000 1 60 old hrtimer_expire_entry: hrtimer=00000000000000cc function=tick_nohz_handler now=1
	1036000 1 60 old hrtimer_expire_exit: hrtimer=00000000000000cc
	1038000 1 60 old local_timer_exit: vector=236
	1040000 1 60 old softirq_entry: vec=9 [action=RCU]
	1042000 1 60 old softirq_exit: vec=9 [action=RCU]
	1044000 1 60 old sched_switch: prev_comm=kworker/1:1 prev_pid=60 prev_prio=120 prev_state=D ==> next_comm=app next_pid=40 next_prio=120
	1046000 1 40 app irq_handler_entry: irq=24 name=virtio0-input.long
	1048000 1 40 app irq_handler_exit: irq=24 ret=handled
	1050000 1 40 app sched_switch: prev_comm=app prev_pid=40 prev_prio=120 prev_state=R ==> next_comm=kworker/1:1 next_pid=60 next_prio=120
	1052000 1 60 old workqueue_execute_end: work struct 00000000000000aa: function drain
	1054000 0 50 churn __flush_work <-caller
	1055000 0 50 churn lru_add_drain_all <-caller
	1058000 0 50 churn __flush_work <-caller
	1060000 0 50 churn qpw_inline_begin: cpu=1 work=00000000000000dd func=drain
	1062000 0 50 churn qpw_inline_end: cpu=1 work=00000000000000dd func=drain
	END
	[ -z "$second_ns" ] || cat <<-END
	1063000 0 50 churn ipi_send_cpu: cpu=1 callsite=ttwu+0x10/0x80 callback=0x0
	1064000 1 60 old reschedule_entry: vector=253
	$second_ns 0 50 churn ipi_send_cpu: cpu=1 callsite=ttwu+0x10/0x80 callback=0x0
	1065500 1 60 old reschedule_exit: vector=253
	1066500 1 60 old reschedule_entry: vector=253
	1067500 1 60 old reschedule_exit: vector=253
	END
	echo "1070000 0 30 sh tracing_mark_write: exact-end"
}
# If set: two interrupts without a function are sent, the second one then.
second_ns=''

columns=kind,cpu,start_ns,end_ns,flags,name,number,function,object,pid,comm,prio,count
columns+=,origin_ns,origin_cpu,origin_pid,origin_comm,from_cpu,call_site

right() {
	cat <<-END
	$columns
	window,0,900000,0,,,,,,,,,,,,,,,
	work_queue,1,1010500,1010500,origin,,,drain,0xaa,,,,,1010500,0,50,churn,,
	ipi,1,1020500,1026500,origin,call_function_single,3,flush_tlb,,,,,1,1015500,0,50,churn,,smp_call+0x10 [net]
	thread,1,1002500,1030500,,,,,,40,app,120,,,,,,,
	timer,1,1034500,1038500,tick,,,tick_nohz_handler,,,,,1,,,,,,
	softirq,1,1040500,1042500,,RCU,9,,,,,,,,,,,,
	work,1,1032500,1044500,begin|origin,,,drain,0xaa,,,,,1010500,0,50,churn,,
	thread,1,1030500,1044500,,,,,,60,kworker/1:1,120,,,,,,,
	irq,1,1046500,1048500,,virtio0-input.l,24,,,,,,,,,,,,
	thread,1,1044500,1050500,,,,,,40,app,120,,,,,,,
	work,1,1050500,1052500,end|origin,,,drain,0xaa,,,,,1010500,0,50,churn,,
	qpw_inline,1,1060500,1062500,,,,drain,0xdd,50,churn,,,,,,,0,
	flush,0,1055500,1059000,,lru_add_drain_all,2,,,50,churn,,,,,,,,
	flush,0,1058500,1059000,,__flush_work,1,drain,,50,churn,,,,,,,,
	lost,1,0,0,,,,,,,,,0,,,,,,
	END
}

# observe DELAY NAME: what an ftrace instance makes of the story, in both forms.
observe() {
	awk -v delay="$1" '{print $3, $2, $1 + delay, "type: 1"}' >"$dir/$2.raw" < <(story)
	awk -v delay="$1" '{printf "%16s-%s [%03d] d..2. %.6f: %s\n", $4, $3, $2, ($1 + delay) / 1e9,
		substr($0, index($0, $5))}' >"$dir/$2.txt" < <(story)
}

match_story() {
	awk -v cpu=1 -f records.awk -f ftrace.awk -f intervals.awk -f match.awk stream=A role=raw "$dir/A.raw" role=text "$dir/A.txt" \
		stream=B role=raw "$dir/B.raw" role=text "$dir/B.txt" role=csv "$1" >"$dir/said"
}

report() { # report NAME WRONG?: ok if the second is empty
	if [ -z "$2" ]; then
		ok "$1"
	else
		not_ok "$1" "$2"
	fi
}

# refused NAME TEXT: the records in $dir/wrong.csv are, and the reason holds TEXT.
refused() {
	if match_story "$dir/wrong.csv"; then
		report "$1" "accepted"
	elif ! grep -qF -- "$2" "$dir/said"; then
		report "$1" "refused, but without '$2': $(head -n 3 "$dir/said")"
	else
		report "$1" ""
	fi
}

# differs NAME TEXT OLD NEW: the right records, but for the first OLD.
differs() {
	sed "0,/$3/s//$4/" "$dir/right.csv" >"$dir/wrong.csv"
	cmp -s "$dir/right.csv" "$dir/wrong.csv" && report "$1" "'$3' is not there"
	refused "$1" "$2"
}

observe 0 A
observe 1000 B
right >"$dir/right.csv"
why=
match_story "$dir/right.csv" || why="refused: $(cat "$dir/said")"
grep -qx "matched flush 2 begun" "$dir/said" || why+=" waits do not match"
grep -qx "call sites 1" "$dir/said" || why+=" call sites do not match"
want='ipi 1 irq 1 qpw_inline 1 softirq 1 thread 3 timer 1 work 2 work_queue 1'
got=$(sed -n 's/^matched \([a-z_]* [0-9]*\) within 1000 1000$/\1/p' "$dir/said" | sort | paste -sd' ')
[ "$got" = "$want" ] || why+=" matched '$got'"
report "the right story" "$why"

for n in $(seq 3 13); do
	kind=$(sed -n "${n}s/,.*//p" "$dir/right.csv")
	sed "${n}d" "$dir/right.csv" >"$dir/wrong.csv"
	refused "without record $n, $kind" "ours lacks $kind"
	sed "${n}p" "$dir/right.csv" >"$dir/wrong.csv"
	refused "record $n twice, $kind" "ours alone has $kind"
done
sed '/lru_add/d' "$dir/right.csv" >"$dir/wrong.csv"
refused "without a wait" "lru_add_drain_all: 1 calls, 0 recorded"
sed '/lru_add/p' "$dir/right.csv" >"$dir/wrong.csv"
refused "a wait twice" "lru_add_drain_all: 1 calls, 2 recorded"
differs "a wait before its call" "ours alone has a wait in __flush_work" 1058500 1053500
sed 's/^\(flush.*\)1058500,.*__flush.*/&\n\11058600,1059000,,__flush_work,1,drain,,50,churn,,,,,,,/' "$dir/right.csv" \
	>"$dir/wrong.csv"
refused "one call, two waits" "ours alone has a wait in __flush_work at 1058600"
differs "earlier than it was" "ours alone has timer" 1034500 1033999
differs "later than it was" "not between A and B: timer" 1034500 1035001
differs "ended before it did" "not between A and B: softirq" 1042500 1041999
differs "ended after it did" "not between A and B: softirq" 1042500 1043001
differs "another softirq" "not as A saw it: softirq" RCU,9 TIMER,1
differs "another thread" "not as A saw it: thread" kworker sleeper
differs "another work" "not as A saw it: work" 'drain,0xaa,,,,,1010500' 'flush,0xaa,,,,,1010500'
differs "another function" "names another function: ipi" flush_tlb flush_lru
differs "another timer" "names another function: timer" tick_nohz_handler hrtimer_wakeup
differs "no tick" "not as A saw it: timer" ',tick,' ',,'
differs "another task queued" "another origin: work_queue" '0,50,churn' '0,50,chore'
differs "another CPU sent" "another origin: ipi" '1015500,0' '1015500,1'
differs "sent at another time" "another origin: ipi" 1015500 1016001
differs "nobody sent" "another origin: ipi" '1026500,origin' '1026500,'
differs "sent from elsewhere" "another origin: ipi" 'smp_call+0x10' 'smp_call+0x11'
differs "sent from another module" "another origin: ipi" '0x10 \[net\]' '0x10'
differs "sent from nowhere" "another origin: ipi" 'smp_call+0x10 \[net\]$' ''
differs "a call site of what has none" "another origin: work_queue" '1010500,0,50,churn,,' '1010500,0,50,churn,,a+0x1'
differs "another CPU acted" "not as A saw it: qpw_inline" 'churn,,,,,,,0' 'churn,,,,,,,1'
differs "lost records" "records were lost: 3" ',,0,,,,,,$' ',,3,,,,,,'

sed '/mark_write/d' "$dir/A.txt" >"$dir/A.tmp" && mv "$dir/A.tmp" "$dir/A.txt"
cp "$dir/right.csv" "$dir/wrong.csv"
refused "without marks" "the marks are missing"
observe 0 A
sed '5d' "$dir/B.txt" >"$dir/B.tmp" && mv "$dir/B.tmp" "$dir/B.txt"
refused "an instance that lacks a line" "B: 27 raw events, 26 as text"
observe 1000 B

# A switch that ftrace itself lacks, in both instances: what it touches is no difference, but of so
# short a story it is too much.
for name in A B; do
	grep -v 'next_comm=kworker/1:1 ' "$dir/$name.txt" >"$dir/said" && mv "$dir/said" "$dir/$name.txt"
done
for name in A B; do
	awk '$1 != 40 || ($3 % 1000000 != 30000 && $3 % 1000000 != 31000 && $3 % 1000000 != 50000 &&
		$3 % 1000000 != 51000)' "$dir/$name.raw" >"$dir/said" && mv "$dir/said" "$dir/$name.raw"
done
refused "a switch that ftrace lacks" "ftrace lacks too many switches"
report "and nothing else is wrong" "$(grep ERROR "$dir/said" | grep -v "lacks too many")"
observe 0 A
observe 1000 B

# Two are sent. What is sent before B has seen the first one begin may have been for that, and then
# the second has no sender.
for second_ns in 1064900 1065100; do
	observe 0 A
	observe 1000 B
	{
		cat "$dir/right.csv"
		echo "ipi,1,1064500,1066000,origin,reschedule,4,,,,,,0,1063500,0,50,churn,,ttwu+0x10"
		echo "ipi,1,1067000,1068000,,reschedule,4,,,,,,0,,,,,,"
	} >"$dir/wrong.csv"
	if [ "$second_ns" -lt 1065000 ]; then
		why=
		match_story "$dir/wrong.csv" || why="refused: $(cat "$dir/said")"
		report "a sender that may be of the interrupt before" "$why"
		sed 's/reschedule,4,,,,,,0,1063500,0/reschedule,4,,,,,,0,1063500,1/' "$dir/wrong.csv" >"$dir/said"
		mv "$dir/said" "$dir/wrong.csv"
		refused "another sender of the interrupt before" "another origin: ipi"
	else
		refused "a sender that can't be of the interrupt before" "another origin: ipi"
	fi
done
second_ns=''
observe 0 A
observe 1000 B

# Pieces: the work of the story, 12000 and 2000 ns in two parts and 6000 ns between, made of 20000
# by its maker; an IPI.
for name in A B; do
	sed 's/drain/qpw_noise_work_fn/; s/flush_tlb/qpw_noise_ipi_fn/' "$dir/$name.txt" >"$dir/P$name.txt"
done
cp "$dir/A.raw" "$dir/PA.raw"
for piece in '1032700 work' '1022700 ipi'; do
	echo "60 1 ${piece% *} type: 1" >>"$dir/PA.raw"
	echo "kworker/1:1-60 [001] d..2. 0.001032: qpw_noise_${piece#* }_fn <-caller" >>"$dir/PA.txt"
done
sed 's/drain/qpw_noise_work_fn/; s/flush_tlb/qpw_noise_ipi_fn/' "$dir/right.csv" >"$dir/pieces.csv"

pieces() {
	printf '%s\n' "$@" >"$dir/pieces.txt"
	awk -v cpu=1 -v polled="$polled" -f records.awk -f ftrace.awk -f intervals.awk -f pieces.awk \
		stream=A role=raw "$dir/PA.raw" role=text "$dir/PA.txt" \
		stream=B role=raw "$dir/B.raw" role=text "$dir/PB.txt" \
		role=csv "$dir/pieces.csv" role=pieces "$dir/pieces.txt" >"$dir/said"
}

# pieces_are NAME WANT TEXT PIECE...: accepted (0) or refused (1), and TEXT is said.
pieces_are() {
	local name=$1 want=$2 text=$3 rc=0
	shift 3
	pieces "$@" || rc=$?
	if [ "$rc" != "$want" ] || ! grep -qF -- "$text" "$dir/said"; then
		report "$name" "exit code $rc: $(cat "$dir/said")"
	else
		report "$name" ""
	fi
}

polled=0
pieces_are "pieces as they were made" 0 "pieces work 1 within 1 off 1000 1000" "work 19000" "ipi 6000"
sed -i 's/1026500,origin/1027501,origin/' "$dir/pieces.csv"
pieces_are "a record that is too long" 1 "ipi 1: 7001 ns recorded, 6000 ns made" "work 19000" "ipi 6000"
sed -i 's/1027501,origin/1025499,origin/' "$dir/pieces.csv"
pieces_are "a record that is too short" 1 "ipi 1: 4999 ns recorded, shorter than the 6000 ns made in it" \
	"work 19000" "ipi 6000"
# by less than the figures of a piece may differ
sed -i 's/1025499,origin/1026200,origin/' "$dir/pieces.csv"
pieces_are "a record that is a little too short" 1 "ipi 1: 5700 ns recorded, shorter than" \
	"work 19000" "ipi 6000"
sed -i 's/1026200,origin/1025499,origin/' "$dir/pieces.csv"
sed -i 's/1025499,origin/1026500,origin/' "$dir/pieces.csv"
for name in raw txt; do
	cp "$dir/PA.$name" "$dir/one.$name"
	tail -n 1 "$dir/one.$name" >>"$dir/PA.$name"
done
pieces_are "every other piece that ftrace finds longer" 0 "pieces ipi 2 within 1" "ipi 6000" "ipi 4999"
for name in raw txt; do
	mv "$dir/one.$name" "$dir/PA.$name"
done
pieces_are "a kind that is wrong beside one that is right" 1 "no ipi is as long as it was made" \
	"work 19000" "ipi 4999"
pieces_are "too many pieces that ftrace finds longer" 1 "1 of 1 pieces are not as long" "ipi 4999"
pieces_are "a piece without a record" 1 "ipi 2: no record" "ipi 6000" "ipi 6000"
polled=1
pieces_are "a piece that interrupted nobody" 0 "pieces ipi 2" "ipi 6000" "ipi 6000"
pieces_are "no piece" 1 "no piece: work failed" "work failed"

# 200 wake-ups, one a millisecond: the latency of number i is 20000 + 100 i ns, cyclictest's 2000 more;
# woken 10000 ns after the expiry by task 7. Its worst 1 % are the last two, our worst 2 % the last four.
samples() {
	awk 'BEGIN { print "kind,cpu,start_ns,end_ns,count"
		for (i = 1; i <= 200; i++)
			printf "sample,1,%d,%d,\n", i * 1e6, i * 1e6 + 20000 + 100 * i
		print "timer,1,50025500,50026000,\ntimer,1,60028100,60029000," }' >"$dir/samples.csv"
	awk 'BEGIN { print "Max CPUs = 2"
		for (i = 1; i <= 200; i++) printf "%8d:%8d:%8d\n", 0, i, 22000 + 100 * i }' >"$dir/verbose"
	awk 'BEGIN { for (i = 1; i <= 200; i++)
		printf "  <idle>-7 [001] d.h2. %.6f: sched_waking: comm=cyclictest pid=9\n",
			(i * 1e6 + 10000) / 1e9 }' >"$dir/wakings"
}

# samples_are NAME WANT TEXT FILE SED [WAKER]: with FILE so changed, and woken by another task:
# accepted (0) or refused (1), TEXT is said.
samples_are() {
	local name=$1 rc=0

	samples
	sed -i "$5" "$dir/$4"
	sed -i "s/-7 /${6:--7} /" "$dir/wakings"
	awk -v cpu=1 -v hidden="7 8" -f records.awk -f samples.awk role=csv "$dir/samples.csv" \
		role=wakings "$dir/wakings" role=verbose "$dir/verbose" >"$dir/said" || rc=$?
	if [ "$rc" != "$2" ] || ! grep -qF -- "$3" "$dir/said"; then
		report "$name" "exit code $rc: $(cat "$dir/said")"
	else
		report "$name" ""
	fi
}

samples_are "samples" 0 "samples 200 hidden 0" samples.csv ''
samples_are "their distribution" 0 "ours min 20100 p50 30000 p99 39800 max 40000" samples.csv ''
samples_are "the way" 0 "way min 2000 p50 2000 p99 2000 max 2000" samples.csv ''
samples_are "the worst" 0 "worst 2 found 2 interrupted on the way 0 late on the way 0" samples.csv ''
samples_are "a hidden sample" 0 "samples 199 hidden 1" samples.csv 51d
# the header is line 1
samples_are "a sample that is missing" 1 "sample 50 is not recorded" samples.csv '51d' -6
samples_are "a sample too many" 1 "recorded without a waking" wakings 200d
samples_are "a sample that cyclictest lacks" 1 "200 wakings, 199 samples by cyclictest" verbose 90d
samples_are "a sample that is later than its own" 1 "sample 50: 25000 ns recorded, 24999 ns" verbose \
	's/ 50:   27000/ 50:   24999/'
samples_are "another p50" 1 "p50: 30000 ns recorded, 35001 ns by cyclictest" verbose \
	'52,152s/:   3[0-9]*$/:   35001/'
samples_are "a late one that is not found" 1 "1 of its worst 2 are in our worst 2 %" verbose \
	's/ 190:   41000/ 190:   43500/'
# number 50 has a timer on its way, 500 ns after the switch
samples_are "a late one, interrupted on the way" 0 "25000 ns recorded: interrupted on the way" \
	verbose 's/ 50:   27000/ 50:   99999/'
samples_are "a late one on the way" 0 "24000 ns recorded: late on the way" verbose \
	's/ 40:   26000/ 40:   99999/'
samples_are "two late ones" 1 "2 of its worst 2 became late on the way" verbose \
	's/ 40:   26000/ 40:   99999/; s/ 41:   26100/ 41:   99999/'
finish_tests
