// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page's sections about latency: its distribution, and how it went over time.
 */
#include "view/report_html_parts.h"

#include <inttypes.h>
#include <math.h>

#include "model/quantile.h"
#include "util/array.h"
#include "view/percentiles.h"
#include "view/svg.h"
#include "view/words.h"

/* "1.65 ms to 1.70 ms"; a bound that so few samples do not give is a dash. */
static void put_interval(FILE *f, const struct hist *h, double percent)
{
	const struct quantile_interval q = quantile_interval(h, percent, REPORT_LEVEL);
	char low[WORDS_CELL], high[WORDS_CELL];

	words_ns(q.has_low ? (double)q.low : NAN, low, sizeof(low));
	words_ns(q.has_high ? (double)q.high : NAN, high, sizeof(high));
	fprintf(f, "<td>%s to %s</td>", low, high);
}

/* Figures side by side: min, mean, the percentiles that the samples carry, max. */
static void put_percentiles(FILE *f, const struct hist *h)
{
	size_t nr = 0;

	while (nr < PERCENTILES && hist_count(h) >= percentiles[nr].needs)
		nr++;
	html_table(f, "Percentiles, as far as the number of samples carries them");
	fputs("<thead><tr><th class=\"t\" scope=\"col\">of</th><th scope=\"col\">min</th>"
	      "<th scope=\"col\">mean</th>",
	      f);
	for (size_t i = 0; i < nr; i++)
		fprintf(f, "<th scope=\"col\">%s</th>", percentiles[i].label);
	fprintf(f,
		"<th scope=\"col\">max</th></tr></thead>\n<tbody><tr><td class=\"t\">%" PRIu64
		" samples</td>",
		hist_count(h));
	html_ns(f, (double)hist_min(h));
	html_ns(f, hist_mean(h));
	for (size_t i = 0; i < nr; i++)
		html_ns(f, (double)hist_percentile(h, percentiles[i].percent));
	html_ns(f, (double)hist_max(h));
	fputs("</tr>\n<tr><td class=\"t\">95 % interval</td><td>exact</td><td>exact</td>", f);
	for (size_t i = 0; i < nr; i++)
		put_interval(f, h, percentiles[i].percent);
	fputs("<td>exact</td></tr></tbody>", f);
	html_table_end(f);
	fputs("<p class=\"note\">The interval is where the percentile lies if wake-ups are independent "
	      "of each other.</p>\n",
	      f);
}

static void put_untimed(FILE *f, uint64_t nr)
{
	if (nr)
		fprintf(f,
			"<p class=\"note\">%" PRIu64
			" wake-ups of the victim were not by the timer "
			"of a sleep (a pipe, futex, signal, timerfd, …): not measured.</p>\n",
			nr);
}

void report_html_latency(FILE *f, const struct report *r)
{
	const struct snapshot *s = r->snapshot;
	const struct svg_series series = { "latency", "line-a", s->latency };

	html_section(f, "latency", "Latency");
	if (!s->nr_samples) {
		fputs("<p>No wake-up of a victim was recorded.</p>\n", f);
		put_untimed(f, s->counts.untimed_wakeups);
		html_section_end(f);
		return;
	}
	fprintf(f,
		"<p>How many of %" PRIu64
		" wake-ups were at least this late, from the expiry of the timer until the victim "
		"ran.</p>\n",
		s->nr_samples);
	svg_ccdf(f, "ccdf", "Latency, complementary distribution",
		 "Share of samples at or above each latency, on logarithmic axes. The table below "
		 "holds the same as figures.",
		 &series, 1);
	put_percentiles(f, s->latency);
	if (s->nr_remote_timers)
		fprintf(f,
			"<p class=\"note\">The timers of %" PRIu64
			" samples expired on another CPU.</p>\n",
			s->nr_remote_timers);
	put_untimed(f, s->counts.untimed_wakeups);
	html_section_end(f);
}

/* As far as the longest recording went: they lie on each other. */
static uint64_t longest_window(const struct report *r)
{
	uint64_t longest_ns = 0;

	for (size_t i = 0; i < r->nr_traces; i++)
		if (r->traces[i].window_ns > longest_ns)
			longest_ns = r->traces[i].window_ns;
	return longest_ns;
}

static void put_columns(FILE *f, const struct heatmap *h)
{
	static const struct html_column columns[] = { { "from", false },
						      { "samples", false },
						      { "largest", false } };

	fputs("<details><summary>The columns as figures</summary>\n", f);
	html_table(f, "Samples and largest latency by time since the window began");
	html_columns(f, columns, ARRAY_SIZE(columns));
	for (uint64_t c = h->first; c <= h->last; c++) {
		uint64_t nr = 0;

		for (uint32_t row = 0; row < HEATMAP_ROWS; row++)
			nr += heatmap_count(h, row, c);
		if (!nr)
			continue;
		fprintf(f, "<tr><td>%.3f s</td>", ldexp((double)c, (int)h->shift) / 1e9);
		html_count(f, nr);
		html_ns(f, (double)h->max_ns[c % HEATMAP_COLUMNS]);
		fputs("</tr>\n", f);
	}
	fputs("</tbody>", f);
	html_table_end(f);
	fputs("</details>\n", f);
}

void report_html_time(FILE *f, const struct report *r)
{
	const struct heatmap *h = r->snapshot->heatmap;
	char width[WORDS_CELL];

	if (!r->snapshot->nr_samples)
		return;
	words_ns(ldexp(1, (int)h->shift), width, sizeof(width));
	html_section(f, "time", "Latency over time");
	fprintf(f,
		"<p>The fuller a cell is of samples the stronger its colour; a column is %s wide, its dot the "
		"largest sample in it.%s</p>\n",
		width,
		r->nr_traces > 1 ? " The recordings lie on each other, each from the begin of its "
				   "window on." :
				   "");
	fputs("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Heatmap\">\n", f);
	svg_heatmap(f, "heat", "Latency over time",
		    "Samples by time since the window began, to the right, and by latency, up on a "
		    "logarithmic axis. The table below has the columns as figures.",
		    h, longest_window(r));
	fputs("</div>\n", f);
	put_columns(f, h);
	html_section_end(f);
}
