#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# qpwtop against noise that was planted in a guest (qpw_noise): its rows must show cause, CPU,
# origin, count and, within 5 %, the rate: that of the module's own counters over the kernel's own
# clock. qpw=1, so that works show as executed and as run by who wanted them.

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
# planted KIND: how many pieces there were to be seen.
planted() {
	awk -v kind="$1" '$1 == kind "_done" { n += $2 } $1 == kind "_polled" { n -= $2 }
		END { print n }' "$dir/counters.txt"
}

# rates KIND: "LOOKS SHOWN PLANTED" of the looks that lie within the noise. How many pieces there
# had been when a look began or ended is drawn between two lines of the book.
rates() {
	jq -r "(.start_ns + .view_ns) as \$to | [(\$to - .interval_ns) / 1e9, \$to / 1e9,
		([${rows[$1]} | ${rate[$1]}] | add // 0)] | @tsv" "$dir/top.json" |
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

boot_guest "$dir" --job top --mode qpw=1
booted boot || finish_tests
tail -n 1 "$dir/top.json" >"$dir/last.json"
check top-complete "lost or malformed records" \
	json_holds "$dir/last.json" '.lost_events == 0 and .malformed_records == 0'
for kind in work ipi percpu_work; do
	n=$(planted "$kind")
	check "top-$kind-planted" "$n pieces" test "$n" -ge 300
	read -r looks shown real < <(rates "$kind")
	check "top-$kind-looks" "$looks lie within the noise" test "$looks" -ge 2
	check "top-$kind-rate" "$shown/s shown, $real/s planted" near "$shown" "$real"
	wanted="$n planter/$(cat "$dir/$kind.planter")@0 1"
	got=$(jq -r "${origin[$kind]}" "$dir/last.json")
	check "top-$kind-origin" "'$got' instead of '$wanted'" test "$got" = "$wanted"
	check "top-$kind-count" "rows with the count $n" \
		json_holds "$dir/last.json" "[${rows[$kind]} | .count] == [$n]"
done
finish_tests
