# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Disturbs a CPU on purpose, for tests that need something to be late or interrupted there: on a quiet
# machine nothing may happen to it for seconds. To be sourced.

. tests/load/await.bash
disturber=''

# start_disturber CPU: from its return on a real-time program runs there for half a millisecond,
# nearly a hundred times a second, however busy the machine is.
start_disturber() {
	"${BUILD:-build}/load/disturber" "$1" &
	disturber=$!
	await_sleeps "$disturber" 2 || not_ok disturber "it does not run on CPU $1"
}

end_disturber() {
	[[ -z $disturber ]] || kill "$disturber" 2>/dev/null
	disturber=''
}
