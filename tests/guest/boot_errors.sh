#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# lab/boot with guests that go wrong, each in its own way, and with signals: it must fail, say
# why, keep the log, leave no QEMU.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/guest/tap.bash
trap 'rm -rf "$scratch"' EXIT

find_lab boot-errors
# So that what a boot leaves in its temporary directory can be told.
mkdir "$scratch/tmp"
export TMPDIR=$scratch/tmp
boot=(lab/boot --kernel "$kernel" --initramfs "$initramfs" --backend tcg --job shell --timeout 100)

# outcome NAME DIR TEXT: boot.json says it too.
outcome() {
	check "$1" "boot.json says: $(jq -r .outcome "$2/boot.json" 2>&1)" \
		json_holds "$2/boot.json" ".outcome | contains(\"$3\")"
}

run "${boot[@]}" --out "$scratch/good" --env "CMD=echo \"it's here\"; nproc"
check job-output-comes-home "exit code $rc: $(tail -n 3 "$scratch/stderr")" \
	grep -qx "it's here" "$scratch/good/output.txt"
check boot-json "$(cat "$scratch/good/boot.json")" json_holds "$scratch/good/boot.json" \
	'.schema == "qpwlat.boot" and .outcome == "ok" and .splats == 0 and .vcpus == 2 and .isolated == "1"'
check isolation-is-on "$(cat "$scratch/good/cmdline")" grep -q 'isolcpus=1 nohz_full=1 rcu_nocbs=1' "$scratch/good/cmdline"
check log-is-complete "first or last line missing" \
	grep -qz 'Linux version.*lab: results sent' "$scratch/good/kernel.log"
run "${boot[@]}" --out "$scratch/good" --env CMD=true
fails_saying used-directory-is-refused "is not empty"

run "${boot[@]}" --out "$scratch/panic" --env 'CMD=echo c >/proc/sysrq-trigger; sleep 60'
fails_saying panic "the guest's kernel complains" "Kernel panic" "$scratch/panic/kernel.log"
outcome panic-in-boot-json "$scratch/panic" complains

run "${boot[@]}" --out "$scratch/none" --env 'CMD=reboot -f'
fails_saying end-without-results "ended without results" "$scratch/none/kernel.log"

run "${boot[@]}" --out "$scratch/job" --env 'CMD=echo told; exit 3'
fails_saying failing-job "the job shell ended with status 3"
check failing-job-keeps-its-output "no output.txt" grep -qx told "$scratch/job/output.txt"

run "${boot[@]}" --out "$scratch/warn" --env 'CMD=echo "<4>WARNING: possible circular locking" >/dev/kmsg'
fails_saying warning-in-the-log "complains (1 lines)" "WARNING: possible circular"

# slipping CODE: a guest whose log says that it ran into an int3, with these bytes around its RIP.
slipping() {
	echo "CMD=echo '<4>Oops: int3: 0000 [#1] SMP' >/dev/kmsg; echo '<4>Code: ff e9 $1' >/dev/kmsg; exit 1"
}

run "${boot[@]}" --out "$scratch/slip" --env "$(slipping '0f <1f> 44 00 00')"
fails_saying emulator-slip-again-and-again "complains" "booting again" "$scratch/slip/kernel.log"
check emulator-slip-is-tried-again "$(cat "$scratch/slip/boot.json")" \
	json_holds "$scratch/slip/boot.json" '.emulator_retries == 2'
check emulator-slip-keeps-the-logs "$(ls "$scratch/slip")" \
	grep -qa 'Oops: int3' "$scratch/slip/slipped-1.log" "$scratch/slip/slipped-2.log"
run "${boot[@]}" --out "$scratch/int3" --env "$(slipping 'cc <1f> 44 00 00')"
check breakpoint-that-is-there-is-no-slip "$(cat "$scratch/int3/boot.json")" \
	json_holds "$scratch/int3/boot.json" '.emulator_retries == 0 and (.outcome | contains("complains"))'

# What kernels before 6.8 make of it; also a CPU that takes its breakpoints and goes on.
stuck=(env QPW_SILENT_S=4 "${boot[@]}" --modules "$MODULES")
run "${stuck[@]}" --out "$scratch/stuck" --env 'CMD=insmod /lab/modules/qpw_breakpoint.ko'
fails_saying stuck-at-a-breakpoint "booting again" "a breakpoint that was gone" "$scratch/stuck/kernel.log"
check stuck-is-tried-again "$(cat "$scratch/stuck/boot.json")" \
	json_holds "$scratch/stuck/boot.json" '.emulator_retries == 2 and (.outcome | contains("breakpoint"))'
