#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# qpwtop on a real terminal (tmux): its keys, sizes, colours, and every way out.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/load/qpwtop.bash
tmux=(tmux -u -L "qpwtop-test-$$" -f /dev/null)
busy=
finish() {
	"${tmux[@]}" kill-server 2>/dev/null
	[ -z "$busy" ] || kill "$busy" 2>/dev/null
	! mountpoint -q "$out/full" || umount -l "$out/full"
	rm -rf "$out"
}
trap finish EXIT

term() { "${tmux[@]}" "$@"; }
screen() { term capture-pane -p; }

on_screen() { grep -qF -- "$1" <<<"$(screen)"; }

# appears TEXT: within a minute on the screen.
appears() { within_a_minute on_screen "$1"; }

# What is on a screen that stands still, once all of it has been drawn.
settled() {
	local before now i
	now=$(screen)
	for ((i = 0; i < 100; i++)); do
		before=$now
		sleep 0.2
		now=$(screen)
		[ "$now" != "$before" ] || break
	done
	printf '%s\n' "$now"
}

# shows NAME TEXT
shows() {
	if appears "$2"; then ok "$1"; else not_ok "$1" "no '$2' on the screen: $(screen)"; fi
}

# The usual screen, the cursor, the line settings of before: as a shell needs them.
given_back() {
	local after
	if ! appears "ended=$2"; then
		not_ok "terminal: $1" "did not end with $2: $(screen)"
		return
	fi
	term send-keys "clear; stty -g >$out/stty.after; echo writ''ten" Enter
	appears written
	after=$(cat "$out/stty.after")
	is "terminal: $1: given back as it was" "0 1 0 0 0 $(cat "$out/stty.before")" \
		"$(term display-message -p '#{alternate_on} #{cursor_flag} #{mouse_any_flag} #{keypad_cursor_flag} #{keypad_flag}') $after"
}

start() {
	term send-keys "clear; $QPWTOP -d 0.3 $1; echo ended=\$?" Enter
	appears 'STOLEN-US/S' || not_ok "terminal: starts with $1" "$(screen)"
}

pid_of() { pgrep -n -f "^$QPWTOP -d 0.3"; }

if [ "$(id -u)" -ne 0 ]; then
	echo "skip qpwtop-terminal: needs root"
	exit 0
fi
if ! command -v tmux >/dev/null; then
	echo "skip qpwtop-terminal: no tmux for a session in a terminal"
	exit 0
fi
cpu=$(($(getconf _NPROCESSORS_ONLN) - 1))
"$QPWLAT" record -q -c "$cpu" -d 1 --victim none -o "$out/trace.qpw" 2>"$out/stderr" ||
	not_ok "terminal: recording to replay" "$(cat "$out/stderr")"
head -c $(($(stat -c %s "$out/trace.qpw") / 2)) "$out/trace.qpw" >"$out/half.qpw"
term new-session -d -x 100 -y 30 "cd $out && TERM=screen LC_ALL=C bash --norc -i"
term send-keys "ulimit -c 0; stty -g >$out/stty.before; echo ready" Enter
appears ready

term pipe-pane "cat >$out/written"
start "-c $cpu"
shows "terminal: live" '  live  '
term pipe-pane
is "terminal: says before that it is starting" 1 "$(grep -ac starting "$out/written")"
is "terminal: takes the other screen" "1 0" "$(term display-message -p '#{alternate_on} #{cursor_flag}')"
term send-keys '?'
shows "terminal: ? shows the help" 'microseconds a second taken from the CPU'
term send-keys '?'
shows "terminal: ? again leaves it" 'CLASS'
term send-keys ' '
shows "terminal: space pauses" '  paused  '
first=$(settled)
sleep 1
is "terminal: a pause stands still" "$first" "$(screen)"
term resize-window -x 70 -y 20
has_size() { [ "$(screen | wc -l) $(screen | tail -n 1 | cut -c 1-7)" = "$1 q quit " ]; }
within_a_minute has_size 20
is "terminal: follows a new size" "20 q quit  space pause  Tab" \
	"$(screen | wc -l) $(screen | tail -n 1 | cut -c 1-24)"
is "terminal: nothing is wider than it" 0 "$(settled | awk 'length($0) > 70' | wc -l)"
term send-keys ' '
shows "terminal: space goes on" '  live  '
term send-keys q
given_back "q" 0

