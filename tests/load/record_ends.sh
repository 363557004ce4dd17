#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# How recordings end that don't go as planned: signals, a failing command, a full disk, a buffer
# that is too small, refusals. What was recorded stays readable, what was lost is told, nothing
# stays behind. Needs root.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/guest/tap.bash
. tests/load/disturb.bash
trap 'end_disturber; umount "$scratch/small" "$scratch/tiny" 2>/dev/null; rm -rf "$scratch"' EXIT

QPWLAT=${QPWLAT:-build/qpwlat}
trace=$scratch/t.qpw

# report FILTER: the jq filter is true of the recording.
report_holds() {
	"$QPWLAT" report --json -i "$trace" >"$scratch/report.json" 2>"$scratch/stderr" &&
		json_holds "$scratch/report.json" "$1"
}

report_value() {
	jq -c "$1" "$scratch/report.json" 2>/dev/null
}

# Wake-ups in the recording, those behind the window too, that cyclictest counts as well.
all_samples() {
	"$QPWLAT" export -f csv "$trace" | awk -F, '$1 == "sample" { n++ } END { print n + 0 }'
}

# start OPTION...: record in the background; $recorder is its pid, $victim the thread that measures.
# Returns when that has measured for a while, and its command, if any, runs.
# A hangup ends it, even if these tests were started so that none ends them.
start() {
	env --default-signal=HUP "$QPWLAT" record -c 1 -o "$trace" "$@" >"$scratch/out" 2>"$scratch/err" </dev/null &
	recorder=$!
	victim=$(victim_of $recorder)
	await_sleeps "$victim" 200
}

