#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# What all commands have in common: no recording is written over, no message steers a terminal, what
# can't be written is an error that is told.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/golden/common.bash messages

qpwlat=${QPWLAT:?}
qpwtop=${QPWTOP:?}

# says CODE PATTERN COMMAND...: that exit code and that on stderr, and nothing there steers a terminal
says() {
	local want=$1 pattern=$2 code=0
	shift 2
	"$@" >out 2>err </dev/null || code=$?
	[ "$code" = "$want" ] || echo "$*: exit code $code, not $want: $(cat err)"
	grep -q -- "$pattern" err || echo "$*: stderr lacks '$pattern': $(cat -v err)"
	! LC_ALL=C grep -q '[[:cntrl:]]' err || echo "$*: $(cat -v err)"
}

make_traces lab
"$build/golden/make_trace" two other.qpw
cp other.qpw kept.qpw
# of a newer version, and cut off within its header: a recording as well
{ head -c 8 lab.qpw; printf '\xff\xff'; tail -c +11 lab.qpw; } >newer.qpw
head -c 12 lab.qpw >short.qpw
mkdir a b
cp lab.qpw a/trace.qpw
cp other.qpw b/trace.qpw
for file in other newer short; do
	cp "$file.qpw" before
	{
		for format in text json markdown html csv; do
			says 129 'is a recording' "$qpwlat" report --$format=$file.qpw lab.qpw
		done
		says 129 'is a recording' "$qpwlat" export -o $file.qpw lab.qpw
		says 129 'is a recording' "$qpwlat" compare --json=$file.qpw a -- b
		says 129 'is a recording' "$qpwlat" probes --json=$file.qpw
		says 129 'is a recording' "$qpwlat" record --victim-json $file.qpw -o new.qpw
		says 129 'is a recording' "$qpwtop" -b --replay lab.qpw --openmetrics $file.qpw
		cmp before $file.qpw || true
	} >log 2>&1
	result "$file.qpw is not written over"
done
{
	says 129 'where the recording goes' "$qpwlat" record -o vv.qpw --victim-json ./vv.qpw
	[ ! -e vv.qpw ] || echo "there is a file"
} >log
result "results and recording are two files"
{
	says 129 "can't go to stdout" "$qpwlat" record -o - -d 1s
	says 129 'no file that could be read again' "$qpwlat" record --victim-json /dev/full -o new.qpw
	says 129 'no file that could be read again' "$qpwlat" record --victim-json - -o new.qpw
	says 129 'one command at a time: extra' "$qpwlat" help report extra
	[ ! -e - ] || echo "there is a file -"
	[ ! -e new.qpw ] || echo "there is a recording"
} >log
result "what can't be an output of a recording"
# each size is told before what comes after it
for size in '33554432 ' '1M ' '1@' 1T 1MB 0 -1 ' 1' 2G 18014398509481985K ''; do
	says 129 "--buffer-size wants a size up to 1G" "$qpwlat" record --buffer-size "$size" -d never -o new.qpw
done >log
for size in 1 64k 1M 1G 1048576K; do
	says 129 "-d wants" "$qpwlat" record --buffer-size "$size" -d never -o new.qpw
done >>log
result "a size is a number and its unit"

# Whatever the terminal has: text is ASCII as far as it is ours.
{
	for command in record report compare export probes; do
		"$qpwlat" $command --help >out
		! LC_ALL=C grep -n '[^ -~]' out || echo "$command --help"
	done
	for text in "report lab.qpw" "compare a -- b" "compare --all a -- b"; do
		# shellcheck disable=SC2086 # words on purpose
		"$qpwlat" $text >out || [ $? = 3 ] || echo "$text fails"
		! LC_ALL=C grep -n '[^ -~]' out || echo "$text"
	done
} >log
result "text and help are ASCII"

# Half a file looks like one. The limit on the size of files stands for a full disk.
limited() (
	ulimit -f 2
	exec "$@"
)
touch target
ln -s target half-link
{
	says 1 'File too large' limited "$qpwlat" report --html=half lab.qpw
	says 1 'File too large' limited "$qpwlat" compare --html=half a -- b
	says 1 'File too large' limited "$qpwlat" export -f chrome -o half lab.qpw
	[ ! -e half ] || echo "half a file is left: $(stat -c %s half) bytes"
	says 1 'File too large' limited "$qpwlat" report --html=half-link lab.qpw
	[ -L half-link ] && [ -f target ] || echo "a link, or what it names, was removed"
	says 1 'No space left' "$qpwlat" report --html=/dev/full lab.qpw
	[ -c /dev/full ] || echo "a device was removed"
} >log
result "what can't be written whole is not left"
rm -f target half-link

