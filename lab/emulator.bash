# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Tells a boot that QEMU's processor emulation spoilt: it may translate code while another CPU patches
# it, and keep the translation (seen with QEMU 7.2). A CPU then runs into a breakpoint of a static key
# that is there no more. Such a boot says nothing about the kernel. For lab/boot; knows QEMU's
# monitor, neither jobs nor results.

# A guest whose console says nothing for so long is looked at, and then so often.
SILENT_S=${QPW_SILENT_S:-60}
# For how long, and how many times a CPU has to run into one breakpoint meanwhile. Without end it does
# so thousands of times; when code is patched, a CPU meets one that is gone but once.
LOOK_S=0.3
TIMES_AT_BREAKPOINT=10

# open_monitor DIR: before QEMU starts, the two ends of $DIR/monitor for it.
open_monitor() {
	close_monitor
	mkfifo "$1/monitor.in" "$1/monitor.out" || die "cannot write in $1 (is the disk full?)"
	exec {to_monitor}<>"$1/monitor.in" {from_monitor}<>"$1/monitor.out"
	rm_monitor=("$1/monitor.in" "$1/monitor.out")
	echo '{"execute": "qmp_capabilities"}' >&"$to_monitor"
	console_size=-1 heard_s=$SECONDS
}

close_monitor() {
	[[ -n $to_monitor ]] || return 0
	exec {to_monitor}>&- {from_monitor}>&-
	to_monitor=
	rm -f "${rm_monitor[@]}"
}

# ask_monitor COMMAND: what the monitor says to it.
ask_monitor() {
	local line

	jq -nc --arg command "$1" \
		'{execute: "human-monitor-command", arguments: {"command-line": $command}}' >&"$to_monitor"
	while read -r -t 2 line <&"$from_monitor"; do
		if [[ $line == '{"return": "'* ]]; then
			jq -r .return <<<"$line"
			return
		fi
	done
	return 1
}

# breakpoints_taken FILE: "COUNT ADDRESS" of the one in the kernel that CPUs ran into most often, of all
# that QEMU logs there in a moment: "v=03" are breakpoints, "IP" is where they are.
breakpoints_taken() {
	ask_monitor "logfile \"$1\"" && ask_monitor 'log int' || return
	sleep $LOOK_S
	ask_monitor 'log none' || return
	sed -n 's/.* v=03 .* cpl=0 IP=[0-9a-f]*:\([0-9a-f]*\) .*/\1/p' "$1" | sort | uniq -c | sort -rn >"$1.taken"
	read -r -a taken <"$1.taken"
}

# Whether CPUs run again and again into a breakpoint that is not in the guest's memory.
stuck_at_gone_breakpoint() {
	local taken=() byte

	breakpoints_taken "$work/interrupts" || return
	rm -f "$work/interrupts" "$work/interrupts.taken"
	((${taken[0]:-0} >= TIMES_AT_BREAKPOINT)) || return
	byte=$(ask_monitor "x/1bx 0x${taken[1]}") || return
	[[ $byte == *': 0x'[0-9a-f][0-9a-f]* && $byte != *': 0xcc'* ]]
}

# stuck_in_silence LOG: the same once the console of the guest has been silent for long, to be asked again
# and again.
stuck_in_silence() {
	local size

	size=$(stat -L -c %s "$1" 2>/dev/null || echo 0)
	if [[ $size != "$console_size" ]]; then
		console_size=$size heard_s=$SECONDS
	fi
	((SECONDS - heard_s >= SILENT_S)) || return 1
	heard_s=$SECONDS
	stuck_at_gone_breakpoint
}

# ran_gone_breakpoint LOG SPLAT: a kernel that knows that there is none calls it an unexpected int3,
# and rightly so, but in front of its RIP there is none (cc). SPLAT is its first complaint.
ran_gone_breakpoint() {
	local byte

	[[ $2 == *'Oops: int3: '* ]] || return 1
	byte=$(grep -a -m 1 'Code: ' "$1" | sed -n 's/.* \([0-9a-f][0-9a-f]\) <.*/\1/p')
	[[ -n $byte && $byte != cc ]]
}

to_monitor='' from_monitor='' rm_monitor=() console_size=-1 heard_s=0
