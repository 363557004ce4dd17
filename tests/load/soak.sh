#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# qpwtop does not grow: on a screen, over a load of all kinds that makes the same names again and
# again, its memory, its files and the memory of its programs' maps are at the end what they were
# when all rows had been seen once. SOAK_SECONDS says how long [12].

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/guest/tap.bash

BUILD=${BUILD:-build}
seconds=${SOAK_SECONDS:-12}
# Seconds until what is kept for the screen has been filled in, and the allocator has what it needs.
settle=6
# So much more is noise: the allocator's, and names of tasks that nobody planned.
growth_kb=2048
tmux=(tmux -L "qpwtop-soak-$$" -f /dev/null)
load_pid=''

finish() {
	[[ -z $load_pid ]] || kill -- "-$load_pid" 2>/dev/null
	"${tmux[@]}" kill-server 2>/dev/null
	rm -rf "$scratch"
}

# All of it is the same 1000 times, so that rows are.
make_load() {
	local load=$scratch/soak-load

	cp "$BUILD/overhead/load" "$load"
	while :; do
		"$load" switch 1 0 400
		"$load" softirq 1 0 4000
		"$load" timer 1 0 300
		"$load" work 1 0 500
		"$load" ipi 1 0 500
		echo >>"$scratch/rounds"
	done >/dev/null 2>&1
}

rss_kb() { awk '/^VmRSS/ { print $2 }' "/proc/$1/status"; }
nr_fds() { find "/proc/$1/fd" -mindepth 1 | wc -l; }

# What the kernel has set aside for the maps that are open, each once.
maps_kb() {
	awk '/^map_id/ { id = $2 } /^memlock/ { if (!seen[id]++) n += $2; id = "" }
		END { printf "%.0f\n", n / 1024 }' \
		<(for f in "/proc/$1/fdinfo/"*; do tac "$f" 2>/dev/null; done)
}

needs_root soak
needs_two_cpus soak
command -v tmux >/dev/null || skip soak "no tmux for a session in a terminal"
trap finish EXIT

"${tmux[@]}" new-session -d -x 120 -y 40 \
	"exec '$BUILD/qpwtop' -c 1 -d 0.2 --event 1 --victim none"
pid=$("${tmux[@]}" display-message -p '#{pane_pid}')
set -m
make_load &
load_pid=$!
set +m
for ((i = 0; i < 600; i++)); do
	[[ $("${tmux[@]}" capture-pane -p) != *STOLEN-US/S* ]] || break
	sleep 0.1
done
sleep "$settle"
# however slow: each row is there, and looks have shown it
for ((i = 0; i < 600; i++)); do
	[[ ! -e $scratch/rounds || $(wc -l <"$scratch/rounds") -lt 5 ]] || break
	sleep 0.1
done
first="$(rss_kb "$pid") $(nr_fds "$pid") $(maps_kb "$pid")"
end=$((SECONDS + seconds))
while ((SECONDS < end)) && kill -0 "$pid" 2>/dev/null; do
	# whoever looks at everything, now and then
	for key in 2 3 4 5 6 1; do
		"${tmux[@]}" send-keys "$key"
		sleep 0.5
	done
done
last="$(rss_kb "$pid") $(nr_fds "$pid") $(maps_kb "$pid")"
check still-there "$("${tmux[@]}" capture-pane -p 2>&1 | tail -n 3)" kill -0 "$pid"
read -r rss fds maps <<<"$first"
read -r rss_end fds_end maps_end <<<"$last"
echo "# ${seconds} s: memory $rss to $rss_end kB, files $fds to $fds_end, maps $maps to $maps_end kB"
check "it-counted" "$("${tmux[@]}" capture-pane -p)" \
	grep -qE '^1 +[1-9][0-9]*\.' <("${tmux[@]}" capture-pane -p)
check memory-does-not-grow "from $rss to $rss_end kB" test "${rss_end:-999999999}" -le "$((rss + growth_kb))"
check files-do-not-grow "from $fds to $fds_end" test "${fds_end:-0}" = "$fds"
check maps-do-not-grow "from $maps to $maps_end kB" test "${maps:-0}" -gt 0 -a "${maps_end:-0}" = "$maps"
finish_tests
