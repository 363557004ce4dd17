# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Disturbs CPU 1 on purpose, for tests that need something to be late or interrupted there: on a quiet
# machine nothing may happen to it for seconds. To be sourced.

disturber=''

# A real-time program runs on CPU 1 for some hundred microseconds, nearly a hundred times a second.
disturb() {
	while :; do
		taskset -c 1 chrt -f 97 true
		sleep 0.01
	done
}

start_disturber() {
	disturb &
	disturber=$!
}

end_disturber() {
	[[ -z $disturber ]] || kill "$disturber" 2>/dev/null
	disturber=''
}