# A screen after keys, each seen before the next one is sent.
start "-c $cpu --victim none"
term send-keys 2
shows "terminal: 2 shows the origins" 'WAIT-US'
term send-keys Tab Tab Tab
shows "terminal: Tab goes on to latency" 'no wake-ups of a victim'
term send-keys 1 / c l a s s = t h r e a d Enter
shows "terminal: / filters" 'filter: class=thread'
term send-keys ' '
appears '  paused  '
is "terminal: what it leaves" 0 "$(settled | sed -n '/^CLASS/,/^q quit/p' | sed '1d;$d' |
	grep -vcE '^(thread |$)')"
term send-keys ' ' / C-h C-h C-h C-h C-h C-h C-h C-h C-h C-h C-h C-h Enter 6
shows "terminal: events" 'interruptions of 50.0 us or longer'
# in a pause, as time goes on else
term send-keys ' ' R
shows "terminal: R counts anew" '  paused  0.0 s'
term send-keys ' '
term send-keys d 0 . 2 Enter w
shows "terminal: w writes" 'written: qpwtop-'
saved=$(find "$out" -name 'qpwtop-*.json')
is "terminal: what it wrote" qpwtop "$(jq -r .schema "$saved")"
# The view as a trace shows each table again, but for the first two lines (time, cost) and the keys.
shown() { sed '1,2d;$d'; }
same_table() { screen | sed 's/ *$//' | shown | tee "$out/shown" | cmp -s - "$out/again"; }
# Tables change all the while, so that a look that read them twice would not be the same twice.
chrt -f 1 "$BUILD/overhead/load" switch "$cpu" 0 1000000000 >/dev/null 2>&1 &
busy=$!
has_counted() { grep -qE "^$cpu +[1-9]" <<<"$(screen)"; }
within_a_minute has_counted || not_ok "terminal: counts" "$(screen)"
# of an interval that was not longer than asked for, which is told live and is no part of the view
for ((i = 0; i < 60; i++)); do
	term send-keys ' '
	appears '  paused  '
	on_screen 'the last interval was' || break
	term send-keys ' '
	appears '  live  '
	sleep 0.5
done
shows "terminal: pauses for what it writes" '  paused  '
kill "$busy"
wait "$busy" 2>/dev/null
busy=
term send-keys W
shows "terminal: W writes" '.qpw'
view=$(find "$out" -name 'qpwtop-*.qpw')
for key in 1 2 3 4 5 6; do
	"$QPWTOP" --replay "$view" --print 70x20 --ascii --keys "$key" | shown >"$out/again"
	term send-keys "$key"
	within_a_minute same_table
	is "terminal: table $key of what it wrote is shown again" "" "$(diff "$out/shown" "$out/again")"
done
is "terminal: the report of it" "0 1" \
	"$("$QPWLAT" report "$view" >"$out/report"; echo $?) $(grep -c 'a view that qpwtop' "$out/report")"
is "terminal: no part of it" 1 "$("$QPWLAT" report --time 0,0.1 "$view" >/dev/null 2>&1; echo $?)"
term send-keys ' '
shows "terminal: and goes on" '  live  '

# No room for it: the reason is told, and no half of a file is left. One page is free.
mkdir "$out/full"
if mount -t tmpfs -o size=64k qpwtop-test "$out/full" 2>/dev/null; then
	head -c 61440 /dev/zero >"$out/full/filler"
	term send-keys q
	given_back "q after it wrote" 0
	term send-keys "cd $out/full" Enter
	start "-c $cpu --victim none"
	shows "terminal: live where there is no room" '  live  '
	for key in w W; do
		term send-keys ' '
		shows "terminal: $key where there is no room: pauses" '  paused  '
		term send-keys "$key"
		shows "terminal: $key where there is no room" 'not written: No space left on device'
		is "terminal: $key where there is no room: leaves nothing" filler "$(ls "$out/full")"
		term send-keys ' '
		shows "terminal: $key where there is no room: goes on" '  live  '
	done
	term send-keys q
	given_back "q where there is no room" 0
	term send-keys "clear; cd $out; echo mo''ved" Enter
	appears moved
	umount "$out/full"
	start "-c $cpu --victim none"
