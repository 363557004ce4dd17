#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What privilege qpwlat record needs, what it says of what is missing, and what it keeps: as a user
# with exactly these capabilities, ambient or in the program's file, and as root. Needs root.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/guest/tap.bash
. tests/load/await.bash
trap 'rm -rf "$scratch"' EXIT

QPWLAT=${QPWLAT:-build/qpwlat}
QPWTOP=${QPWTOP:-build/qpwtop}
NEEDED=(bpf perfmon syslog sys_nice ipc_lock)
KILL=0000000000000020
NONE=0000000000000000

# as_user CAPABILITY...: in $user the beginning of a command that nobody is to run with just these.
as_user() {
	local caps=-all cap

	for cap; do
		caps+=",+$cap"
	done
	user=(setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps "$caps"
		--ambient-caps "$caps")
}

# all_but CAPABILITY...: the other ones that are needed.
all_but() {
	local cap
	for cap in "${NEEDED[@]}"; do
		[[ " $* " == *" $cap "* ]] || echo "$cap"
	done
}

# in_upper CAPABILITY...: as the messages name them.
in_upper() {
	printf '%s\n' "$@" | sed 's/^/CAP_/' | tr '[:lower:]' '[:upper:]'
}

status_of() {
	sed -n "s/^$2:\t//p" "/proc/$1/status"
}

# records NAME KEPT COMMAND...: it records samples; meanwhile the recorder has just the capabilities
# KEPT, whatever set one looks at, and its victim real-time priority.
records() {
	local name=$1 kept=$2 recorder tid child sets='' set
	shift 2
	"$@" record -c 1 -d 60s -q -o "$scratch/t.qpw" >"$scratch/stdout" 2>"$scratch/stderr" </dev/null &
	recorder=$!
	# it measures once its thread has the priority
	tid=$(victim_of $recorder)
	await_sleeps "$tid" 600
	child=$(sed -n 's/^Tgid:\t//p' "/proc/${tid:-0}/status")
	for set in CapEff CapPrm CapInh CapAmb; do
		sets+=" $(status_of $recorder $set)"
	done
	check "$name-keeps" "$sets" test "$sets" = " $kept $kept $NONE $NONE"
	check "$name-victim-is-real-time" "$(ps -L -o cls,rtprio,comm -p "${child:-0}")" \
		test "$(ps -L -o cls=,rtprio= -p "${child:-0}" | grep -c 'FF *95')" = 1
	rc=0
	kill -INT $recorder
	wait $recorder || rc=$?
	check "$name-records" "exit code $rc: $(cat "$scratch/stderr")" test "$rc" = 0
	run "$QPWLAT" report --json -i "$scratch/t.qpw"
	check "$name-has-samples-and-names" "$(jq -c '[.samples, .causes[0].name]' "$scratch/stdout")" \
		json_holds "$scratch/stdout" '.samples > 500 and
		any(.causes[]; .class == "timer" and .name == "victim timer (hrtimer_wakeup)")'
}

# refuses NAME CAPABILITY...: without these it says so, and names no other.
refuses() {
	local name=$1 named
	shift
	mapfile -t held < <(all_but "$@")
	as_user "${held[@]}"
	# whatever the limits of who runs this
	run prlimit --rtprio=0 --memlock=8388608 \
		"${user[@]}" "$program" record -c 1 -d 1s -q -o "$scratch/refused.qpw"
	mapfile -t names < <(in_upper "$@")
	fails_saying "$name" "${names[@]}"
	named=$(grep -oE 'CAP_[A-Z_]+' "$scratch/stderr" | sort -u)
	check "$name-and-no-other" "${named//$'\n'/ }" test "$named" = "$(in_upper "$@" | sort)"
	check "$name-writes-nothing" "there is a file" test ! -e "$scratch/refused.qpw"
}

