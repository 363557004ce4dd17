# SPDX-License-Identifier: GPL-2.0-only
#
# Reads what an ftrace instance saw, for the programs beside this file. It is read twice, as it does
# not tell nanoseconds and meanings at once:
#   stream=NAME role=raw FILE    with the option "raw": task, CPU and nanoseconds of every event
#   role=text FILE               the same events as text
# Calls event(), which another file defines. Knows no meanings.

# The value of " key=VALUE" or " key VALUE" in what an event says, up to a blank, comma or colon.
function value(text, key,    at, rest) {
	text = " " text
	at = index(text, " " key)
	if (!at)
		return ""
	rest = substr(text, at + 1 + length(key))
	if (match(rest, /[ ,:]/))
		rest = substr(rest, 1, RSTART - 1)
	return rest
}

# The function behind key, with its module's name.
function function_name(text, key,    at, rest) {
	at = index(" " text, " " key)
	rest = at ? substr(text, at + length(key)) : ""
	if (match(rest, /^[^ ,]+ \[[^]]*\]/) || match(rest, /^[^ ,]+/))
		return substr(rest, 1, RLENGTH)
	return ""
}

function read_raw_line() {
	if ($0 ~ /^#/ || $0 == "")
		return
	nr_raw[stream]++
	raw_cpu[stream, nr_raw[stream]] = $2 + 0
	raw_pid[stream, nr_raw[stream]] = $1 + 0
	raw_ns[stream, nr_raw[stream]] = $3 + 0
}

function read_text_line(    n, comm, says, name, pid) {
	if ($0 ~ /^#/ || $0 == "")
		return
	n = ++nr_text[stream]
	if (!match($0, /-[0-9]+ +\[[0-9]+\] +[^ ]+ +[0-9]+\.[0-9]+: /)) {
		fail(stream ": not an event: " $0)
		return
	}
	comm = substr($0, 1, RSTART - 1)
	pid = substr($0, RSTART + 1) + 0
	says = substr($0, RSTART + RLENGTH)
	sub(/^ +/, "", comm)
	if (pid != raw_pid[stream, n])
		fail(stream ": event " n " is of task " pid ", raw of " raw_pid[stream, n])
	name = says
	sub(/[: ].*/, "", name)
	sub(/^[^ :]+:? ?/, "", says)
	if (!(pid in is_hidden))
		event(stream, raw_ns[stream, n], raw_cpu[stream, n], pid, comm, name, says)
}

BEGIN {
	n = split(hidden, list, " ")
	for (i = 1; i <= n; i++)
		is_hidden[list[i] + 0] = 1
}

role == "raw" { read_raw_line() }
role == "text" { read_text_line() }
