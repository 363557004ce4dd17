#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# qpwtop against noise that was planted in a guest (qpw_noise): its rows, in JSON and in text, must
# show cause, CPU, origin, count and, within 5 %, the rate: that of the module's own counters over the
# kernel's own clock. qpw=1, so that works show as executed and as run by who wanted them.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/guest/tap.bash
trap 'rm -rf "$scratch"' EXIT

find_lab top
dir=$scratch/boot

# Rows of the look in "." that are of the kind, and what is their rate and who is to blame.
declare -A rows=(
	[work]='.causes[] | select(.class == "work" and .cpu == 1 and
		(.cause | startswith("qpw_noise_work_fn")))'
	[ipi]='.causes[] | select(.class == "ipi" and .cpu == 1 and
		(.cause | startswith("qpw_noise_ipi_fn")))'
	[percpu_work]='.work[] | select(.function | startswith("qpw_noise_percpu_work_fn"))'
)
declare -A rate=([work]=.per_s [ipi]=.per_s [percpu_work]=.inline_s)
declare -A origin=(
	[work]='.origins[] | select(.class == "work" and (.cause | startswith("qpw_noise_work_fn"))) |
		"\(.count) \(.by) \(.cpu)"'
	[ipi]='.origins[] | select(.class == "ipi" and (.cause | startswith("qpw_noise_ipi_fn"))) |
		"\(.count) \(.by) \(.cpu)"'
	[percpu_work]='.work[] | select(.function | startswith("qpw_noise_percpu_work_fn")) |
		"\(.count) \(.from) 1"'
)
# The tables of the text in which it is.
declare -A tables=([work]="causes origins work" [ipi]="causes origins" [percpu_work]=work)

# planted KIND: how many pieces there were to be seen.
planted() {
	awk -v kind="$1" '$1 == kind "_done" { n += $2 } $1 == kind "_polled" { n -= $2 }
		END { print n }' "$dir/counters.txt"
}