else
	echo "skip qpwtop-terminal: no tmpfs can be mounted, to be full"
fi

# A look keeps nothing of those before: 60 of them, each of more than a hundred kB, are not to be seen.
rss() { awk '/^VmRSS/ { print $2 }' "/proc/$1/status"; }
pid=$(pid_of)
term send-keys d 0 . 1 Enter
sleep 4
before=$(rss "$pid")
sleep 7
after=$(rss "$pid")
if [ $((after - before)) -lt 6000 ]; then
	ok "terminal: it does not grow"
else
	not_ok "terminal: it does not grow" "from $before to $after kB in 7 s"
fi

# Sizes that come faster than they can be drawn, the smallest ones among them.
for ((i = 0; i < 60; i++)); do
	term resize-window -x $((1 + RANDOM % 200)) -y $((1 + RANDOM % 60))
done
term resize-window -x 100 -y 30
shows "terminal: a storm of sizes" 'STOLEN-US/S'

term send-keys C-z
appears 'Stopped' || appears 'suspended' || not_ok "terminal: stops" "$(screen)"
is "terminal: stopped, it gives the screen back" "0 1" \
	"$(term display-message -p '#{alternate_on} #{cursor_flag}')"
term send-keys "fg; echo ended=\$?" Enter
shows "terminal: goes on" 'STOLEN-US/S'
# Others write on it, or stopped it without its knowing: all is drawn anew.
tty=$(term display-message -p '#{pane_tty}')
scramble() { printf '\033[H\033[2Jscrambled\r\n' >"$tty"; }
term send-keys ' '
shows "terminal: pauses" '  paused  '
scramble
shows "terminal: others write on it" scrambled
term send-keys C-l
shows "terminal: Ctrl-L draws it anew" 'STOLEN-US/S'
is "terminal: and what they wrote is gone" 0 "$(settled | grep -c scrambled)"
kill -STOP "$(pid_of)"
appears 'Stopped' || not_ok "terminal: SIGSTOP" "$(screen)"
scramble
shows "terminal: others write on it while it is stopped" scrambled
term send-keys "fg; echo ended=\$?" Enter
shows "terminal: SIGCONT draws it anew" 'STOLEN-US/S'
is "terminal: and takes the other screen, the keys as before" "1 0 1" \
	"$(term display-message -p '#{alternate_on} #{cursor_flag} #{keypad_cursor_flag}')"
term send-keys ' '
term send-keys q
given_back "q after all that" 0

start "--replay $out/trace.qpw"
shows "terminal: a replay stays at its end" 'replay, ended'
term send-keys n
term send-keys '?'
shows "terminal: and after a step that there is no more" 'microseconds a second taken from the CPU'
term send-keys '?'
shows "terminal: in the same state" 'replay, ended'
term send-keys q
given_back "q of a replay" 0
for signal in INT TERM HUP; do
	start "--replay $out/trace.qpw"
	kill -s "$signal" "$(pid_of)"
	given_back "SIG$signal" 0
done
for signal in SEGV ABRT USR1 ALRM XCPU RTMIN; do
	start "--replay $out/trace.qpw"
	kill -s "$signal" "$(pid_of)"
	given_back "SIG$signal" $((128 + $(kill -l "$signal")))
done
start "--replay $out/half.qpw"
shows "terminal: a broken trace is shown" 'the trace broke off'
term send-keys q
given_back "q of a broken trace" 0
term send-keys "clear; $QPWTOP -d 0.3 -c $cpu -n 2; echo ended=\$?" Enter
given_back "-n" 0

