#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The manual pages and --help name the same options, and the pages refer to pages that exist.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

QPWLAT=${QPWLAT:-${BUILD:-build}/qpwlat}
QPWTOP=${QPWTOP:-${BUILD:-build}/qpwtop}
. tests/tap.bash
suite='man'

# is NAME WANTED GOT: of many lines
is() {
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1" "$(diff <(echo "$2") <(echo "$3") | grep '^[<>]' | paste -sd' ')"
	fi
}

# Every option that begins a line of the OPTIONS section of a page, macros and fonts removed.
page_options() {
	sed -n '/^\.SH OPTIONS/,/^\.SH EXIT/p' "$1" | sed 's/\\f[A-Z]//g; s/\\-/-/g' |
		grep -E '^\.(BR|BI|B) "?-' | grep -oE '(^| |")-(-[a-z-]+|[A-Za-z])' |
		grep -oE -- '-.*' | sort -u
}

# Every option that begins a line of --help.
help_options() {
	"$@" --help | grep -E '^ +-' | sed -E 's/^ +//; s/  .*//' |
		grep -oE '(^|, )-(-[a-z-]+|[A-Za-z])' | grep -oE -- '-.*' | sort -u
}

# The examples of --help, without the words before them.
examples() {
	"$@" --help | sed -n 's/^[Ee]xample: //p'
}

# with_known_options COMMAND...: nothing, or the options of its examples that --help does not explain.
with_known_options() {
	comm -13 <(help_options "$@") <(examples "$@" | sed 's/ -- .*//' | tr ' =' '\n' |
		grep -E '^-' | sort -u)
}

commands=$("$QPWLAT" --help | sed -nE 's/^  ([a-z]+) .*/\1/p')
is "commands have pages" "$(sort <<<"$commands")" \
	"$(printf '%s\n' man/qpwlat-*.1 | sed 's/.*qpwlat-//; s/\.1//' | sort)"
is "qpwlat --help has an example" qpwlat "$(examples "$QPWLAT" | cut -d' ' -f1)"
is "qpwlat help" "$("$QPWLAT" --help)" "$("$QPWLAT" help)"
is "qpwlat help of no command" 129 "$("$QPWLAT" help nosuch 2>/dev/null; echo $?)"
for command in $commands; do
	is "qpwlat help $command" "$("$QPWLAT" "$command" --help)" "$("$QPWLAT" help "$command")"
	is "qpwlat $command --help has an example" "qpwlat $command" \
		"$(examples "$QPWLAT" "$command" | cut -d' ' -f1,2 | sort -u)"
	is "options in the example of $command" "" "$(with_known_options "$QPWLAT" "$command")"
	is "qpwlat-$command has examples" 1 "$(grep -c '^\.SH EXAMPLES' "man/qpwlat-$command.1")"
	is "qpwlat-$command has the options of --help" "$(help_options "$QPWLAT" "$command")" \
		"$(page_options "man/qpwlat-$command.1")"
	is "qpwlat.1 names $command" 1 "$(grep -c "^\.BR qpwlat.-$command (1)\$" man/qpwlat.1)"
done
is "qpwtop --help has an example" qpwtop "$(examples "$QPWTOP" | cut -d' ' -f1)"
is "options in the example of qpwtop" "" "$(with_known_options "$QPWTOP")"
is "qpwtop has the options of --help" "$(help_options "$QPWTOP")" "$(page_options man/qpwtop.1)"

while read -r page; do
	is "$page.1 exists" yes "$([ -f "man/$page.1" ] && echo yes)"
done < <(grep -ohE '\.BR qpw[a-z\-]+ \(1\)' man/*.1 | sed 's/\\//g; s/\.BR //; s/ .*//' | sort -u)
# Commands of the pages' examples and of the documents' code, one a line: without what is piped
# into others, without comments.
written_commands() {
	{
		sed -n '/^\.SH EXAMPLES/,/^\.SH SEE/p' man/*.1 | sed -n '/^\.EX/,/^\.EE/p' |
			sed "s/\\\\-/-/g; s/\\\\(aq/'/g; s/\\\\e/\\\\/g"
		# shellcheck disable=SC2016 # backticks of Markdown
		sed -n '/^```/,/^```/p' README.md docs/*.md
		sed -n 's/^    \(qpwlat \)/\1/p' docs/*.md
	} | sed -nE 's/^(\$ )?(qpw(lat|top) )/\2/p' | sed -E 's/ +#.*//; s/ +(\||&&|\\$).*//' |
		grep -v '^qpwtop  ' | sort -u
}

# Is its command line a valid one? With --help behind its options nothing is run.
is_valid() {
	local line=$1
	case $line in
	"qpwlat record "*" -- "*) line="${line%% -- *} --help" ;;
	*) line+=" --help" ;;
	esac
	(eval "$line") >/dev/null 2>"$dir/err" </dev/null && code=0 || code=$?
	echo "$code$(head -n 1 "$dir/err")"
}

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
qpwlat() {
	"$QPWLAT" "$@"
}
qpwtop() {
	"$QPWTOP" "$@"
}
written_commands >"$dir/written"
is "commands are found in the documents" yes \
	"$([ "$(wc -l <"$dir/written")" -ge 25 ] && grep -qF 'compare runA/* -- runB/*' "$dir/written" && echo yes)"
while read -r line; do
	is "written: $line" 0 "$(is_valid "$line")"
done <"$dir/written"

# those that need neither root nor time are typed: whatever they find, they find no fault
make_trace=${BUILD:-build}/golden/make_trace
[[ $make_trace == /* ]] || make_trace=$PWD/$make_trace
[[ $QPWLAT == /* ]] || QPWLAT=$PWD/$QPWLAT
cd "$dir" || exit 1
"$make_trace" lab trace.qpw
for boot in boots/01-qpw0 boots/01-qpw1 before/01 after/01 runA/01 runB/01; do
	mkdir -p "$boot"
	cp trace.qpw "$boot/trace.qpw"
done
for command in report compare export; do
	while read -r example; do
		(eval "$example") >out 2>err </dev/null && code=0 || code=$?
		case $code in
		0 | 2 | 3) code="no fault" ;;
		esac
		is "$example" "no fault" "$code"
	done < <(examples "$QPWLAT" "$command")
done
while read -r example; do
	(eval "$example") >out 2>err </dev/null && code=0 || code=$?
	case $code in
	0 | 2 | 3) code="no fault" ;;
	esac
	is "typed: $example" "no fault" "$code"
done < <(grep -E '^qpwlat compare ' written)
is "README's comparison writes its page" yes "$([ -s page.html ] && echo yes)"
finish_tests