# Behind the call of ftrace, which the probe would use instead, and, should the function begin with one,
# the mark of an indirect call's target.
run "${stuck[@]}" --out "$scratch/busy" --env 'CMD=cd /sys/kernel/tracing
	echo 0 >/proc/sys/debug/kprobes-optimization
	echo "p:often do_sys_openat2+5" >kprobe_events || echo "p:often do_sys_openat2+9" >kprobe_events || exit
	echo 1 >events/kprobes/often/enable || exit
	timeout 12 sh -c "while :; do : </dev/null; done"
	cat kprobe_profile; echo 0 >events/kprobes/often/enable'
check breakpoints-that-are-there-are-no-slip "exit code $rc: $(tail -n 3 "$scratch/stderr")" \
	json_holds "$scratch/busy/boot.json" '.emulator_retries == 0 and .outcome == "ok"'
check breakpoints-were-taken "$(cat "$scratch/busy/output.txt")" \
	test "$(awk '$1 == "often" {print $2}' "$scratch/busy/output.txt")" -gt 1000

# The link comes first and much behind it: a reader that stops at the link has not read to the end.
# shellcheck disable=SC2016 # the guest's shell expands it
run "${boot[@]}" --out "$scratch/evil" --env 'CMD=cd /tmp && ln -s / link && echo 0 >status &&
	mkdir many && for i in $(seq 3000); do echo >many/$i; done &&
	tar -cf /dev/vport*p1 link many/* status && reboot -f'
fails_saying only-plain-files-are-taken "more than plain files"
check nothing-else-is-unpacked "the link came through" test ! -L "$scratch/evil/link"

# Long enough for the guest to come as far as that here.
limit=$((4 * $(jq .elapsed_s "$scratch/good/boot.json")))
((limit >= 25)) || limit=25
start=$SECONDS
run "${boot[@]}" --out "$scratch/hang" --timeout $limit --env 'CMD=echo hanging >/dev/console; sleep 1000'
fails_saying hang "did not end within $limit s" hanging "$scratch/hang/kernel.log"
check time-limit "it took $((SECONDS - start)) s of $limit" test $((SECONDS - start)) -lt $((limit + 15))

# ends_with_signal SIGNAL: the boot and its QEMU are gone a moment after the signal.
ends_with_signal() {
	local signal=$1 pid qemu='' i

	# A shell's background jobs ignore SIGINT; this one must not.
	env --default-signal=INT "${boot[@]}" --out "$scratch/sig$signal" --env 'CMD=sleep 1000' >/dev/null 2>&1 &
	pid=$!
	for ((i = 0; i < 100; i++)); do
		qemu=$(pgrep -P "$pid" -f qemu-system || true)
		[[ -z $qemu ]] || break
		sleep 0.1
	done
	if [[ -z $qemu ]]; then
		not_ok "signal-$signal" "QEMU did not start"
		kill -KILL "$pid"
		return
	fi
	sleep 1
	kill "-$signal" "$pid"
	wait "$pid" 2>/dev/null
	for ((i = 0; i < 30; i++)); do
		kill -0 "$qemu" 2>/dev/null || break
		sleep 0.1
	done
	if kill -0 "$qemu" 2>/dev/null; then
		not_ok "signal-$signal" "QEMU $qemu still runs"
		kill -KILL "$qemu"
	else
		ok "signal-$signal"
	fi
}

ends_with_signal INT
ends_with_signal TERM
ends_with_signal HUP
check nothing-temporary-left "$(ls "$scratch/tmp")" test -z "$(ls -A "$scratch/tmp")"
check log-of-a-stopped-boot "it is not a file of its own" \
	test -f "$scratch/sigTERM/kernel.log" -a ! -L "$scratch/sigTERM/kernel.log"
# No chance to clean up here, but the guest must end all the same, and the next boot cleans up.
ends_with_signal KILL
killed=$(find "$scratch/tmp" -mindepth 1 -maxdepth 1)
run "${boot[@]}" --out "$scratch/after" --env CMD=true
check sweeps-up-after-the-killed "left: $(ls "$scratch/tmp")" \
	test -n "$killed" -a -z "$(ls -A "$scratch/tmp")"

run lab/boot --out "$scratch/x" --isolated 5
check usage-isolated "exit code $rc" test "$rc" = 129
run lab/boot --out "$scratch/x" --backend warp
check usage-backend "exit code $rc" test "$rc" = 129
run lab/boot --kernel "$scratch/nothing" --initramfs "$initramfs" --out "$scratch/x"
fails_saying missing-kernel "no lab kernel at $scratch/nothing"

finish_tests
