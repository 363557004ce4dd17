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

if [[ $(id -u) != 0 ]]; then
	echo "skip probes: needs root"
	exit 0
fi
mountpoint -q /sys/kernel/tracing || mount -t tracefs tracefs /sys/kernel/tracing

run "$QPWLAT" probes --json
mv "$scratch/stdout" "$json"
check json "exit code $rc: $(cat "$scratch/stderr")" json_holds "$json" \
	'.schema == "qpwlat.probes" and .version == 1 and (.probes | length > 40)'
check every-probe-has-a-state "$(jq -c '[.probes[].state] | unique' "$json")" json_holds "$json" \
	'all(.probes[]; .state | IN("tp_btf", "raw_tp", "fentry", "missing"))'
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
	__* | *drain_all* | lru_cache_disable | flush_rcu_sheaves_on_cache | /*) continue ;;
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
	.state == "fentry" or (.state == "missing" and .errno > 0)'
check absent-ones-have-no-errno "" json_holds "$json" \
	'all(.probes[] | select(.why == "not in this kernel"); .errno == 0)'

run "$QPWLAT" probes
check text-lists-the-same "$(tail -n 1 "$scratch/stdout")" \
	test "$(wc -l <"$scratch/stdout")" = $(($(jq '.probes | length' "$json") + 1))
run "$QPWLAT" probes --json="$scratch/file.json"
check json-to-a-file "exit code $rc" cmp -s "$json" "$scratch/file.json"
run "$QPWLAT" probes --what
check usage "exit code $rc" test $rc = 129
run setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps -all "$QPWLAT" probes
fails_saying unprivileged CAP_BPF
finish_tests