# A command that does not end when it is told to: deaf FILE is there when it is deaf, FILE.told when
# it was told to end, and then it ends after SECONDS, if any are given.
deaf() {
	# shellcheck disable=SC2016 # perl's variables
	command=(perl -e '$SIG{TERM} = sub { open my $f, ">", "$ARGV[0].told"; $told = 1 };
		open my $f, ">", $ARGV[0]; sleep 1 until $told && $ARGV[1]; sleep $ARGV[1]' "$@")
	rm -f "$1" "$1.told"
}

# gone NAME: no child of the last recorder is left, a moment later.
gone() {
	local left=
	for _ in {1..50}; do
		left=$(pgrep -af "^(cyclictest|perl).*$scratch|^sleep 4711" || true)
		[[ -n $left ]] || break
		sleep 0.1
	done
	check "$1" "still there: $left" test -z "$left"
}

signals='
import os, signal, sys, time

for _ in range(100):
    os.kill(int(sys.argv[1]), signal.SIGINT)
    time.sleep(0.01)
'

test_signals() {
	local rc=0
	# without a duration it is the only end that a recording has
	start --victim-json "$scratch/ct.json"
	kill -INT $recorder
	wait $recorder || rc=$?
	check sigint-ends-one-without-end "exit code $rc: $(cat "$scratch/err")" test $rc = 0
	check sigint-keeps-one-without-end "$(report_value '[.window_closed, .samples, .lost_events]')" \
		report_holds '.window_closed and .samples > 50 and .lost_events == 0'
	check silent-in-a-log "$(cat "$scratch/err")" test -z "$(grep -v warning "$scratch/err")"
	rc=0
	start -d 60s --victim-json "$scratch/ct.json" -- sleep 4711
	kill -INT $recorder
	wait $recorder || rc=$?
	check sigint-ends-in-order "exit code $rc: $(cat "$scratch/err")" test $rc = 0
	check sigint-keeps-the-recording "$(report_value '[.window_closed, .samples, .lost_events]')" \
		report_holds '.window_closed and .samples > 50 and .lost_events == 0'
	gone sigint-leaves-nothing
	rc=0
	# the recorder waits for a command that does not end and can be interrupted again
	deaf "$scratch/deaf"
	start --victim-json "$scratch/ct.json" -- "${command[@]}"
	await_file "$scratch/deaf"
	kill -INT $recorder
	await_file "$scratch/deaf.told"
	kill -INT $recorder
	wait $recorder || rc=$?
	check second-sigint-gives-up "exit code $rc: $(cat "$scratch/err")" test $rc = 1
	check second-sigint-is-seen-in-the-file "$(report_value '[.truncated, .problem]')" \
		report_holds '.truncated and (.problem | contains("no end block"))'
	gone second-sigint-leaves-nothing
	rc=0
	# without a child to end, the second one comes while the last records are waited for: who
	# sends them comes before the recorder on the one CPU that both may use, whatever holds it
	rm -f "$trace"
	"$QPWLAT" record -c 1 -H 0 --victim none -o "$trace" >"$scratch/out" 2>"$scratch/err" </dev/null &
	recorder=$!
	await_window "$trace"
	taskset -c 0 chrt -f 50 python3 -c "$signals" $recorder
	wait $recorder || rc=$?
	check second-sigint-at-the-end-gives-up "exit code $rc: $(cat "$scratch/err")" test $rc = 1
	check second-sigint-at-the-end-is-seen "$(report_value '[.truncated, .problem]')" \
		report_holds '.truncated and (.problem | contains("no end block"))'
	rc=0
	start --warm-up 60s --victim-json "$scratch/ct.json" -- sleep 4711
	kill -INT $recorder
	wait $recorder || rc=$?
	check sigint-while-warming-up "exit code $rc: $(cat "$scratch/err")" test $rc = 1
	check sigint-while-warming-up-is-told "$(cat "$scratch/err")" \
		grep -q 'ended while warming up: nothing was measured' "$scratch/err"
	check nothing-is-counted-of-the-warm-up "$(report_value '[.window_ns, .samples]')" \
		report_holds '.window_closed and .window_ns < 1000000000 and .samples < 100'
	start --victim-json "$scratch/ct.json" -- sleep 4711
	# until some of it is in the file
	await_window "$trace"
	await_sleeps $recorder 24
	kill -KILL $recorder
	wait $recorder 2>/dev/null
	gone sigkill-leaves-nothing
	check sigkill-is-told "$(report_value '[.truncated, .samples, .problem]')" \
		report_holds '.truncated and .window_closed == false and .samples > 50 and .problem != null'
}

# A killed recorder's file has all but the last second, even where so little happens that no block
# of records is full by then. The recorder looks for records every 50 ms: after so many looks, of
# which the last may just have begun, a second has gone by since it took what was there at the mark.
test_kept() {
	local marked_ns
	rm -f "$trace"
	start_disturber 1
	"$QPWLAT" record -c 1 --victim none --without tp_btf,raw_tp -o "$trace" >"$scratch/out" 2>"$scratch/err" </dev/null &
	recorder=$!
	await_window "$trace"
	# the beginning of a recording fills blocks
	await_sleeps $recorder 24
	marked_ns=$(python3 -c 'import time; print(time.monotonic_ns())')
	await_sleeps $recorder 24
	kill -KILL $recorder
	wait $recorder 2>/dev/null
	end_disturber
	check sigkill-keeps-all-but-the-last-second \
		"$(report_value '.window_start_ns + .window_ns') is the last, $marked_ns was more than a second before" \
		report_holds ".window_start_ns + .window_ns >= $marked_ns"
}

test_command() {
	run "$QPWLAT" record -c 1 -d 20s -q -o "$trace" -- sh -c 'sleep 0.5; exit 3'
	fails_saying failing-command "sh ended too early" "exit code 3"
	check failing-command-keeps-the-recording "$(cat "$scratch/stderr")" \
		report_holds '.window_closed and .window_ns < 15000000000'
	echo old >"$trace"
	run "$QPWLAT" record -c 1 -d 1s -q -o "$trace" -- "$scratch/no-such-program"
	fails_saying missing-command "$scratch/no-such-program" "command not found"
	run "$QPWLAT" record -c 1 -d 1s -q -o "$trace" -- qpw-no-such-program
	fails_saying missing-command-in-path "qpw-no-such-program" "command not found"
	run "$QPWLAT" record -c 1 -d 1s -q -o "$trace" -- "$scratch"
	fails_saying directory-as-command "$scratch" "Permission denied"
	check missing-command-spoils-nothing "it is gone" grep -qx old "$trace"
	run "$QPWLAT" record -c 1 -d 2s -q -o "$trace" -- true
	check short-command-is-no-error "exit code $rc: $(cat "$scratch/stderr")" test $rc = 0
	check short-command-is-recorded-to-the-end "$(report_value .window_ns) ns" \
		report_holds '.window_ns > 2000000000'
	run "$QPWLAT" record -c 1 -q -o "$trace" -- sleep 1
	check as-long-as-the-command "exit code $rc: $(cat "$scratch/stderr")" test $rc = 0
	check as-long-as-the-command-ran "$(report_value .window_ns) ns" \
		report_holds '.window_closed and .window_ns > 1000000000 and .window_ns < 15000000000'
	run "$QPWLAT" record -c 1 -q -o "$trace" -- sh -c 'exit 3'
	fails_saying command-that-fails "sh failed" "exit code 3"
	run "$QPWLAT" record -c 1 -q -o "$trace" --warm-up 60s -- true
	fails_saying command-of-the-warm-up-alone "nothing was measured"
}

# warmed_up FILE... -- OPTION...: record with late.py, once for each FILE, and with a warm-up in which
# all of them became ready to be told, which takes long where others have the CPUs.
warmed_up() {
	local file files=() warm_up_s ready
	while [[ $1 != -- ]]; do
		files+=("$1")
		shift
	done
	shift
	for warm_up_s in 1 2 4 8 16 32 64; do
		rm -f "${files[@]/%/.ready}"
		run env PATH="$scratch/bin:$PATH" "$QPWLAT" record -c 1 --warm-up ${warm_up_s}s -q -o "$trace" "$@"
		ready=yes
		for file in "${files[@]}"; do
			[[ -e $file.ready ]] || ready=
		done
		[[ -z $ready ]] || return 0
	done
}

# The window ends when that is decided, before anything is told to end, however long that then takes.
# late.py SIGNAL FILE writes when it was told to end (the clock of records), a second before it does;
# FILE.ready is there when it can be told. The victim is one too, under cyclictest's name.
test_window() {
	local sent_ns told_ns i rc=0 short_ns=999999999999
	local late=(python3 -I -S "$scratch/late.py") # without what takes it long to begin
	mkdir "$scratch/bin"
	cat >"$scratch/late.py" <<-'END'
		import signal, sys, time

		def told(*_):
		    with open(sys.argv[2], "w") as f:
		        print(time.monotonic_ns(), file=f)
		    time.sleep(1)
		    sys.exit(0)

		signal.signal(getattr(signal, sys.argv[1]), told)
		open(sys.argv[2] + ".ready", "w").close()
		while True:
		    signal.pause()
	END
	printf '#!/bin/sh\nexec %s SIGINT %s\n' "${late[*]}" "$scratch/victim_ns" \
		>"$scratch/bin/cyclictest"
	chmod 755 "$scratch/bin/cyclictest"
	warmed_up "$scratch/victim_ns" "$scratch/command_ns" -- -d 500ms -- "${late[@]}" SIGTERM "$scratch/command_ns"
	check late-ends-are-ends "exit code $rc: $(cat "$scratch/stderr")" test "$rc" = 0
	told_ns=$(cat "$scratch/command_ns")
	check window-is-not-longer-than-asked "$(report_value '[.window_start_ns, .window_ns]'), told at $told_ns" \
		report_holds ".window_closed and .window_ns >= 500000000 and
		.window_start_ns + .window_ns <= $told_ns"
	check victim-is-told-later "$(cat "$scratch/victim_ns")" \
		test "$(cat "$scratch/victim_ns")" -gt "$told_ns"
	rm -f "$scratch/victim_ns.ready" "$trace"
	# shellcheck disable=SC2016 # the command's own variables
	run env PATH="$scratch/bin:$PATH" "$QPWLAT" record -c 1 -q -o "$trace" -- bash -c \
		'. tests/load/await.bash && await_window "$0" && await_file "$1" &&
		exec python3 -c "import time; print(time.monotonic_ns())"' "$trace" "$scratch/victim_ns.ready"
	check window-ends-with-the-command "$(report_value '[.window_start_ns, .window_ns]')" \
		report_holds ".window_start_ns + .window_ns >= $(cat "$scratch/stdout") and
		.window_start_ns + .window_ns <= $(cat "$scratch/victim_ns")"
	warmed_up "$scratch/command_ns" -- --victim none -T 1 --on-threshold stop -- "${late[@]}" SIGTERM "$scratch/command_ns"
	check window-ends-with-the-hit "exit code $rc, $(report_value '[.window_start_ns, .window_ns]')" \
		report_holds ".window_start_ns + .window_ns <= $(cat "$scratch/command_ns")"
	rm -f "$scratch/command_ns.ready" "$trace"
	"$QPWLAT" record -c 1 --victim none -q -o "$trace" -- \
		"${late[@]}" SIGTERM "$scratch/command_ns" 2>"$scratch/stderr" &
	recorder=$!
	await_file "$scratch/command_ns.ready"
	await_window "$trace"
	sent_ns=$(python3 -c 'import time; print(time.monotonic_ns())')
	kill -INT $recorder
	rc=0
	wait $recorder || rc=$?
	told_ns=$(cat "$scratch/command_ns")
	check window-ends-with-the-signal "$(report_value '[.window_start_ns, .window_ns]')" \
		report_holds ".window_start_ns + .window_ns >= $sent_ns and
		.window_start_ns + .window_ns <= $told_ns"
	# and no more than it takes to wake up for that, on a machine that has time once in five
	for i in {1..5}; do
		"$QPWLAT" record -c 1 -d 500ms -q -o "$trace" 2>"$scratch/stderr"
		report_holds .window_closed || break
		((short_ns < $(report_value .window_ns))) || short_ns=$(report_value .window_ns)
	done
	check window-is-as-long-as-asked "shortest $short_ns ns, run $i" \
		test "$short_ns" -ge 500000000 -a "$short_ns" -lt 525000000
}

# One that runs already and ends: there is nothing more to be measured.
test_running_victim() {
	local victim rc=0
	sleep 4712 &
	victim=$!
	rm -f "$trace"
	"$QPWLAT" record -c 1 -d 60s -q --victim "pid:$victim" -T 900ms -o "$trace" \
		>"$scratch/out" 2>"$scratch/err" &
	recorder=$!
	await_window "$trace"
	kill "$victim"
	wait "$recorder" || rc=$?
	check ends-with-its-victim "exit code $rc: $(cat "$scratch/err")" test "$rc" = 0
	check ends-with-its-victim-and-says-so "$(cat "$scratch/err")" \
		grep -q "victim pid:$victim: has ended" "$scratch/err"
	check ends-with-its-victim-at-once "$(report_value '[.window_ns, .host.threshold_ns]')" report_holds \
		'.window_closed and .window_ns < 30000000000 and .host.threshold_ns == "900000000"'
	wait "$victim" 2>/dev/null
}

# The recorder is stopped for a second: what does not fit in a page of buffer is lost, and counted.
test_loss() {
	local cycles recorded
	start --buffer-size 4K --victim-json "$scratch/ct.json"
	kill -STOP $recorder
	await_sleeps "$victim" 1000
	kill -CONT $recorder
	await_sleeps "$victim" 200
	kill -INT $recorder
	wait $recorder
	cycles=$(jq '.thread["0"].cycles' "$scratch/ct.json")
	check loss-is-told "$(cat "$scratch/out")" report_holds '.lost_events > 500'
	recorded=$(all_samples)
	check loss-is-complete "$recorded recorded, $(report_value .lost_events) lost, $cycles cycles" \
		report_holds "$recorded + .lost_events >= $cycles and $recorded < $cycles"
	check loss-is-shown "$(cat "$scratch/out")" \
		grep -q "^lost *$(report_value .lost_events): the buffer was full, take a larger --buffer-size" "$scratch/out"
}

# The own results of a victim are there, or it is said why not.
test_victim_json() {
	# shellcheck disable=SC2016 # the command's own variable
	run "$QPWLAT" record -c 1 -q -o "$trace" --victim-json "$scratch/no-dir/ct.json" -- \
		bash -c '. tests/load/await.bash && await_victim "$PPID" 200'
	fails_saying results-nowhere "$scratch/no-dir/ct.json" "No such file or directory" \
		"the recording itself is kept"
	check results-nowhere-keeps-the-recording "$(report_value .samples)" \
		report_holds '.window_closed and (.truncated | not) and .samples > 50'
	mkdir "$scratch/tiny"
	if ! mount -t tmpfs -o size=4k none "$scratch/tiny"; then
		echo "skip results-on-a-full-disk: tmpfs can't be mounted"
		return
	fi
	head -c 4096 /dev/zero >"$scratch/tiny/filler"
	run "$QPWLAT" record -c 1 -d 500ms -q -o "$trace" --victim-json "$scratch/tiny/ct.json"
	fails_saying results-on-a-full-disk "$scratch/tiny/ct.json" "No space left on device" \
		"the recording itself is kept"
	umount "$scratch/tiny"
}

test_full_disk() {
	mkdir "$scratch/small"
	if ! mount -t tmpfs -o size=32k none "$scratch/small"; then
		echo "skip full-disk: tmpfs can't be mounted"
		return
	fi
	run "$QPWLAT" record -c 1 -d 20s -p 100 -q -o "$scratch/small/t.qpw"
	fails_saying full-disk "No space left on device" "what came before is kept" "name another file with -o"
	trace=$scratch/small/t.qpw
	run "$QPWLAT" report --json -i "$trace"
	check full-disk-keeps-what-fitted "$(cat "$scratch/stderr")" \
		json_holds "$scratch/stdout" '.truncated'
	trace=$scratch/t.qpw
}

# The recording must not get the number of what is closed: the summary would go into it.
test_closed_stdout() {
	# shellcheck disable=SC2016 # dollars of the other shell
	run sh -c 'exec "$@" >&-' - "$QPWLAT" record -c 1 -d 500ms --victim none -o "$trace"
	fails_saying closed-stdout "stdout: can't be written"
	check closed-stdout-recording-is-whole "$(report_value '[.window_closed, .truncated, .problem]')" \
		report_holds '.window_closed and (.truncated | not) and .problem == null'
}

# What is there before is kept, under the default name too.
test_old() {
	local directory=$scratch/here
	mkdir "$directory"
	(cd "$directory" && "$QPWLAT_ABSOLUTE" record -c 1 -d 1s -q) 2>"$scratch/stderr"
	check default-name "$(cat "$scratch/stderr")" \
		test "$(ls "$directory")" = qpwlat.qpw
	cp "$directory/qpwlat.qpw" "$scratch/first.qpw"
	(cd "$directory" && "$QPWLAT_ABSOLUTE" record -c 1 -d 1s -q) 2>"$scratch/stderr"
	check old-one-is-kept "$(cat "$scratch/stderr")" \
		cmp "$directory/qpwlat.qpw.old" "$scratch/first.qpw"
	check new-one-is-new "it is the old one" \
		test "$(stat -c %i "$directory/qpwlat.qpw")" != "$(stat -c %i "$directory/qpwlat.qpw.old")"
	check only-its-owner-reads-it "$(stat -c %a "$directory/qpwlat.qpw")" \
		test "$(stat -c %a "$directory/qpwlat.qpw")" = 600
	# tries that fail, twice each, cost neither the recording nor what was kept before
	cp "$directory/qpwlat.qpw" "$scratch/second.qpw"
	for _ in 1 2; do
		run "$QPWLAT" record -c 1 -d 1s -q -o "$directory/qpwlat.qpw" --victim pid:4194304
		fails_saying no-victim-no-recording "pid:4194304" "no such process"
	done
	check no-victim-spoils-nothing "other files" cmp "$directory/qpwlat.qpw" "$scratch/second.qpw"
	check no-victim-spoils-no-old "other files" cmp "$directory/qpwlat.qpw.old" "$scratch/first.qpw"
	mkdir "$scratch/broken"
	printf '#!/bin/sh\nexit 1\n' >"$scratch/broken/cyclictest"
	chmod 755 "$scratch/broken/cyclictest"
	for _ in 1 2 3; do
		run env PATH="$scratch/broken:$PATH" "$QPWLAT" record -c 1 -d 10s -q -o "$directory/qpwlat.qpw"
		fails_saying broken-victim "cyclictest ended too early" "exit code 1"
	done
	check hollow-ones-displace-nothing "it is another file" \
		cmp "$directory/qpwlat.qpw.old" "$scratch/second.qpw"
	rm "$directory/qpwlat.qpw.old"
	cp "$scratch/second.qpw" "$directory/qpwlat.qpw"
	mkdir "$directory/qpwlat.qpw.old"
	cp "$directory/qpwlat.qpw" "$scratch/first.qpw"
	run "$QPWLAT" record -c 1 -d 100ms -q --victim none -o "$directory/qpwlat.qpw"
	fails_saying can-not-be-kept "qpwlat.qpw" "can't be kept as" "name another file"
	check what-can-not-be-kept-stays "it is gone" cmp "$directory/qpwlat.qpw" "$scratch/first.qpw"
}

# start_terminal SECONDS: record for so long on a terminal; $recorder is the pid of the recorder,
# $terminal that of the terminal, which ends with it.
start_terminal() {
	rm -f "$scratch/recorder" "$scratch/typescript"
	TERM=xterm script -qefc "echo \$\$ >'$scratch/recorder.new'; mv '$scratch/recorder.new' '$scratch/recorder'
		exec '$QPWLAT' record -c 1 -d $1s -o '$trace'" "$scratch/typescript" >/dev/null </dev/null &
	terminal=$!
	await_file "$scratch/recorder"
	recorder=$(<"$scratch/recorder")
}

# shows PATTERN: what the progress line was by now, one a line, in $scratch/lines; one is so.
shows() {
	tr '\r' '\n' <"$scratch/typescript" | grep -aoE 'recording [0-9].*' >"$scratch/lines"
	grep -qaE "$1" "$scratch/lines"
}

# A terminal sees how far it is, on one line, which is gone at the end. The recorder is let go on
# until something was measured and a twentieth of the time is over: how long that takes is for the
# machine to say.
test_progress() {
	local samples='[1-9][0-9]* samples, worst [0-9.]+ [num]s, lost 0' i

	start_terminal 30
	for ((i = 0; i < 1200; i++)); do
		shows "^recording ([1-9]|[1-9][0-9])\.[0-9] of 30\.0 s \([0-9]+ %\), $samples" && break
		kill -0 "$recorder" 2>/dev/null || break
		sleep 0.05
	done
	kill -INT "$recorder" 2>/dev/null
	wait "$terminal"
	check progress "$(cat -v "$scratch/typescript")" \
		shows "^recording [0-9.]+ of 30\.0 s \([0-9]+ %\), $samples"
	# tenths of a second are 0.3 % of it
	# shellcheck disable=SC2016 # awk's fields
	check progress-in-percent "$(cat -v "$scratch/lines")" awk '{
			off = substr($5, 2) - $2 / 30 * 100
			if (off < -0.7 || off > 0.7) exit 1
			if (substr($5, 2) > 2) some = 1 }
		END { exit !some }' <(sed 's/ of 30\.0 s / 30.0 s /' "$scratch/lines")
	check progress-is-one-line "$(cat -v "$scratch/typescript")" test "$(grep -c 'recording [0-9]' \
		"$scratch/typescript")" = 1
	check progress-is-gone-at-the-end "$(cat -v "$scratch/typescript")" \
		grep -qa $'\033''\[Krecorded ' "$scratch/typescript"
	TERM=dumb script -qefc "'$QPWLAT' record -c 1 -d 300ms -o '$trace'" "$scratch/typescript" \
		>/dev/null </dev/null
	check no-progress-on-a-dumb-terminal "$(cat -v "$scratch/typescript")" \
		test -z "$(grep -aE 'recording|'$'\033' "$scratch/typescript")"
	TERM=xterm script -qefc "'$QPWLAT' record -q -c 1 -d 300ms -o '$trace'" "$scratch/typescript" \
		>/dev/null </dev/null
	check no-progress-when-quiet "$(cat -v "$scratch/typescript")" \
		test -z "$(grep -aE 'recording|'$'\033' "$scratch/typescript")"
}

