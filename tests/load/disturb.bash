# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Disturbs a CPU on purpose, for tests that need something to be late or interrupted there: on a quiet
# machine nothing may happen to it for seconds. To be sourced.

disturber=''

# disturb CPU: a real-time program runs there for some hundred microseconds, nearly a hundred times a
# second.
disturb() {
	while :; do
		taskset -c "$1" chrt -f 97 true
		sleep 0.01
	done
}

# start_disturber CPU
start_disturber() {
	disturb "$1" &
	disturber=$!
}

end_disturber() {
	[[ -z $disturber ]] || kill "$disturber" 2>/dev/null
	disturber=''
}
