# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the guest tests share: a scratch directory, running what is expected to fail, booting a
# guest. To be sourced with the repository as the working directory.

. tests/tap.bash

# What a boot may take: slow, on a host that is busy with other things, is not stuck.
# shellcheck disable=SC2034 # for those that source this
BOOT_LIMIT_S=600
scratch=$(mktemp -d)

# json_holds FILE FILTER: the jq filter is true of the file, which is not empty: of nothing jq 1.6
# says that all is well.
json_holds() {
	[[ -s $1 ]] && jq -e "$2" "$1" >/dev/null
}

# run COMMAND…: exit code in $rc, standard error in $scratch/stderr, output in $scratch/stdout.
run() {
	rc=0
	"$@" >"$scratch/stdout" 2>"$scratch/stderr" </dev/null || rc=$?
}

# fails_saying NAME TEXT…: the last run failed with 1 and named every text on standard error.
fails_saying() {
	local name=$1 text
	shift

	if [[ $rc != 1 ]]; then
		not_ok "$name" "exit code $rc, 1 expected"
		sed 's/^/# /' "$scratch/stderr"
		return
	fi
	for text; do
		if ! grep -aqF -- "$text" "$scratch/stderr"; then
			not_ok "$name" "the message does not say '$text'"
			sed 's/^/# /' "$scratch/stderr"
			return
		fi
	done
	ok "$name"
}

# find_image NAME: the path that lab/where prints for it.
find_image() {
	lab/where 2>/dev/null | sed -n "s/^$1=//p"
}

# find_guest NAME: what a guest is booted from, as $kernel and $initramfs. Without them the test called
# NAME ends here.
find_guest() {
	kernel=${KERNEL:-$(find_image KERNEL)}
	initramfs=${INITRAMFS:-$(find_image INITRAMFS)}
	if [[ -z $kernel || -z $initramfs ]]; then
		not_ok "$1" "no lab kernel or guest image; run 'make lab'"
		finish_tests
	fi
}

# find_lab NAME: the same with the modules of kernel/test, as $MODULES.
find_lab() {
	# Modules belong to their kernel: another kernel comes with its own, or none is named.
	if [[ -z ${MODULES:-} ]]; then
		run kernel/modules
		if [[ $rc != 0 ]]; then
			not_ok "$1-modules" "kernel/modules: exit code $rc: $(tail -n 5 "$scratch/stderr")"
			finish_tests
		fi
		KERNEL=$(sed -n 's/^KERNEL=//p' "$scratch/stdout")
		MODULES=$(sed -n 's/^MODULES=//p' "$scratch/stdout")
	fi
	find_guest "$1"
}

# timers_seen FILE: of the timer interrupts of CPU 1 that ftrace saw, "ALONE ALL": how many had a timer of
# qpw_noise and nothing else, and how many had one. On a host that is busy with other things a guest's
# timers come late, several in one interrupt; its record names the function that took longest.
timers_seen() {
	awk '
		function end_interrupt() { all += noise > 0; alone += noise == 1 && n == 1; n = noise = 0 }
		match($0, /\[[0-9]+\] [^ ]+ +[0-9]+\.[0-9]+: /) && substr($0, RSTART + 1) + 0 == 1 {
			says = substr($0, RSTART + RLENGTH)
			split(substr($0, RSTART, RLENGTH), part, " ")
			if (says ~ /^local_timer_entry: /)
				end_interrupt()
			else if (says ~ /^hrtimer_expire_entry: / && part[2] ~ /h/) {
				n++
				noise += says ~ /function=qpw_noise_hrtimer_fn/
			}
		}
		END { end_interrupt(); print alone + 0, all + 0 }' "$1"
}

# calls_seen FILE: of the function call interrupts of CPU 1 that ftrace saw, "ALONE ALL": how many
# ran qpw_noise's function and nothing else, and how many ran it. Two calls that come while a CPU is
# held by its host share an interrupt; its record names the function that took longest.
calls_seen() {
	awk '
		function end_interrupt() { all += noise > 0; alone += noise == 1 && n == 1; n = noise = 0 }
		match($0, /\[[0-9]+\] [^ ]+ +[0-9]+\.[0-9]+: /) && substr($0, RSTART + 1) + 0 == 1 {
			says = substr($0, RSTART + RLENGTH)
			split(substr($0, RSTART, RLENGTH), part, " ")
			if (says ~ /^call_function(_single)?_entry: /)
				end_interrupt()
			else if (says ~ /^csd_function_entry: / && part[2] ~ /h/) {
				n++
				noise += says ~ /func=qpw_noise_ipi_fn/
			}
		}
		END { end_interrupt(); print alone + 0, all + 0 }' "$1"
}

# boot_guest DIR OPTION…: lab/boot with what find_guest or find_lab found; results in DIR.
boot_guest() {
	run lab/boot --kernel "$kernel" --initramfs "$initramfs" ${MODULES:+--modules "$MODULES"} \
		--backend "${BACKEND:-auto}" --timeout "$BOOT_LIMIT_S" --out "$@"
}

# booted NAME: a line about whether the last guest did its job and came to its end.
booted() {
	check "$1" "exit code $rc: $(tail -n 25 "$scratch/stderr")" test "$rc" = 0
	[[ $rc == 0 ]]
}