# The mouse: tabs and rows are picked, and it can be left to the terminal.
mouse_flags() { term display-message -p '#{mouse_any_flag} #{mouse_sgr_flag}'; }
has_mouse() { [ "$(mouse_flags)" = "$1" ]; }
# point CODE TEXT [ROWS]: as a terminal tells it, on the first letter of TEXT, or so many rows below
# it; 0 is the button, 65 the wheel, turned down. A button is let go, too.
point() {
	local row column
	row=$(screen | grep -nF -m 1 -- "$2" | cut -d : -f 1)
	column=$(screen | awk -v text="$2" '(at = index($0, text)) { print at; exit }')
	term send-keys -l $'\e'"[<$1;$column;$((row + ${3:-0}))M"
	[ "$1" != 0 ] || term send-keys -l $'\e'"[<$1;$column;$((row + ${3:-0}))m"
}
term send-keys "clear; export TERM=xterm-256color" Enter
start "--replay $out/trace.qpw"
appears 'replay, ended'
is "terminal: the mouse is told" "1 1" "$(mouse_flags)"
point 0 origins
shows "terminal: a click on a tab" 'WAIT-US'
point 0 causes
shows "terminal: a click on another tab" 'P99-US'
point 0 P99-US 1
shows "terminal: a click on the row under the cursor" 'who brought it about'
term send-keys x
appears 'P99-US'
point 65 P99-US 1
term send-keys Enter
appears 'who brought it about'
read -r row nr < <(settled | sed -n 's/.* row \([0-9]*\) of \([0-9]*\)$/\1 \2/p')
is "terminal: the wheel moves the cursor by three rows, as far as there are any" \
	$((nr < 4 ? nr : 4)) "$row"
term send-keys x
appears 'P99-US'
term send-keys m
within_a_minute has_mouse "0 0"
is "terminal: m leaves it to the terminal" "0 0" "$(mouse_flags)"
term send-keys m
within_a_minute has_mouse "1 1"
term send-keys C-z
appears 'Stopped' || appears 'suspended' || not_ok "terminal: stops" "$(screen)"
is "terminal: stopped, it leaves the mouse" "0 0" "$(mouse_flags)"
term send-keys "fg; echo ended=\$?" Enter
within_a_minute has_mouse "1 1"
is "terminal: and takes it when it goes on" "1 1" "$(mouse_flags)"
kill -SEGV "$(pid_of)"
given_back "SIGSEGV with a mouse" $((128 + $(kill -l SEGV)))
start "--no-mouse --replay $out/trace.qpw"
appears 'replay, ended'
is "terminal: --no-mouse" "0 0" "$(mouse_flags)"
term send-keys q
given_back "q without a mouse" 0

# The size is the terminal's, whatever the environment says.
term resize-window -x 70 -y 20
term send-keys "clear; LINES=50 COLUMNS=200 $QPWTOP -d 0.3 --replay $out/trace.qpw; echo ended=\$?" Enter
appears 'replay, ended'
within_a_minute has_size 20
is "terminal: LINES and COLUMNS of another one" "20 q quit  space pause  Tab" \
	"$(screen | wc -l) $(screen | tail -n 1 | cut -c 1-24)"
term send-keys q
given_back "q where they are set" 0
term resize-window -x 100 -y 30

# Colours only where they are wanted; blocks instead of marks where the locale has them.
term send-keys "clear; export LC_ALL=C.UTF-8 TERM=screen-256color" Enter
start "--replay $out/trace.qpw"
appears 'replay, ended'
is "terminal: UTF-8 and colours" "1 1" "$(settled | LC_ALL=C.UTF-8 grep -c '[▁▂▃▄▅▆▇█]') \
$(term capture-pane -p -e | grep -c $'\033\\[[0-9;]*36m' | sed 's/[1-9][0-9]*/1/')"
term send-keys q
given_back "q in colours" 0
term send-keys "clear; export NO_COLOR=1" Enter
start "--replay $out/trace.qpw"
appears 'replay, ended'
settled >/dev/null
is "terminal: NO_COLOR" 0 "$(term capture-pane -p -e | grep -c $'\033\\[[0-9;]*3[0-7]m')"
term send-keys q
given_back "q without colours" 0

# The terminal goes away while it runs: it must not stay behind.
start "-c $cpu"
pid=$(pid_of)
term kill-server
has_ended() { ! kill -0 "$pid" 2>/dev/null; }
within_a_minute has_ended
is "terminal: gone, and so is the view" gone "$(kill -0 "$pid" 2>/dev/null || echo gone)"
term new-session -d -x 100 -y 30 "cd $out && TERM=screen bash --norc -i"
term send-keys "ulimit -c 0; stty -g >$out/stty.before; echo ready" Enter
appears ready

term send-keys "clear; TERM=dumb $QPWTOP -d 0.3 -n 1 --replay $out/trace.qpw; echo ended=\$?" Enter
given_back "TERM=dumb falls back to text" 0
finish_tests