test_missing() {
	local cap
	for cap in bpf perfmon sys_nice; do
		refuses "without-$cap" "$cap"
	done
	refuses without-two bpf ipc_lock
	refuses without-any "${NEEDED[@]}"
	# no reason not to record the rest
	mapfile -t held < <(all_but syslog)
	as_user "${held[@]}"
	run "${user[@]}" "$program" record -c 1 -d 1s -q -o "$scratch/nameless.qpw"
	check without-syslog-records "exit code $rc" test "$rc" = 0
	check without-syslog-says-so "$(cat "$scratch/stderr")" \
		grep -q 'warning: /proc/kallsyms.*CAP_SYSLOG' "$scratch/stderr"
	# the limit is enough for one thread
	mapfile -t held < <(all_but ipc_lock)
	as_user "${held[@]}"
	run prlimit --memlock=8388608 \
		"${user[@]}" "$program" record -c 1 -d 1s -q -o "$scratch/limit.qpw"
	check without-ipc_lock-says-so "exit code $rc: $(cat "$scratch/stderr")" \
		grep -q 'warning: CAP_IPC_LOCK: is missing' "$scratch/stderr"
	mapfile -t held < <(all_but sys_nice ipc_lock)
	as_user "${held[@]}"
	run "${user[@]}" "$program" record -c 1 -d 1s -q --victim none -o "$scratch/none.qpw"
	check without-victim-less-is-needed "exit code $rc: $(cat "$scratch/stderr")" test "$rc" = 0
	check without-victim-no-warning "$(cat "$scratch/stderr")" test -z "$(grep CAP_ "$scratch/stderr")"
}

# The capabilities of the program's file go to the victim, and to no command of the user's.
test_file() {
	local cap list
	cp "$program" "$scratch/capable"
	list=$(in_upper "${NEEDED[@]}" | paste -sd,)
	if ! setcap "${list,,}+ep" "$scratch/capable"; then
		echo "skip file: no file capabilities here"
		return
	fi
	as_user
	records file "$NONE" "${user[@]}" "$scratch/capable"
	run "${user[@]}" "$scratch/capable" record -c 1 -q --victim none -o "$scratch/t.qpw" -- \
		sh -c "grep Cap /proc/self/status >$scratch/command"
	check file-command-gets-none "exit code $rc: $(cat "$scratch/command" "$scratch/stderr")" \
		test "$(grep -cE "^Cap(Eff|Prm|Amb):.$NONE" "$scratch/command")" = 3
	rm -f "$scratch/command"
	run "${user[@]}" "$scratch/capable" record -c 1 -d 10s -q -T 1 -o "$scratch/t.qpw" \
		--on-threshold "shell:grep Cap /proc/self/status >$scratch/command" --on-threshold stop
	check file-threshold-command-gets-none \
		"exit code $rc: $(cat "$scratch/command" "$scratch/stderr")" \
		test "$rc $(grep -cE "^Cap(Eff|Prm|Amb):.$NONE" "$scratch/command")" = "2 3"
	run "${user[@]}" "$scratch/capable" record -c 1 -d 1s -q --victim oslat -o "$scratch/t.qpw"
	check file-oslat "exit code $rc: $(cat "$scratch/stderr")" test "$rc" = 0
}

# A command of root's is root's.
test_root() {
	records root "$KILL" "$QPWLAT"
	rm -f "$scratch/command"
	run "$QPWLAT" record -c 1 -q --victim none -o "$scratch/t.qpw" -- \
		sh -c "grep CapEff /proc/self/status >$scratch/command"
	check root-command-has-all "exit code $rc: $(cat "$scratch/command" "$scratch/stderr")" \
		test "$(cat "$scratch/command")" = "$(grep CapEff /proc/self/status)"
}

test_top() {
	local top kept
	cp "$QPWTOP" "$scratch/qpwtop"
	as_user bpf perfmon syslog
	"${user[@]}" "$scratch/qpwtop" -b -c 1 -d 1 >"$scratch/stdout" 2>"$scratch/stderr" </dev/null &
	top=$!
	# until it has shown something, or ended without; it goes on until it is told
	for _ in {1..1200}; do
		grep -q '^CLASS' "$scratch/stdout" && break
		[[ -e /proc/$top ]] || break
		sleep 0.05
	done
	kept=$(status_of $top CapPrm)
	kill -INT $top
	rc=0
	wait $top || rc=$?
	check top-runs "exit code $rc: $(cat "$scratch/stderr")" test "$rc" = 0
	check top-keeps "$kept" test "$kept" = $NONE
}

needs_root privilege
needs_two_cpus privilege
# wherever the build is, nobody can get at this copy
chmod 777 "$scratch"
program=$scratch/qpwlat
cp "$QPWLAT" "$program"
as_user "${NEEDED[@]}"
records ambient "$NONE" "${user[@]}" "$program"
test_missing
test_file
test_root
test_top
finish_tests
