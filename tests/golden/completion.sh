#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# packaging/completion/qpwlat.bash: every command, every option of --help, the values that an option
# takes, files where files are wanted and nothing where nobody can know; and that make install puts
# it, the programs and the manual pages where they are found.
set -euo pipefail
cd "$(dirname "$0")/../.."
QPWLAT=${QPWLAT:-$PWD/build/qpwlat} QPWTOP=${QPWTOP:-$PWD/build/qpwtop}
top=$PWD
make_trace=${BUILD:-build}/golden/make_trace
[[ $make_trace == /* ]] || make_trace=$top/$make_trace
PATH=$(dirname "$QPWLAT"):$PATH
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
. tests/tap.bash
suite=completion

is() { # is NAME WANTED GOT, words in any order
	local diff
	if diff=$(diff <(tr ' ' '\n' <<<"$2" | sort) <(tr ' ' '\n' <<<"$3" | sort)); then
		ok "$1"
	else
		not_ok "$1" "$(grep '^[<>]' <<<"$diff" | paste -sd' ')"
	fi
}

. packaging/completion/qpwlat.bash

completed() { # completed WORD...: what is offered for the last one
	COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
	_qpwlat 2>/dev/null || true
	echo "${COMPREPLY[*]}"
}

long_options() { # long_options COMMAND...: that its --help explains
	"$@" --help | sed -nE '/^ +-/ { s/^ +//; s/  .*//; p }' | grep -oE -- '--[a-z][a-z-]*' |
		paste -sd' '
}

commands=$("$QPWLAT" --help | sed -nE 's/^  ([a-z]+) .*/\1/p' | paste -sd' ')
is commands "$commands help --help --version" "$(completed qpwlat '')"
is "commands to get help for" "$commands" "$(completed qpwlat help '')"
is "help for one command only" "" "$(completed qpwlat help record '')"
for command in $commands; do
	is "options of $command" "$(long_options "$QPWLAT" "$command")" "$(completed qpwlat "$command" --)"
done
is "options of qpwtop" "$(long_options "$QPWTOP")" "$(completed qpwtop --)"
is "part of an option" "--on-threshold" "$(completed qpwlat record --on)"

# lists of values are those that the programs name when they refuse another one
refused() { # refused COMMAND...: the words of its message
	{ "$@" 2>&1 || true; } | sed 's/.*: --[a-z-]* \(is\|wants a list of\) //; s/, not: .*//; s/,\| or / /g' |
		tr -s ' '
}
is formats "$(refused "$QPWLAT" export --format nosuch x)" "$(completed qpwlat export --format '')"
is ways "$(refused "$QPWLAT" record --without nosuch)" "$(completed qpwlat record --without '')"
is victims "$(refused "$QPWLAT" record --victim nosuch | sed 's/:[A-Z]*/:/g')" \
	"$(completed qpwlat record --victim '')"
is actions "$(refused "$QPWLAT" record --on-threshold nosuch | sed 's/:[A-Z]*/:/g')" \
	"$(completed qpwlat record --on-threshold '')"
is "behind =" "csv" "$(completed qpwlat export --format = cs)"
is "at =" "$(completed qpwlat export --format '')" "$(completed qpwlat export --format =)"
is "of a short option" "rt-tests-json" "$(completed qpwlat export -f rt)"

# gates: the metrics that compare knows, each taken by it, in a list that readline has split or not
metrics=$("$QPWLAT" compare --help | sed '1,/^Metrics:$/d; s/ops_STRESSOR .*/ops_/' | xargs -n 1 |
	sed 's/[^_]$/&:/' | paste -sd' ')
is "metrics of gates" "$metrics" "$(completed qpwlat compare --fail-on '')"
for metric in $(completed qpwlat compare --fail-on ''); do
	[[ $metric == *: ]] || metric+=cpu:
	"$QPWLAT" compare --fail-on "$metric+10%" "$dir/none" "$dir/none" 2>&1 |
		grep -E 'unknown metric|wants gates' || true