# Metrics are a file that is replaced: nothing else is, nor what was meant as an address.
mkfifo pipe
echo text >target
ln -s target link
kinds=(pipe link)
if mknod node c 1 3 2>/dev/null; then kinds+=(node); fi
stat -c '%n %F %t:%T' "${kinds[@]}" target >before
{
	for kind in "${kinds[@]}"; do
		says 129 'is no regular file' "$qpwtop" -b --replay lab.qpw --openmetrics "$kind"
	done
	stat -c '%n %F %t:%T' "${kinds[@]}" target | diff before - || true
	for to in - : 127.0.0.1: 127.0.0.1:80x '[::1]:x' '[::1:80' name.prom:1; do
		says 129 'no file and no ADDR:PORT' "$qpwtop" -b --replay lab.qpw --openmetrics "$to"
		[ ! -e "./$to" ] || echo "there is $to"
	done
	"$qpwtop" -b --replay lab.qpw --openmetrics target >/dev/null 2>&1
	"$qpwtop" -b --replay lab.qpw --openmetrics ./a:b >/dev/null 2>&1
	grep -q '^# EOF' target || echo "a file is not replaced"
	grep -q '^# EOF' ./a:b || echo "there is no a:b"
	# nothing is left beside them
	find . -name 'target*' ! -name target -o -name 'a:b?*'
} >log
result "metrics replace files alone"

# other outputs are written to what is there, and it stays what it is
ln -s /dev/null nowhere
{
	for kind in nowhere "${kinds[@]:2}"; do
		"$qpwlat" report --json="$kind" lab.qpw >/dev/null
		"$qpwlat" export -o "$kind" lab.qpw
		"$qpwlat" compare --json="$kind" a -- b >/dev/null 2>&1 || true
		[ "$(stat -L -c %F "$kind")" = "character special file" ] || echo "$kind: is another file"
	done
	[ -L nowhere ] || echo "is no link any more"
} >log 2>&1
result "outputs leave nodes and links as they are"

# what is no recording is written over, as ever
echo old >note
"$qpwlat" export -o note lab.qpw 2>log
grep -q '^kind,' note || echo "it is not" >>log
result "any other file is written over"

esc=$'x\e[31m\x9b'
cp lab.qpw "$esc.qpw"
echo foreign >"$esc.txt"
{
	says 129 'is no command' "$qpwlat" "$esc"
	for command in report export; do
		says 1 'x\\x1b\[31m' "$qpwlat" $command "$esc"
		says 1 'x\\x1b\[31m' "$qpwlat" $command "$esc.txt"
		says 129 'x\\x1b\[31m' "$qpwlat" $command "--$esc" lab.qpw
	done
	says 1 'x\\x1b\[31m' "$qpwlat" report --json="$esc/no" lab.qpw
	says 1 'x\\x1b\[31m' "$qpwlat" export -o "$esc/no" lab.qpw
	says 129 'x\\x1b\[31m' "$qpwlat" report --json="$esc.qpw" lab.qpw
	says 129 'x\\x1b\[31m' "$qpwlat" report --top "$esc" lab.qpw
	says 129 'x\\x1b\[31m' "$qpwlat" export -f "$esc" lab.qpw
	says 129 'x\\x1b\[31m' "$qpwlat" compare "--$esc" a -- b
	says 1 'x\\x1b\[31m' "$qpwlat" compare "$esc" -- b
	says 129 'x\\x1b\[31m' "$qpwlat" record -d "$esc"
	says 129 'x\\x1b\[31m' "$qpwlat" record --victim-json "$esc.qpw" -o new.qpw
	says 1 'x\\x1b\[31m' "$qpwtop" --replay "$esc"
} >log
result "names are made harmless"

{
	for command in "--help" "--version" "help record" "record --help" "report --help" "export --help" \
		"compare --help" "probes --help"; do
		code=0
		# shellcheck disable=SC2086 # split on purpose
		"$qpwlat" $command >/dev/full 2>err || code=$?
		[ $code = 1 ] || echo "$command: exit code $code"
		grep -q "No space left on device" err || echo "$command: $(cat err)"
	done
	for command in "--help" "--version" "-b --replay lab.qpw" "--json --replay lab.qpw"; do
		code=0
		# shellcheck disable=SC2086 # split on purpose
		"$qpwtop" $command >/dev/full 2>err || code=$?
		[ $code = 1 ] || echo "qpwtop $command: exit code $code"
		grep -q "No space left on device" err || echo "qpwtop $command: $(cat err)"
	done
} >log
result "a full stdout is told"

# ulimit counts blocks of 1024 bytes: none of these fits in one
limited() {
	(
		ulimit -f 1
		"$@"
	)
}
{
	says 1 'File too large' limited "$qpwlat" report --html=page.html lab.qpw
	says 1 'File too large' limited "$qpwlat" export -o lab.csv lab.qpw
	says 1 'File too large' limited "$qpwlat" compare --html=compare.html a -- b
} >log 2>&1
result "a limit on the size of files is told"

finish_tests