test_refusals() {
	local path
	for path in "$scratch/no-dir/t.qpw" /proc/version; do
		run "$QPWLAT" record -c 1 -d 1s -o "$path"
		fails_saying "unwritable ${path##*/}" "$path" "can't be written" "name another file with -o"
		check "unwritable ${path##*/} and nothing more" "$(cat "$scratch/stderr")" \
			test "$(wc -l <"$scratch/stderr")" = 1
	done
	run "$QPWLAT" record -c 4095 -d 1s -o "$trace"
	fails_saying no-such-cpu "CPU 4095" "this machine has no such CPU"
	run "$QPWLAT" record -c 1 -H 1 -d 1s -o "$trace"
	fails_saying housekeeping-is-watched "CPU 1" "is watched"
	run env PATH="$scratch" "$PWD/$QPWLAT_RELATIVE" record -c 1 -d 1s -o "$trace"
	fails_saying no-cyclictest cyclictest "rt-tests"
	run env PATH="$scratch" "$PWD/$QPWLAT_RELATIVE" record -c 1 -d 1s -o "$trace" --victim oslat
	fails_saying no-oslat oslat "rt-tests"
	run "$QPWLAT" record -c "$(cat /sys/devices/system/cpu/online)" -d 1s -o "$trace" --victim oslat
	fails_saying oslat-on-all-cpus "all online CPUs are watched" "watch fewer"
	run "$QPWLAT" record -c 1 -d 1s -o "$trace" --victim pid:4194304
	fails_saying no-such-victim "pid:4194304" "no such process or thread" "start it first"
	run "$QPWLAT" record -c 1 -d 1s -o "$trace" --victim comm:qpw_nobody
	fails_saying no-victim-of-that-name "comm:qpw_nobody" "no such process or thread" "start it first"
}

