// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page's account of itself: where the recordings are from, and what they omit.
 */
#include "view/report_html_parts.h"

#include <inttypes.h>
#include <string.h>

#include "model/counter.h"
#include "view/escape.h"
#include "view/setup_words.h"
#include "view/words.h"

static void put_number(FILE *f, const char *what, uint64_t number)
{
	fprintf(f,
		"<tr><th class=\"t\" scope=\"row\">%s</th><td class=\"t\">%" PRIu64 "</td></tr>\n",
		what, number);
}

static void put_trace(FILE *f, const struct report_trace *t)
{
	const struct host_facts *h = &t->facts;
	char window[WORDS_CELL], words[SETUP_WORDS];

	html_table(f, "Where the recording is from");
	fputs("<tbody>\n", f);
	html_fact(f, "recording", t->path);
	html_fact(f, "machine", h->hostname);
	html_fact(f, "kernel", h->release);
	html_fact(f, "kernel build", h->version);
	html_fact(f, "architecture", h->machine);
	html_fact(f, "mode", host_mode_name(h->mode));
	html_fact(f, "mode set by", h->mode_reason);
	html_fact(f, "virtual machine", h->hypervisor);
	html_fact(f, "clocksource", h->clocksource);
	html_fact(f, "watched CPUs", h->watched);
	html_fact(f, "isolated CPUs", h->isolated);
	html_fact(f, "nohz_full CPUs", h->nohz_full);
	html_fact(f, "online CPUs", h->online);
	html_fact(f, "command line", h->cmdline);
	setup_config(h, words, sizeof(words));
	html_fact(f, "kernel built with", words);
	setup_victim(h, words, sizeof(words));
	html_fact(f, "victim", words);
	setup_command(h, words, sizeof(words));
	html_fact(f, "command", words);
	setup_recorder(h, words, sizeof(words));
	html_fact(f, "recorder's settings", words);
	html_fact(f, "recorded at", h->started_utc);
	words_ns((double)t->window_ns, window, sizeof(window));
	html_fact(f, "measured", window);
	put_number(f, "records", t->nr_events);
	html_fact(f, "recorded by qpwlat", h->tool_version);
	fputs("</tbody>", f);
	html_table_end(f);
}

void report_html_setup(FILE *f, const struct report *r)
{
	html_section(f, "setup", "Setup");
	for (size_t i = 0; i < r->nr_traces; i++)
		put_trace(f, &r->traces[i]);
	html_section_end(f);
}

static void put_probe(FILE *f, const struct snap_probe *p)
{
	fputs("<li>Without probe <code>", f);
	escape_html(f, p->name);
	fputs("</code> (", f);
	escape_html(f, p->error ? strerror(p->error < 0 ? -p->error : p->error) :
				  "not in this kernel");
	fputs("): ", f);
	escape_html(f, p->loses);
	fputs(".</li>\n", f);
}

static void put_lacks(FILE *f, const struct snap_counts *counts)
{
	for (int i = 0; i < NR_COUNTERS; i++) {
		const struct counter *c = &counters[i];
		uint64_t value = counter_get(c, counts);

		if (c->lack && value)
			fprintf(f, "<li>%s%" PRIu64 " %s.</li>\n", c->is_bound ? "At most " : "",
				value, c->lack);
	}
}

void report_html_limits(FILE *f, const struct report *r)
{
	const struct snapshot *s = r->snapshot;

	html_section(f, "limits", "What this report omits");
	fprintf(f, "<ul>\n<li>Lost records: %" PRIu64 ".</li>\n", s->nr_lost);
	put_lacks(f, &s->counts);
	for (size_t i = 0; i < s->nr_probes; i++)
		if (s->probes[i].state == QPW_PROBE_MISSING)
			put_probe(f, &s->probes[i]);
	fputs("<li>The latency ends where the kernel switches to the victim; what the victim measures "
	      "in user space is a little more.</li>\n</ul>\n",
	      f);
	html_section_end(f);
}