# json_looks KIND: "FROM TO RATE" of each look of the JSON.
json_looks() {
	jq -r "(.start_ns + .view_ns) as \$to | [(\$to - .interval_ns) / 1e9, \$to / 1e9,
		([${rows[$1]} | ${rate[$1]}] | add // 0)] | @tsv" "$dir/top.json"
}

# text_rows KIND: "TABLE RATE COUNT BY CPU" of each row of the text that is of the kind, before those
# of a block "@ SECONDS", how long qpwtop has run by then.
text_rows() {
	awk -v kind="$1" '
		function is_it(name) {
			return index(name, "qpw_noise_" kind "_fn") == 1
		}
		$1 == "qpwtop" { print "@", $3 }
		$1 == "CLASS" || $2 == "INLINE/S" { table = $NF; next }
		table == "CAUSE" && $1 == kind && is_it($9) { print "causes", $3, $8, "-", $2 }
		table == "BY" && $1 == kind && is_it($7) { print "origins", $3, $4, $9, $2 }
		table == "FROM" && is_it($7) {
			print "work", kind == "percpu_work" ? $2 : $1, $5, $8, 1 }
	' "$dir/top.txt"
}

# text_rates KIND TABLE: "LOOKS SHOWN PLANTED" of the looks from the first to the last in which pieces
# are new. A look has its time in tenths of a second. What its count has grown by, over its rate, is its
# length as exactly as the rate: all lengths together must be the time that has passed.
text_rates() {
	text_rows "$1" | awk -v table="$2" '
		function end_look() {
			if (had > before) {
				if (!looks)
					from = last
				looks++
				length_s += held_s + (rate ? (had - before) / rate : 0)
				to = now
				held_s = 0
			} else if (looks) {
				held_s += now - last
			}
			before = had
			last = now
		}
		$1 == "@" { if (nr++) end_look(); now = $2 }
		$1 == table { rate = $2; had = $3 }
		END { end_look(); printf "%d %.2f %.2f\n", looks, length_s ? had / length_s : 0,
			to - from ? had / (to - from) : 0 }'
}

# text_clock: "TOLD PASSED", how long qpwtop says that it ran from the middle of its looks to their
# end, and the kernel's clock. A look may be read late, but not each.
text_clock() {
	awk '$1 == "@" { read_s = $2 }
		$1 == "qpwtop" { told[n] = $3; late[n++] = read_s - $3 }
		function least(from, to,   i, min) {
			min = late[from]
			for (i = from; i < to; i++)
				if (late[i] < min)
					min = late[i]
			return min
		}
		END { half = int(n / 2); span = n > 1 ? told[n - 1] - told[half] : 0
			print span, span + least(half, n) - least(0, half) }' "$dir/top.txt"
}

# rates KIND <LOOKS: "LOOKS SHOWN PLANTED" of the looks within the noise. How many pieces there had been
# when a look began or ended is drawn between two lines of the book.
rates() {
	awk -v total="$(planted "$1")" '
		function pieces(t,   i) {
			for (i = 1; i < n && at[i] < t; i++)
				;
			return had[i - 1] + (had[i] - had[i - 1]) * (t - at[i - 1]) / (at[i] - at[i - 1])
		}
		BEGIN { n = 0 }
		NR == FNR { at[n] = $1; had[n++] = $2
			if (!$2) first = $1
			if ($2 < total) last = $1
			next }
		$1 > first && $2 < last { looks++; span += $2 - $1; shown += $3 * ($2 - $1)
			real += pieces($2) - pieces($1) }
		END { printf "%d %.2f %.2f\n", looks, span ? shown / span : 0, span ? real / span : 0 }
	' "$dir/$1.txt" -
}

# near A B: they differ by at most 5 % of B.
near() {
	awk -v a="$1" -v b="$2" 'BEGIN { exit !(b > 0 && a >= b * 0.95 && a <= b * 1.05) }'
}

# near_in_looks LOOKS SHOWN PLANTED
near_in_looks() {
	[[ $1 -ge 2 ]] && near "$2" "$3"
}

boot_guest "$dir" --job top --mode qpw=1
booted boot || finish_tests
tail -n 1 "$dir/top.json" >"$dir/last.json"
check top-complete "lost or malformed records" \
	json_holds "$dir/last.json" '.lost_events == 0 and .malformed_records == 0'
read -r told passed < <(text_clock)
check top-text-clock "$told s told, $passed s passed" near "$told" "$passed"
for kind in work ipi percpu_work; do
	n=$(planted "$kind")
	check "top-$kind-planted" "$n pieces" test "$n" -ge 300
	read -r looks shown real < <(json_looks "$kind" | rates "$kind")
	check "top-$kind-looks" "$looks lie within the noise" test "$looks" -ge 2
	check "top-$kind-rate" "$shown/s shown, $real/s planted" near "$shown" "$real"
	wanted="$n planter/$(cat "$dir/$kind.planter")@0 1"
	got=$(jq -r "${origin[$kind]}" "$dir/last.json")
	check "top-$kind-origin" "'$got' instead of '$wanted'" test "$got" = "$wanted"
	check "top-$kind-count" "rows with the count $n" \
		json_holds "$dir/last.json" "[${rows[$kind]} | .count] == [$n]"
	for table in ${tables[$kind]}; do
		read -r looks shown real < <(text_rates "$kind" "$table")
		check "top-$kind-text-$table-rate" "$looks looks: $shown/s shown, $real/s planted" \
			near_in_looks "$looks" "$shown" "$real"
		by=planter/$(cat "$dir/$kind.planter")@0
		[[ $table != causes ]] || by=-
		got=$(text_rows "$kind" | awk -v table="$table" '$1 == table { row = $3 " " $4 " " $5 }
			END { print row }')
		check "top-$kind-text-$table" "'$got' instead of '$n $by 1'" test "$got" = "$n $by 1"
	done
done
finish_tests