test_hangup() {
	local rc=0
	# a terminal that goes and its shell send one each; the command takes a while to end
	deaf "$scratch/deaf" 1
	start -d 60s --victim-json "$scratch/ct.json" -- "${command[@]}"
	await_file "$scratch/deaf"
	kill -HUP $recorder
	await_file "$scratch/deaf.told"
	kill -HUP $recorder
	wait $recorder || rc=$?
	check hangup-ends-in-order "exit code $rc: $(cat "$scratch/err")" test $rc = 0
	check hangup-keeps-the-recording "$(report_value '[.window_closed, .samples]')" \
		report_holds '.window_closed and .samples > 50'
	check hangup-ends-before-the-time "$(report_value .window_ns) ns" report_holds '.window_ns < 50e9'
	gone hangup-leaves-nothing
	rc=0
	# shellcheck disable=SC2016 # the command's own variable
	run nohup "$QPWLAT" record -c 1 -o "$trace" -- sh -c 'kill -HUP $PPID; sleep 2'
	check nohup-goes-on "exit code $rc, $(report_value .window_ns) ns" \
		report_holds '.window_closed and .window_ns > 1900000000'
}

test_usage() {
	local -a bad=("-d x -o x" "-c 1 -d 1s -o x -P f:100" "-d 1s -o x -P r:5" "-d 1s -o x -p 5" "-d 1s -o x --victim us"
		"-d 1s -o x --buffer-size 0" "-d 1s -o x --no-such" "-d 1s -o" "-d 0 -o x" "-d 1s -o x --warm-up y"
		"-d 1s -o x --victim none --victim-json y" "-d 1s -o x --victim pid:1 -P f:5"
		"-d 1s -o x --victim oslat -p 100" "-d 1s -o x -T 0" "-d 1s -o x -T 5x" "-d 1s -o x -T 1001s" "-d 1s -o x --without fprobe"
		"-c one -d 1s -o x" "-c 1 -H 4096 -d 1s -o x")
	local options
	for options in "${bad[@]}"; do
		# shellcheck disable=SC2086 # split on purpose
		run "$QPWLAT" record $options
		check "usage '$options'" "exit code $rc: $(cat "$scratch/stderr")" \
			grep -q -- "--help" "$scratch/stderr"
		check "usage-code '$options'" "exit code $rc" test $rc = 129
	done
	check usage-names-the-limit "$(cat "$scratch/stderr")" grep -q "up to 4095" "$scratch/stderr"
	run "$QPWLAT" record --help
	check help "exit code $rc" grep -q '^example: ' "$scratch/stdout"
}

# Without privilege: which one is missing is said, and an older recording is left alone.
test_privilege() {
	local old=$scratch/old.qpw
	echo old >"$old"
	chmod 755 "$scratch"
	chmod 666 "$old"
	run setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps -all \
		"$QPWLAT" record -c 1 -d 1s -o "$old"
	fails_saying unprivileged CAP_BPF CAP_PERFMON "capabilities are missing"
	check unprivileged-spoils-nothing "it is $(cat "$old")" grep -qx old "$old"
}

needs_root record-ends
needs_two_cpus record-ends
QPWLAT_RELATIVE=$(realpath --relative-to=. "$QPWLAT")
QPWLAT_ABSOLUTE=$(realpath "$QPWLAT")
test_usage
test_old
test_progress
test_refusals
test_privilege
test_signals
test_kept
test_hangup
test_command
test_window
test_running_victim
test_loss
test_victim_json
test_full_disk
test_closed_stdout
finish_tests