done >"$dir/refused"
is "metrics are known" "" "$(cat "$dir/refused")"
is "metric of a gate" "remote_work:" "$(completed qpwlat compare --fail-on remote_w)"
is "metric behind =" "remote_work:" "$(completed qpwlat compare --fail-on = remote_w)"
is "metric of a second gate" "+10%,remote_work:" "$(completed qpwlat compare --fail-on p99 : +10%,remote_w)"
is "of a second one behind =" "+10%,remote_work:" \
	"$(completed qpwlat compare --fail-on = p99 : +10%,remote_w)"
is "of a second one in quotes" "p99:+10%,remote_work:" \
	"$(completed qpwlat compare --fail-on "'p99:+10%,remote_w")"
is "no limit of a gate" "" "$(completed qpwlat compare --fail-on p99 : +)"
# shellcheck disable=SC2016 # it must not be run
is "nothing that is typed is run" "" \
	"$(completed qpwlat compare --fail-on '$(touch ran),remote_w' >/dev/null; ls ran 2>/dev/null)"

# every table that qpwtop has, each shown
"$make_trace" lab "$dir/lab.qpw"
for view in $(completed qpwtop --view ''); do
	"$QPWTOP" --replay "$dir/lab.qpw" -n 1 -b --view "$view" >"$dir/view" 2>&1 || echo "$view"
done >"$dir/refused"
is "tables of qpwtop" "" "$(cat "$dir/refused")"
is "tables in the help" "$("$QPWTOP" --help | grep -A1 -- --view | grep -oE 'tables: [a-z ]+;' |
	sed 's/tables: //; s/;//')" "$(completed qpwtop --view '')"

# every column that a table has in JSON, but for lists and call sites, and no other word
columns=$("$QPWTOP" --json --event 3 --replay "$dir/lab.qpw" | jq -rs '[.[] | .cpus, .causes, .origins, .work,
	.waits, .latency, .events | .[] | to_entries[] | select(.value | type != "array") | .key | select(. != "call_site")] |
	unique | join(" ")')
is "columns of qpwtop" "$columns" "$(completed qpwtop --sort '')"
is "columns of a short option" "stolen_us_s" "$(completed qpwtop -s stol)"

# files, and none where a number or a list of CPUs is wanted
cd "$dir"
touch a.qpw b.json
is "traces" "a.qpw" "$(completed qpwlat report a)"
is "trace behind an option" "a.qpw" "$(completed qpwlat report --text a)"
is "file of an option" "b.json" "$(completed qpwlat report --json = b)"
is "output" "b.json" "$(completed qpwlat export -o b)"
is "input" "a.qpw" "$(completed qpwlat export -i a)"
is "replay" "a.qpw" "$(completed qpwtop --replay a)"
is "boots behind --" "a.qpw" "$(completed qpwlat compare b -- a)"
is "what record runs" "mktemp" "$(completed qpwlat record -- mktem | xargs -n 1 | sort -u)"
is "its arguments" "a.qpw" "$(completed qpwlat record -- ls a)"
for option in --cpus --house-keeping --period --duration -c -H; do
	is "nothing for $option" "" "$(completed qpwlat record "$option" '')"
done
is "nothing for probes" "" "$(completed qpwlat probes '')"
is "nothing for --time" "" "$(completed qpwlat report --time '')"
is "nothing for qpwtop" "" "$(completed qpwtop '')"

# no build here: the programs are there
make -s -C "$top" install DESTDIR="$dir/root" PREFIX=/usr >log 2>&1 || cat log
(cd "$dir/root" && find . -type f -o -type l | sort) >installed
{
	printf './usr/bin/%s\n' qpwlat qpwtop
	printf './usr/share/bash-completion/completions/%s\n' qpwlat qpwtop
	echo ./usr/share/qpwlat/grafana/qpwtop.json
	(cd "$top/man" && printf './usr/share/man/man1/%s\n' *.1)
} | sort >wanted
is "installed files" "$(cat wanted)" "$(cat installed)"
is "installed program" "$("$QPWLAT" --version)" "$("$dir/root/usr/bin/qpwlat" --version)"
# shellcheck disable=SC2016 # the inner shell's argument
is "completion of qpwtop" "complete -F _qpwlat qpwtop" \
	"$(env -i bash --norc -c '. "$1"; complete -p qpwtop' - \
		"$dir/root/usr/share/bash-completion/completions/qpwtop")"
finish_tests
