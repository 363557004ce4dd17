#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# qpwlat probes on this machine's own kernel: every probe has a state, and that of tracepoints and
# functions is what the kernel itself says of them. Needs root.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/guest/tap.bash
trap 'rm -rf "$scratch"' EXIT

QPWLAT=${QPWLAT:-build/qpwlat}
json=$scratch/probes.json

# Whether the kernel has a tracepoint, as its list of events has it.
has_tracepoint() {
	grep -q ":$1\$" /sys/kernel/tracing/available_events
}

needs_root probes
mountpoint -q /sys/kernel/tracing || mount -t tracefs tracefs /sys/kernel/tracing

run "$QPWLAT" probes --json
mv "$scratch/stdout" "$json"
check json "exit code $rc: $(cat "$scratch/stderr")" json_holds "$json" \
	'.schema == "qpwlat.probes" and .version == 1 and (.probes | length > 40)'
check every-probe-has-a-state "$(jq -c '[.probes[].state] | unique' "$json")" json_holds "$json" \
	'all(.probes[]; .state | IN("tp_btf", "raw_tp", "fentry", "kprobe", "missing"))'
check what-is-missing-has-a-reason "" json_holds "$json" \
	'all(.probes[] | select(.state == "missing"); (.why | length > 0) and (.gives | length > 0))'
check needed-here "$(jq -c '[.probes[] | select(.state == "missing") | .name]' "$json")" \
	json_holds "$json" '[.probes[] | select(.state != "missing") | .name] |
	contains(["sched_switch", "sched_waking", "workqueue_queue_work", "workqueue_execute_start",
		"workqueue_execute_end", "softirq_exit", "irq_handler_exit", "hrtimer_expire_entry"])'

# Ground truth that is not ours: the list of events, and whether functions can be traced at all.
wrong=
while read -r name state; do
	case $name in
	__* | flush_work | *drain_all* | lru_cache_disable | flush_rcu_sheaves_on_cache | /*) continue ;;
	esac
	if has_tracepoint "$name"; then
		[[ $state != missing ]] || wrong+=" $name:$state"
	else
		[[ $state == missing ]] || wrong+=" $name:$state"
	fi
done < <(jq -r '.probes[] | "\(.name) \(.state)"' "$json")
check tracepoints-as-the-kernel-lists-them "wrong:$wrong" test -z "$wrong"
check refused-functions-are-told-from-absent-ones \
	"$(jq -c '.probes[] | select(.name == "__flush_work")' "$json")" json_holds "$json" \
	'.probes[] | select(.name == "__flush_work") |
	.state == "fentry" or ((.refused.fentry | length > 0) and
		(.state == "kprobe" or (.state == "missing" and .errno > 0 and .why == .refused.fentry)))'
check absent-ones-have-no-errno "" json_holds "$json" \
	'all(.probes[] | select(.why == "not in this kernel"); .errno == 0)'

# The steps of the ladder: what has a tracepoint can go down to the last but for those whose record
# in the trace lacks what is needed.
states() {
	jq -c "[.probes[] | select(.refused != {} or .state != \"missing\") |
		select(.name | test(\"^__|^lru_|drain_all|on_cache\") | not) | .state] | unique" "$1"
}

# without KINDS WANTED: the states of tracepoints
without() {
	run "$QPWLAT" probes --json --without "$1"
	mv "$scratch/stdout" "$scratch/without.json"
	check "without-$1" "exit code $rc: $(states "$scratch/without.json")" \
		test "$(states "$scratch/without.json")" = "$2"
}

check best-ones "$(states "$json")" test "$(states "$json")" = '["raw_tp","tp_btf"]'
without tp_btf '["raw_tp"]'
check lower-ones-have-a-price "" json_holds "$scratch/without.json" '.probes[] |
	select(.name == "sched_switch") | .refused.tp_btf == "left out by --without" and
	(.price | length > 0)'
without raw_tp '["tp_btf","tracepoint"]'
without tp_btf,raw_tp '["missing","tracepoint"]'
check without-plain-twin "$(jq -c '[.probes[] | select(.refused.tp_btf and .state == "missing") | .name]' \
	"$scratch/without.json")" json_holds "$scratch/without.json" '[.probes[] |
	select(.refused.tp_btf and .state == "missing") | .name] | sort ==
	["contention_begin", "contention_end", "ipi_send_cpu", "irq_handler_entry",
	"irq_handler_exit", "page_fault_kernel",
	"page_fault_user", "sched_migrate_task", "sched_switch", "sched_wakeup_new", "sched_waking",
	"sys_enter", "tick_stop"]'
run "$QPWLAT" probes --without tp_btf,raw_tp,tracepoint,fentry,kprobe
fails_saying without-any "none could be attached" "--without"
check without-any-not-itself "$(cat "$scratch/stderr")" test -z "$(grep 'see .qpwlat probes' "$scratch/stderr")"
check without-any-lists-reasons "$(head -n 1 "$scratch/stdout")" \
	grep -q '^sched_switch .*tp_btf: left out by --without; raw_tp: left out' "$scratch/stdout"
for kinds in '' missing 'tp_btf,' tp tp_btf:raw_tp; do
	run "$QPWLAT" probes --without "$kinds"
	check "usage --without '$kinds'" "exit code $rc" test $rc = 129
done

run "$QPWLAT" probes
check text-lists-the-same "$(tail -n 1 "$scratch/stdout")" \
	test "$(wc -l <"$scratch/stdout")" = $(($(jq '.probes | length' "$json") + 1))
run "$QPWLAT" probes --json="$scratch/file.json"
check json-to-a-file "exit code $rc" cmp -s "$json" "$scratch/file.json"
run "$QPWLAT" probes --what
check usage "exit code $rc" test $rc = 129
run setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps -all "$QPWLAT" probes
fails_saying unprivileged CAP_BPF

# in_mounts COMMANDS: with mounts of its own.
in_mounts() {
	run unshare --mount sh -c "$1"
}
if unshare --mount true 2>/dev/null; then
	in_mounts "mount -t tmpfs none /sys/kernel/btf && mount -t tmpfs none /boot && '$QPWLAT' probes"
	fails_saying without-btf /sys/kernel/btf/vmlinux "no type information" CONFIG_DEBUG_INFO_BTF
	in_mounts "mount --bind /dev/null /proc/kallsyms &&
		'$QPWLAT' record -c 1 -d 200ms --victim none -o '$scratch/nameless.qpw'"
	check without-symbols "exit code $rc: $(cat "$scratch/stderr")" \
		grep -q '/proc/kallsyms: is empty; lost: names' "$scratch/stderr"
	check without-symbols-is-no-want-of-privilege "$(cat "$scratch/stderr")" \
		test -z "$(grep CAP_ "$scratch/stderr")"
else
	echo "skip without-btf: no mount namespace here"
fi
finish_tests
