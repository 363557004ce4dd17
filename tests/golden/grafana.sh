#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The dashboard of reports/grafana: each metric that it asks for is one that qpwtop writes, each
# label one that this metric has, and panels lie side by side.
set -euo pipefail
cd "$(dirname "$0")/../.."
dashboard=reports/grafana/qpwtop.json
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
. tests/tap.bash
suite=grafana

# kinds has a record of each kind: every family has a sample.
"${BUILD:?}/golden/make_trace" kinds "$dir/kinds.qpw"
"${QPWTOP:?}" -b --replay "$dir/kinds.qpw" --openmetrics "$dir/metrics" >/dev/null

jq -r '.panels[] | .title as $title | .targets[] | [$title, .expr, .legendFormat] | @tsv' \
	"$dashboard" >"$dir/targets"
is "it has panels, and each asks for something" \
	"$(jq '[.panels[] | select(.type != "row")] | length' "$dashboard")" \
	"$(cut -f 1 "$dir/targets" | sort -u | wc -l)"
is "there is more than a handful of them" yes \
	"$([ "$(wc -l <"$dir/targets")" -ge 12 ] && echo yes || echo no)"

missing=() strange=()
while IFS=$'\t' read -r title expr legend; do
	metrics=$(grep -oE '\bqpw_[a-z_]+' <<<"$expr" | sort -u)
	[ -n "$metrics" ] || missing+=("$title: none")
	for metric in $metrics; do
		sample=$(grep -m 1 -E "^$metric(\{| )" "$dir/metrics" || true)
		if [ -z "$sample" ]; then
			missing+=("$title: $metric")
			continue
		fi
		# Labels in "by (…)", in selectors, in the legend; Prometheus adds that of the instance.
		labels=$({
			grep -oE 'by \([a-z_, ]+\)' <<<"$expr" | sed 's/by (//; s/[),]/ /g'
			grep -oE '[a-z_]+ *=~' <<<"$expr" | tr -d '=~'
			grep -oE '\{\{[a-z_]+\}\}' <<<"$legend" | tr -d '{}'
		} | tr ' ' '\n' | grep -v '^instance$' | sort -u || true)
		for label in $labels; do
			grep -qE "[{,]$label=\"" <<<"$sample" || strange+=("$title: $metric $label")
		done
	done
done <"$dir/targets"
is "every metric is one that qpwtop writes" "" "${missing[*]-}"
is "every label is one of its metric" "" "${strange[*]-}"
is "no two panels overlap, none is wider than the page" 0 "$(jq '[.panels[].gridPos] | . as $p |
	[range(length) as $i | range($i + 1; length) as $j | [$p[$i], $p[$j]] |
		select(.[0].x < .[1].x + .[1].w and .[1].x < .[0].x + .[0].w and
			.[0].y < .[1].y + .[1].h and .[1].y < .[0].y + .[0].h)] +
	[.[] | select(.x + .w > 24)] | length' "$dashboard")"
is "numbers of panels are their own" "$(jq '.panels | length' "$dashboard")" \
	"$(jq '[.panels[].id] | unique | length' "$dashboard")"
finish_tests
